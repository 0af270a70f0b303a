import { computeFigures, isFlawless, type Figures, type Ledger, type Outcome } from '../../support/figures.ts'
import { reorderedMessages } from '../../support/order.ts'
import { tellFindings } from '../../support/findings.ts'
import { percentilesOf, type Percentiles } from '../../support/recoveries.ts'
import { untilSettled } from '../../support/settled.ts'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import type { AnswerCounts } from './answers.ts'
import type { Options } from './options.ts'
import { startProgress } from './progress.ts'
import { makeStrikes } from './strikes/strikes.ts'
import { Traffic } from './traffic.ts'
import type { Fates } from './queue/fates.ts'
import { disturbedTasks, startQueueLife, type QueueLife } from './queue/life.ts'
import { startTroubles } from './troubles/troubles.ts'
import { withoutAskedAgain } from './troubles/asked-again.ts'
import type { World } from './world.ts'

export interface Chaos {
  held: boolean
  result: Figures & Record<string, unknown> & { answers: AnswerCounts; recoveryMs: Percentiles; seed: number }
}

const STRIKES_THE_API: readonly Options['what'][] = ['everything', 'mixed', 'fleet']
const SETTLE_LIMIT_MS = 300_000
/** The mean time between two messages of one session in one direction. */
const PACE_MS = { kill: 1_000, mixed: 1_000, everything: 1_000, pause: 250, outage: 500, fleet: 1_000 }
/** A fleet has many sessions, and the machine two cores: all of them together have this many messages a second in each direction. */
const FLEET_RATE = 2
/** The emulator scans all open jobs for each session at each commit, so a backlog of many sessions would never end. */
const MOST_UNDERWAY_OF_FLEET = 2

/** Runs traffic, strikes and troubles, waits until every message has settled, and computes the figures. */
export async function runChaos(world: World, options: Options): Promise<Chaos> {
  const { api, simulator, ledger, answers, tell } = world
  const random = new SeededRandom(options.seed)
  const traffic = new Traffic(world, { ...paceOf(options), random: random.fork(), fates: world.fates })
  const strikes = makeStrikes(world, options, random.fork())
  const troubles = startTroubles(world, options.troubles, random.fork())
  const life = world.fates ? await startQueueLife(world, random.fork()) : null
  const stopProgress = startProgress(world, strikes)
  answers.judgeFromNowOn({ mayBeStruck: STRIKES_THE_API.includes(options.what) })
  traffic.start()
  const complaints: string[] = []
  // A loop that fails adds a complaint. The run still counts all messages, so that the figures show the damage.
  const brokeOff = (error: unknown) => complaints.push(error instanceof Error ? error.message : String(error))
  const broken = [troubles.untilBroken(), ...(life ? [life.untilBroken()] : [])]
  await Promise.race([strikes.run(), traffic.untilRefused(), ...broken]).catch(brokeOff)
  if (complaints.length > 0) tell(`The strikes were broken off: ${complaints.join(' ')}`)
  await strikes.stop?.().catch(brokeOff)
  if (complaints.length === 0) await traffic.untilCount(strikes.leastMessages)
  await troubles.stop().catch(brokeOff)
  await traffic.stop().catch(brokeOff)
  stopProgress()
  tell(
    `No more messages: ${ledger.accepted.length} were sent, ${ledger.issued.length} received. Waiting until every message has settled.`,
  )
  const outcome = await untilSettled({
    api,
    simulator,
    ledger,
    limitMs: SETTLE_LIMIT_MS,
    knownAsSent: strikes.retired ?? new Set(),
  })
  const queue = world.fates && life ? await endOfQueue(world, world.fates, life) : null
  const { kinds } = world
  const people = kinds ? await kinds.judge().catch((error: unknown) => ({ figures: {}, findings: [String(error)] })) : null
  await kinds?.[Symbol.asyncDispose]()
  const { figures, findings } = computeFigures(ledger, judgedOf(kinds ? kinds.without(outcome) : outcome, ledger, options))
  // Contacts that ask again and queues with priorities have another order.
  const reordered = options.troubles.length === 0 ? reorderedMessages(ledger.accepted, outcome.state) : null
  const verdict = await strikes.verdict?.()
  complaints.push(...(reordered ?? []), ...(verdict?.findings ?? []))
  complaints.push(
    ...strikes.complaints(),
    ...answers.findings,
    ...outcome.missing,
    ...findings,
    ...(queue?.findings ?? []),
    ...(people?.findings ?? []),
  )
  tellFindings(complaints, tell)
  const result = {
    ...figures,
    ...(reordered ? { reordered: reordered.length } : {}),
    ...strikes.counts,
    ...troubles.counts,
    ...(queue ? { queueEnds: queue.ends } : {}),
    ...people?.figures,
    answers: answers.counts,
    recoveryMs: percentilesOf(world.recoveries.samples),
    ...verdict?.figures,
    seed: options.seed,
  }
  return { held: isFlawless(figures) && complaints.length === 0, result }
}

/** A return to a backup makes a session ask for messages again, and refuse them until then. */
const judgedOf = (outcome: Outcome, ledger: Ledger, { troubles }: Options): Outcome =>
  troubles.includes('upkeep') ? withoutAskedAgain(outcome, ledger) : outcome

const paceOf = ({ what, sessions }: Options): { paceMs: number; mostUnderway?: number } =>
  what === 'fleet'
    ? { paceMs: Math.max(PACE_MS.fleet, (1_000 * sessions) / FLEET_RATE), mostUnderway: MOST_UNDERWAY_OF_FLEET }
    : { paceMs: PACE_MS[what] }

/** Waits for the ends of the messages that need not arrive, and judges the ends of all. */
async function endOfQueue(world: World, fates: Fates, life: QueueLife): Promise<{ ends: object; findings: string[] }> {
  const { api, simulator, ledger } = world
  const missing = await fates.untilEnded(api, SETTLE_LIMIT_MS)
  await life.stop()
  const { ends, findings } = await fates.judge(api, ledger, await simulator.state())
  const { lost, twice } = await disturbedTasks(world)
  return {
    ends: { ...ends, ...life.counts, tasksLost: lost, tasksTwice: twice, kinds: fates.kinds },
    findings: [...missing, ...findings],
  }
}
