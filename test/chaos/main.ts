import { computeFigures, isFlawless, type Figures } from '../outside/figures.ts'
import { percentilesOf, type Percentiles } from '../outside/recoveries.ts'
import { untilSettled } from '../outside/settled.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { endOfSignals } from '../story/signals.ts'
import { runKillLoop, type KillCounts } from './kill-loop.ts'
import { BadOption, HELP, parseOptions, type Options } from './options.ts'
import { runPauseLoop, type PauseCounts } from './pause-loop.ts'
import { SeededRandom } from './seeded-random.ts'
import { Traffic } from './traffic.ts'
import { createWorld, type World } from './world.ts'

type Result = Figures & (KillCounts | PauseCounts) & { recoveryMs: Percentiles; seed: number }

const MESSAGES_PER_STRIKE = 10
const SETTLE_LIMIT_MS = 120_000
/** A mean time between messages, per session and direction. */
const PACE_MS = { kill: 1_000, pause: 250 }
/** The journal is to be trimmed within seconds. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** A runner that is killed every few seconds looks like one that crashes; nobody is to be suspected, or to wait, for it. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' }
const FINDINGS_TOLD = 20

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
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    runnerEnv: { ...STRIKES_ARE_OURS, ...(options.what === 'pause' ? FREQUENT_CHECKPOINTS : {}) },
  })
  const world = async () => await createWorld(sandbox, options.sessions, tell)
  return await Promise.race([interrupted, world().then((ready) => run(ready, options))])
}

async function run(world: World, options: Options): Promise<number> {
  const random = new SeededRandom(options.seed)
  const traffic = new Traffic(world, { paceMs: PACE_MS[options.what], random: random.fork() })
  traffic.start()
  const { counts, complaints } = await strikeAll(world, options, random)
  const strikes = options.what === 'kill' ? options.kills : options.pauses
  if (complaints.length === 0) await traffic.untilCount(MESSAGES_PER_STRIKE * strikes)
  await traffic.stop()
  const { api, simulator, ledger } = world
  tell(`No more messages: ${ledger.accepted.length} were sent, ${ledger.issued.length} received. Waiting until all has settled.`)
  const outcome = await untilSettled({ api, simulator, ledger, limitMs: SETTLE_LIMIT_MS })
  const { figures, findings } = computeFigures(ledger, outcome)
  complaints.push(...outcome.missing, ...findings)
  for (const line of complaints.slice(0, FINDINGS_TOLD)) tell(`Not as it should be: ${line}`)
  const result = { ...figures, ...counts, recoveryMs: percentilesOf(world.recoveries.samples), seed: options.seed }
  const held = isFlawless(figures) && complaints.length === 0
  report(result, held, options)
  return held ? 0 : 1
}

interface Struck {
  counts: KillCounts | PauseCounts
  /** What is wrong with that. */
  complaints: string[]
}

/** A loop that breaks off is one complaint more: what there is to count is counted all the same. */
async function strikeAll(world: World, { what, kills, pauses }: Options, random: SeededRandom): Promise<Struck> {
  const complaints: string[] = []
  const brokeOff = (error: unknown) => complaints.push(error instanceof Error ? error.message : String(error))
  if (what === 'pause') {
    const counts = { pauses: 0, loginsAfterWake: 0 }
    await runPauseLoop(world, pauses, random, counts).catch(brokeOff)
    if (counts.loginsAfterWake > 0) complaints.push(`${counts.loginsAfterWake} logins after the old owner woke`)
    return { counts, complaints }
  }
  const counts = { kills: 0, inFlightKills: 0 }
  await runKillLoop(world, kills, random, counts).catch(brokeOff)
  const { inFlightKills } = counts
  if (inFlightKills * 2 < kills) complaints.push(`only ${inFlightKills} of ${kills} kills struck while something was in flight`)
  return { counts, complaints }
}

function report(result: Result, held: boolean, { json }: Options): void {
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
