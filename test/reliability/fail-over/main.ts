import { runCommand } from '../../support/command-options.ts'
import { HELP, parseOptions } from './options.ts'
import { runFailOver } from './run.ts'
import { tell } from '../../support/tell.ts'

/** Runs `npm run prove -- fail-over`. Resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  const { held, result } = await runFailOver(options, tell)
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else process.stdout.write(held ? 'All times are within their limits.\n' : 'Not all times are within their limits.\n')
  return held ? 0 : 1
}

await runCommand(main)
