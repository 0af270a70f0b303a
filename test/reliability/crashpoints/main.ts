import { endOfSignals } from '../../../sandbox/demo/signals.ts'
import { runCommand } from '../../support/command-options.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { runCrashPoints, type Result } from './run.ts'
import { SCENARIOS } from './scenarios/all.ts'
import { tell } from '../../support/tell.ts'

/** Random cases of each scenario, unless `--all` runs every case. */
const OTHERS = 8

/** Runs `npm run crashpoints`. Resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  tell(`Seed ${options.seed}.`)
  const { seed, point, stages, all, sample } = options
  const scenarios = SCENARIOS.filter(({ name }) => options.scenarios.includes(name))
  const isComplete = scenarios.length === SCENARIOS.length && point === null
  const extent = all ? 'all' : sample === null ? { others: OTHERS } : { sample }
  const played = runCrashPoints({ seed, scenarios, extent, point, stages, isComplete, tell }).then((result) =>
    report(result, options),
  )
  return await Promise.race([endOfSignals(), played])
}

function report(result: Result, { json }: Options): number {
  const { points, cases, missed, broken, seconds } = result
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else {
    for (const { scenario, point, fault, what } of broken)
      process.stdout.write(`BROKEN ${scenario}: ${point}, ${fault}: ${what}\n`)
    process.stdout.write(
      `${points} points, ${cases} cases in ${seconds} s, ${missed} whose fault did not happen, ${broken.length} broken.\n`,
    )
  }
  return broken.length === 0 ? 0 : 1
}

await runCommand(main)
// The loser of the race may still be running.
process.exit()
