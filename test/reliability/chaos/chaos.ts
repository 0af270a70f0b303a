import { computeFigures, isFlawless, type Figures } from '../../support/figures.ts'
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
import type { World } from './world.ts'

export interface Chaos {
  held: boolean
  result: Figures & Record<string, unknown> & { answers: AnswerCounts; recoveryMs: Percentiles; seed: number }
}

const SETTLE_LIMIT_MS = 300_000
/** The mean time between two messages of one session in one direction. */
const PACE_MS = { kill: 1_000, mixed: 1_000, everything: 1_000, pause: 250, outage: 500 }

/** Runs traffic, strikes and troubles, waits until every message has settled, and computes the figures. */
export async function runChaos(world: World, options: Options): Promise<Chaos> {
  const { api, simulator, ledger, answers, tell } = world
  const random = new SeededRandom(options.seed)
  const traffic = new Traffic(world, { paceMs: PACE_MS[options.what], random: random.fork(), fates: world.fates })
  const strikes = makeStrikes(world, options, random.fork())
  const troubles = startTroubles(world, options.troubles, random.fork())
  const life = world.fates ? await startQueueLife(world, random.fork()) : null
  const stopProgress = startProgress(world, strikes)
  answers.judgeFromNowOn({ mayBeStruck: options.what === 'everything' || options.what === 'mixed' })
  traffic.start()
  const complaints: string[] = []
  // A loop that fails adds a complaint. The run still counts all messages, so that the figures show the damage.
  const brokeOff = (error: unknown) => complaints.push(error instanceof Error ? error.message : String(error))
  const broken = [troubles.untilBroken(), ...(life ? [life.untilBroken()] : [])]
  await Promise.race([strikes.run(), traffic.untilRefused(), ...broken]).catch(brokeOff)
  if (complaints.length === 0) await traffic.untilCount(strikes.leastMessages)
  await troubles.stop().catch(brokeOff)
  await traffic.stop().catch(brokeOff)
  stopProgress()
  tell(
    `No more messages: ${ledger.accepted.length} were sent, ${ledger.issued.length} received. Waiting until every message has settled.`,
  )
  const outcome = await untilSettled({ api, simulator, ledger, limitMs: SETTLE_LIMIT_MS })
  const queue = world.fates && life ? await endOfQueue(world, world.fates, life) : null
  const { figures, findings } = computeFigures(ledger, outcome)
  complaints.push(...strikes.complaints(), ...answers.findings, ...outcome.missing, ...findings, ...(queue?.findings ?? []))
  tellFindings(complaints, tell)
  const result = {
    ...figures,
    ...strikes.counts,
    ...troubles.counts,
    ...(queue ? { queueEnds: queue.ends } : {}),
    answers: answers.counts,
    recoveryMs: percentilesOf(world.recoveries.samples),
    seed: options.seed,
  }
  return { held: isFlawless(figures) && complaints.length === 0, result }
}

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
