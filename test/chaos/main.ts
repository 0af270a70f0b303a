import { startSandbox } from '../sandbox/sandbox.ts'
import { endOfSignals } from '../story/signals.ts'
import { runChaos, type Chaos } from './chaos.ts'
import { BadOption, HELP, parseOptions, type Options } from './options.ts'
import { createWorld } from './world.ts'

/** The journal is to be checkpointed and trimmed within seconds. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** A runner that is killed every few seconds looks like one that crashes; nobody is to be suspected, or to wait, for it. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' }

const startedAt = performance.now()

function tell(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  process.stderr.write(`${seconds}  ${line}\n`)
}

/** `npm run chaos`. Resolves with the exit code when everything has stopped. */
async function main(args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  tell(`Seed ${options.seed}.`)
  const interrupted = endOfSignals()
  await using sandbox = await startSandbox({
    runners: options.runners,
    storage: options.storage,
    proxied: options.what === 'outage',
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    runnerEnv: { ...STRIKES_ARE_OURS, ...(options.what === 'kill' ? {} : FREQUENT_CHECKPOINTS) },
  })
  const chaos = async (): Promise<number> => {
    const { held, result } = await runChaos(await createWorld(sandbox, options, tell), options)
    report(result, held, options)
    return held ? 0 : 1
  }
  return await Promise.race([interrupted, chaos()])
}

function report(result: Chaos['result'], held: boolean, { json }: Options): void {
  if (json) return void process.stdout.write(`${JSON.stringify(result)}\n`)
  const told = (value: unknown) => (typeof value === 'object' && value ? Object.entries(value).flat().join(' ') : String(value))
  for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(16)} ${told(value)}\n`)
  process.stdout.write(held ? 'It held.\n' : 'It did NOT hold.\n')
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  tell(error instanceof Error ? error.message : String(error))
  process.exitCode = error instanceof BadOption ? 2 : 1
}
// What lost the race may still be under way.
process.exit()
