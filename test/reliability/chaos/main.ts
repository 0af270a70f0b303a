import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { endOfSignals } from '../../../sandbox/demo/signals.ts'
import { runChaos, type Chaos } from './chaos.ts'
import { BadOption } from '../../support/command-options.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { createWorld, type World } from './world.ts'

/** The journal is to be checkpointed and trimmed within seconds. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** What is refused is refused by us: two refusals of one message need not cost it, and the chat behind it, five minutes. */
const REFUSALS_ARE_OURS = { SEND_RETRY_DELAYS_MS: '0,1000,2000,5000,10000' }
/** A runner that is killed every few seconds looks like one that crashes; nobody is to be suspected, or to wait, for it. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' }

const startedAt = performance.now()

function tell(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  process.stderr.write(`${seconds}  ${line}\n`)
}

/** `npm run chaos`. Resolves with the exit code when everything has stopped. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  tell(`Seed ${options.seed}.`)
  const interrupted = endOfSignals()
  await using sandbox = await startSandbox({
    forLong: takesLong(options),
    runners: options.runners,
    storage: options.storage,
    proxied: options.what === 'outage',
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    runnerEnv: { ...STRIKES_ARE_OURS, ...REFUSALS_ARE_OURS, ...(options.what === 'kill' ? {} : FREQUENT_CHECKPOINTS) },
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

/** Minutes. What is over sooner is not worth the work of a thorough compiler, which the rest of the machine would wait for. */
const takesLong = ({ what, kills, seconds }: Options): boolean => (what === 'outage' ? seconds > 10 : kills > 10)

/** What happened at the simulator, beside the logs: to be read together when something is not as it should be. */
function keepEvents({ events }: World, folder: string): void {
  const file = createWriteStream(join(folder, 'logs', 'events.ndjson'))
  events.on((event) => file.write(`${JSON.stringify(event)}\n`))
}

function report(result: Chaos['result'], held: boolean, { json }: Options): void {
  if (json) return void process.stdout.write(`${JSON.stringify(result)}\n`)
  for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(16)} ${told(value)}\n`)
  process.stdout.write(held ? 'It held.\n' : 'It did NOT hold.\n')
}

/** Figures within figures on one line. */
const told = (value: unknown): string =>
  typeof value === 'object' && value
    ? Object.entries(value)
        .map(([name, inner]) => `${name} ${told(inner)}`)
        .join(' ')
    : String(value)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  tell(error instanceof Error ? error.message : String(error))
  process.exitCode = error instanceof BadOption ? 2 : 1
}
// What lost the race may still be under way.
process.exit()
