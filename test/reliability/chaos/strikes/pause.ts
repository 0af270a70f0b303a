import { setTimeout as pause } from 'node:timers/promises'
import type { Session } from '@holdfast/client/types'
import { slotOf } from '../../../support/owning-runner.ts'
import type { SupervisedProcess } from '../../../../sandbox/processes.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from '../world.ts'

const TAKE_OVER_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 200
/** The time for which the woken runner is watched. */
const WATCH_MS = 5_000
/**
 * The checkpoints of the new owner that the run waits for. The first covers the old owner's head, and the second trims the
 * records that the first covers. The third begins after that trim.
 */
const CHECKPOINTS = 3

export interface PauseCounts {
  pauses: number
  /** Logins of the claimed sessions after their old owner woke. */
  loginsAfterWake: number
}

/** Pauses an owner until the new owners have trimmed its records, wakes it, and checks that it changes nothing. */
export async function runPauseLoop(world: World, pauses: number, random: SeededRandom, counts: PauseCounts): Promise<void> {
  while (counts.pauses < pauses) {
    const { sandbox, api, sessions, tell } = world
    await pause(random.between(0, 1_000))
    const runner = sandbox.runner(await slotOf(sandbox, api, random.pick(sessions).name))
    const slots = await Promise.all(sessions.map(({ name }) => slotOf(sandbox, api, name)))
    const taken = sessions.filter((_, index) => slots[index] === runner.name)
    const epochs = new Map(
      await Promise.all(taken.map(async ({ name }) => [name, (await api.session(name)).owner.epoch] as const)),
    )
    const pausedAt = performance.now()
    runner.kill('SIGSTOP')
    try {
      await Promise.all(taken.map((session) => untilTrimmed(world, session, epochs.get(session.name) ?? 0)))
    } finally {
      if (runner.pid !== null) runner.kill('SIGCONT')
    }
    const seconds = ((performance.now() - pausedAt) / 1000).toFixed(1)
    const logins = await loginsAfterWake(world, taken)
    counts.pauses++
    counts.loginsAfterWake += logins
    const takeOver = `${taken.length} sessions claimed, checkpointed and trimmed`
    tell(`pause ${counts.pauses}/${pauses} of ${runner.name} for ${seconds} s: ${takeOver}; after it woke: ${logins} logins.`)
    await untilRestarted(world, runner)
  }
}

/** Waits until another runner owns the session, is connected, and has trimmed all records of the old owner. */
async function untilTrimmed({ api, simulator }: World, { name, phone }: ChaosSession, oldEpoch: number): Promise<void> {
  const deadline = performance.now() + TAKE_OVER_LIMIT_MS
  const look = async (wanted: string, isThere: (session: Session) => boolean): Promise<Session> => {
    for (;;) {
      const session = await api.session(name)
      if (isThere(session)) return session
      if (performance.now() > deadline) throw new Error(`${name}: no ${wanted} (${session.state}: ${session.sentence})`)
      await pause(LOOK_EVERY_MS)
    }
  }
  let { checkpoint } = await look('new owner', ({ owner }) => owner.epoch > oldEpoch)
  for (let number = 1; number <= CHECKPOINTS; number++) {
    const before = checkpoint?.seq
    const next = await look(`checkpoint ${number} of the new owner`, (session) => session.checkpoint?.seq !== before)
    checkpoint = next.checkpoint
  }
  await look('open connection', ({ status }) => status === 'WORKING')
  const { accounts } = await simulator.state()
  if (!accounts.some((account) => account.phone === phone && account.connected)) throw new Error(`${name} is not connected.`)
}

/** Counts the logins and owner changes after the old owner woke. The new owner has to keep its connection and its epoch. */
async function loginsAfterWake({ simulator, api, tell }: World, taken: readonly ChaosSession[]): Promise<number> {
  const logins = async () => {
    const { accounts } = await simulator.state()
    return new Map(accounts.map((account) => [account.phone, account.logins]))
  }
  const owners = () => Promise.all(taken.map(async ({ name }) => (await api.session(name)).owner.epoch))
  const [before, ownersBefore] = await Promise.all([logins(), owners()])
  await pause(WATCH_MS)
  const [after, ownersAfter] = await Promise.all([logins(), owners()])
  const moved = taken.filter((_, index) => ownersBefore[index] !== ownersAfter[index])
  for (const { name } of moved) tell(`Finding: ${name} changed its owner after the old owner woke.`)
  return taken.reduce((sum, { phone }) => sum + (after.get(phone) ?? 0) - (before.get(phone) ?? 0), moved.length)
}

/** Waits for the restart of the woken runner, which ends by itself, so that the next strike can use it. */
async function untilRestarted({ sandbox }: World, runner: SupervisedProcess): Promise<void> {
  while (sandbox.runner(runner.name).pid === null) await pause(LOOK_EVERY_MS)
}
