import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { configurationPage, environmentExample } from './configuration-docs.ts'
import { statesPage } from './states-docs.ts'

/** Writes the pages and the examples that are made from the code. With `--check` it compares instead, and fails when they differ. */

const FILES: readonly (readonly [path: string, text: string])[] = [
  ['docs/CONFIGURATION.md', configurationPage()],
  ['docs/STATES.md', statesPage()],
  ['runner/.env.example', environmentExample('runner')],
  ['functions/.env.example', environmentExample('functions')],
  ['functions/.env.server.example', environmentExample('server')],
]

for (const [path, text] of FILES) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${path} differs from the code. Generate it again: npm run configuration-docs\n`)
    process.exitCode = 1
  }
}
