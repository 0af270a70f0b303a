import { setTimeout as pause } from 'node:timers/promises'
import { computeFigures } from '../../../support/figures.ts'
import { tellFindings } from '../../../support/findings.ts'
import { untilSettled } from '../../../support/settled.ts'
import { tell } from '../../../support/tell.ts'
import { startSandbox } from '../../../../sandbox/sandbox.ts'
import { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { Traffic } from '../../chaos/traffic.ts'
import { withoutAskedAgain } from '../../chaos/troubles/asked-again.ts'
import { createWorld, type World } from '../../chaos/world.ts'
import { type Figures, figuresOf } from '../drills.ts'
import type { LiveDrilled, LiveSession } from './case.ts'
import { runRound } from './round.ts'
import { LiveStores } from './stores.ts'

interface LiveOptions {
  readonly seeds: number
  readonly seed: number
  readonly sessions: number
  readonly folder: string | undefined
}

const RUNNERS = 2
/** All sessions together have so many messages a second in each direction: the machine has two cores. */
const RATE = 4
const MOST_UNDERWAY = 3
const SETTLE_LIMIT_MS = 300_000
const LOOK_EVERY_MS = 200
const FIRST_CHECKPOINT_LIMIT_MS = 300_000

/** The damage is done before anybody takes the sessions of the runner that was killed. */
const SLOW_TO_TAKE = { HEARTBEAT_INTERVAL_MS: '1000', RUNNER_DEAD_AFTER_MS: '15000' }
/** Runners are killed again and again, and each checkpoint is to be followed by records. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0', CHECKPOINT_RECORDS: '16' }

/** Runs the seeds one after the other in one world, whose sessions live under traffic all the time. */
export async function runLiveDrills(
  { seeds, seed, sessions: count, folder }: LiveOptions,
  onEnd: (drilled: LiveDrilled) => void,
): Promise<Figures> {
  await using sandbox = await startSandbox({
    forLong: seeds * count > 20,
    runners: RUNNERS,
    firestore: process.env['SHARED_FIRESTORE'],
    runnerEnv: { ...SLOW_TO_TAKE, ...STRIKES_ARE_OURS },
    ...(folder === undefined ? {} : { folder }),
  })
  const world = await createWorld(sandbox, { sessions: count, what: 'kill', troubles: [] }, tell)
  const stores = new LiveStores(sandbox.info)
  const all: LiveDrilled[] = []
  try {
    const sessions = await Promise.all(world.sessions.map((session) => liveSession(world, stores, session)))
    const traffic = new Traffic(world, {
      paceMs: Math.max(1000, (1000 * count) / RATE),
      mostUnderway: MOST_UNDERWAY,
      random: new SeededRandom(seed),
    })
    world.answers.judgeFromNowOn({ mayBeStruck: false })
    traffic.start()
    const untilMore = (messages: number): Promise<void> => {
      const { accepted, issued } = world.ledger
      return traffic.untilCount(Math.max(accepted.length, issued.length) + messages)
    }
    const rounds = async (): Promise<void> => {
      await Promise.all(sessions.map((session) => untilCheckpoint(stores, session)))
      for (let number = seed; number < seed + seeds; number++) {
        const end = (drilled: LiveDrilled): void => {
          all.push(drilled)
          onEnd(drilled)
        }
        await runRound({ world, stores, sessions, seed: number, untilMore, onEnd: end })
      }
    }
    await traffic.untilRefused(rounds())
    await traffic.stop()
    return { ...figuresOf(all), ...(await endOf(world, all)) }
  } finally {
    await stores.close()
  }
}

async function liveSession(world: World, stores: LiveStores, session: World['sessions'][number]): Promise<LiveSession> {
  const sessionId = `default.${session.name}`
  const account = await world.simulator.account(session.phone)
  const { journalHead } = await stores.session(sessionId)
  return {
    ...session,
    sessionId,
    deviceJid: account?.deviceJid ?? null,
    notBefore: journalHead,
    leftDamaged: { records: new Set(), objects: new Set() },
  }
}

/** A session without a checkpoint of its linked device has little that can be damaged. */
async function untilCheckpoint(stores: LiveStores, { sessionId, notBefore }: LiveSession): Promise<void> {
  const deadline = performance.now() + FIRST_CHECKPOINT_LIMIT_MS
  while (((await stores.session(sessionId)).checkpoint?.seq ?? 0) <= notBefore) {
    if (performance.now() > deadline) throw new Error(`${sessionId} has made no checkpoint.`)
    await pause(LOOK_EVERY_MS)
  }
}

/** Waits until every message has arrived. What did not, or came twice, is wrong; what a contact could not read is undecryptable. */
async function endOf(world: World, all: readonly LiveDrilled[]): Promise<Partial<Figures>> {
  const { api, simulator, ledger, answers } = world
  const settled = await untilSettled({ api, simulator, ledger, limitMs: SETTLE_LIMIT_MS })
  const returned = new Set(all.flatMap(({ session, isReturned }) => (isReturned ? [session] : [])))
  const outcome = withoutAskedAgain(settled, { issued: ledger.issued.filter(({ session }) => returned.has(session)) })
  const { figures, findings } = computeFigures(ledger, outcome)
  const wrong = [...settled.missing, ...findings, ...answers.findings]
  tellFindings(wrong, tell)
  tell(`${figures.sent} messages were sent, ${figures.received} received, ${figures.lost} lost, ${figures.duplicated} doubled.`)
  return {
    wrong: figuresOf(all).wrong + wrong.length,
    undecryptable: figures.undecryptable,
  }
}
