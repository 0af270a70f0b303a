import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { configurationPage, environmentExample } from './configuration-docs.ts'
import { withTables } from './metrics-docs.ts'
import { statesPage } from './states-docs.ts'

/** Writes the pages, the tables and the examples that are made from the code. With `--check` it compares instead, and fails when they differ. */

const METRICS = 'docs/METRICS.md'

const fileOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

const read = (path: string): string => readFileSync(fileOf(path), 'utf8')

const FILES: readonly (readonly [path: string, text: string])[] = [
  ['docs/CONFIGURATION.md', configurationPage()],
  ['docs/STATES.md', statesPage()],
  [METRICS, withTables(read(METRICS))],
  ['runner/.env.example', environmentExample('runner')],
  ['functions/.env.example', environmentExample('functions')],
  ['functions/.env.server.example', environmentExample('server')],
]

for (const [path, text] of FILES) {
  if (!process.argv.includes('--check')) writeFileSync(fileOf(path), text)
  else if (read(path) !== text) {
    process.stderr.write(`${path} differs from the code. Generate it again: npm run configuration-docs\n`)
    process.exitCode = 1
  }
}
