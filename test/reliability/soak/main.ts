import { createWorld } from '../chaos/world.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { endOfSignals } from '../../../sandbox/demo/signals.ts'
import { runCommand } from '../../support/command-options.ts'
import { HELP, parseOptions } from './options.ts'
import { FIGURES, type Sample } from './sample.ts'
import { CHECKPOINT_RECORDS, runSoak } from './soak.ts'
import type { Trend } from './trend.ts'
import { tell } from '../../support/tell.ts'

/** Runs `npm run soak`. Resolves with the exit code when the sandbox has stopped. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  tell(`Seed ${options.seed}.`)
  const interrupted = endOfSignals()
  await using sandbox = await startSandbox({
    forLong: true,
    // The run itself kills the runner, so crash-loop detection and restart pauses are off.
    runnerEnv: { CHECKPOINT_RECORDS: String(CHECKPOINT_RECORDS), CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' },
    runnerPreloads: [new URL('./runner-probe.ts', import.meta.url).href],
    ...(options.folder === undefined ? {} : { folder: options.folder }),
  })
  const soak = async (): Promise<number> => {
    const world = await createWorld(sandbox, { sessions: options.sessions, what: 'kill', troubles: [] }, tell)
    tell(['seconds', ...FIGURES].map(column).join(''))
    const { held, result } = await runSoak(world, options, (sample) => tell(lineOf(sample)))
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
    else report(result, held)
    return held ? 0 : 1
  }
  return await Promise.race([interrupted, soak()])
}

const column = (text: string): string => text.padStart(13)

const lineOf = (sample: Sample): string =>
  [String(sample.at), ...FIGURES.map((figure) => sample[figure].toFixed(figure.endsWith('Mb') ? 1 : 0))].map(column).join('')

function report({ trends, ...figures }: Record<string, unknown>, held: boolean): void {
  for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(16)} ${String(value)}\n`)
  for (const [name, { mean, growth, perHour }] of Object.entries(trends as Record<string, Trend>)) {
    process.stdout.write(
      `${name.padEnd(16)} ${mean.toFixed(1)} on average, grew by ${growth.toFixed(1)} (${perHour.toFixed(1)} an hour)\n`,
    )
  }
  process.stdout.write(held ? 'It held.\n' : 'It did NOT hold.\n')
}

await runCommand(main)
// The loser of the race may still be running.
process.exit()
