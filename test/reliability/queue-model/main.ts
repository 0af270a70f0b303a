import { runCommand } from '../../support/command-options.ts'
import { HELP, parseOptions } from './options.ts'
import { tellStories } from './run.ts'

const PROGRESS_EVERY_MS = 5000

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  const { runs, seed, path } = options
  process.stderr.write(`Seed ${seed}.\n`)
  let printedAt = performance.now()
  const verdict = await tellStories({ runs, seed, path }, (told) => {
    if (performance.now() - printedAt < PROGRESS_EVERY_MS) return
    printedAt = performance.now()
    process.stderr.write(`${told} stories told.\n`)
  })
  if (verdict.difference !== null) process.stderr.write(`${verdict.difference}\n`)
  const result = { runs: verdict.runs, differences: verdict.difference === null ? 0 : 1, seed, ...verdict.happened }
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(12)} ${value}\n`)
  return verdict.difference === null ? 0 : 1
}

await runCommand(main)
