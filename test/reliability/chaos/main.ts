import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { endOfSignals } from '../../../sandbox/demo/signals.ts'
import { runChaos, type Chaos } from './chaos.ts'
import { BadOption } from '../../support/command-options.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { createWorld, type World } from './world.ts'

/** Makes runners checkpoint and trim the journal within seconds. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** Shortens the pauses between attempts. The run itself refuses messages, and two refusals would delay a chat by five minutes. */
const REFUSALS_ARE_OURS = { SEND_RETRY_DELAYS_MS: '0,1000,2000,5000,10000' }
/** Lets a message be refused as often as it happens, and another session of a pool take over after seconds. */
const QUEUE_IS_OURS = { MAX_RETRY_ATTEMPTS: '100', FAILOVER_AFTER: '10000' }
/** Switches off crash-loop detection and restart pauses, because a runner with a kill every few seconds looks like one. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' }

const startedAt = performance.now()

function tell(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  process.stderr.write(`${seconds}  ${line}\n`)
}

/** Runs `npm run chaos`. Resolves with the exit code when the sandbox has stopped. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  tell(`Seed ${options.seed}.`)
  const interrupted = endOfSignals()
  const hasQueue = options.troubles.includes('queue')
  await using sandbox = await startSandbox({
    forLong: takesLong(options),
    runners: options.runners,
    storage: options.storage,
    proxied: options.what === 'outage' || options.what === 'mixed',
    movableClock: hasQueue,
    functionsEnv: hasQueue ? QUEUE_IS_OURS : {},
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    runnerEnv: {
      ...STRIKES_ARE_OURS,
      ...REFUSALS_ARE_OURS,
      ...(hasQueue ? QUEUE_IS_OURS : {}),
      ...(options.what === 'kill' ? {} : FREQUENT_CHECKPOINTS),
    },
  })
  const chaos = async (): Promise<number> => {
    const world = await createWorld(sandbox, options, tell)
    if (options.folder !== undefined) keepEvents(world, options.folder)
    const { held, result } = await runChaos(world, options)
    report(result, held, options)
    return held ? 0 : 1
  }
  return await Promise.race([interrupted, chaos()])
}

/** Returns whether a run takes minutes. A shorter run does not repay the optimizing compiler, which slows the machine. */
const takesLong = ({ what, kills, seconds }: Options): boolean => (what === 'outage' ? seconds > 10 : kills > 10)

/** Writes the simulator's events to a file beside the logs, so that a failed run can be read from both. */
function keepEvents({ events }: World, folder: string): void {
  const file = createWriteStream(join(folder, 'logs', 'events.ndjson'))
  events.on((event) => file.write(`${JSON.stringify(event)}\n`))
}

function report(result: Chaos['result'], held: boolean, { json }: Options): void {
  if (json) return void process.stdout.write(`${JSON.stringify(result)}\n`)
  for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(16)} ${format(value)}\n`)
  process.stdout.write(held ? 'It held.\n' : 'It did NOT hold.\n')
}

/** Formats nested figures on one line. */
const format = (value: unknown): string =>
  typeof value === 'object' && value
    ? Object.entries(value)
        .map(([name, inner]) => `${name} ${format(inner)}`)
        .join(' ')
    : String(value)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  tell(error instanceof Error ? error.message : String(error))
  process.exitCode = error instanceof BadOption ? 2 : 1
}
// The loser of the race may still be running.
process.exit()
