import { setTimeout as pause } from 'node:timers/promises'
import { isOwnedElsewhere, slotOf } from '../../../support/owning-runner.ts'
import { strikeAt } from '../../../support/strike.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from '../world.ts'
import { drawAim, type Aim } from './aim.ts'

/** The longest wait for the recovery. The figures hold its length. With faults mixed in, a session may wait for a minute. */
const OPEN_LIMIT_MS = 180_000
/** The longest wait for the moment of an aim; after it the strike happens without that moment. */
const AIM_LIMIT_MS = 8_000
const ACKS_HELD_MS = 3_000

export interface KillCounts {
  kills: number
  /** Kills while a job was begun and not yet recorded as sent, or a delivered message had no receipt yet. */
  inFlightKills: number
}

/** The processes of one strike. */
export interface Victims {
  name: string
  /** The sessions that lose their runner. */
  sessions: readonly ChaosSession[]
  kill(): void
  /** Returns the sessions that had gone to another runner by the time of the strike. */
  missed?(): Promise<readonly ChaosSession[]>
}

export interface KillLoop {
  kills: number
  random: SeededRandom
  counts: KillCounts
  /** Selects the processes to kill for a strike at this session. */
  choose: (session: ChaosSession) => Promise<Victims>
}

/** Kills the chosen processes `kills` times and updates `counts`. Resolves when all sessions are open again. */
export async function runKillLoop(world: World, { kills, random, counts, choose }: KillLoop): Promise<void> {
  while (counts.kills < kills) {
    const told = await killOnce(world, { random, counts, choose })
    world.tell(`kill ${counts.kills}/${kills} of ${told}`)
  }
  await untilOpen(world)
}

/** Kills the chosen processes once, at a random moment. Resolves with a description of the strike. */
export async function killOnce(world: World, { random, counts, choose }: Omit<KillLoop, 'kills'>): Promise<string> {
  // At least half of all kills have to strike while a message is in flight.
  const needsMessage = counts.inFlightKills * 2 < counts.kills + 1
  const aim = drawAim(random, { isFirst: counts.kills === 0, needsMessage, hasFiles: world.kinds !== null })
  const session = random.pick(world.sessions)
  if (aim.afterRecovery) {
    await untilOpen(world)
    await pause(aim.pauseMs)
  }
  const victims = await choose(session)
  const moment = await strike(world, aim, session, victims)
  counts.kills++
  const [{ outgoing, incoming }, missed = []] = await Promise.all([world.watch.afterStrike(victims.sessions), victims.missed?.()])
  world.recoveries.missed(missed.map(({ phone }) => phone))
  if (outgoing + incoming > 0) counts.inFlightKills++
  const moved = missed.length === 0 ? '' : ` It missed ${missed.map(({ name }) => name).join(', ')}, which had moved.`
  return `${victims.name} at: ${moment}; in flight: ${outgoing} to send, ${incoming} received.${moved}`
}

/** Selects the runner that owns the session, together with all sessions of that runner. */
export async function runnerOf(world: World, session: ChaosSession): Promise<Victims> {
  const { sandbox, api, sessions } = world
  const runner = sandbox.runner(await slotOf(sandbox, api, session.name))
  const slots = sandbox.runners().length === 1 ? null : await Promise.all(sessions.map(({ name }) => slotOf(sandbox, api, name)))
  const owned = slots === null ? sessions : sessions.filter((_, index) => slots[index] === runner.name)
  return {
    name: runner.name,
    sessions: owned,
    kill: () => void runner.kill('SIGKILL'),
    // The aim takes seconds, in which sessions of a runner that was slow to answer move. A dead one keeps them for longer than this asks.
    async missed() {
      if (slots === null) return []
      const elsewhere = await Promise.all(owned.map(({ name }) => isOwnedElsewhere(sandbox, api, name, runner.name)))
      return owned.filter((_, index) => elsewhere[index])
    },
  }
}

/** Resolves when all sessions are connected. */
export async function untilOpen({ recoveries, sessions, api }: World): Promise<void> {
  const phones = sessions.map(({ phone }) => phone)
  if (await recoveries.untilOpen(phones, OPEN_LIMIT_MS)) return
  const closed = sessions.filter(({ phone }) => !recoveries.isOpen(phone))
  const states = await Promise.all(closed.map(async ({ name }) => `${name}: ${(await api.session(name)).sentence}`))
  throw new Error(`Sessions are not open ${OPEN_LIMIT_MS / 1000} s after the kill: ${states.join('; ')}`)
}

/** Waits for the aimed event of the session, then kills. Resolves after the strike with a description of the moment. */
async function strike(world: World, aim: Aim, session: ChaosSession, victims: Victims): Promise<string> {
  const kill = (): void => {
    world.recoveries.struck(victims.sessions.map(({ phone }) => phone))
    victims.kill()
  }
  if (aim.fits === null) {
    if (!aim.afterRecovery) await pause(aim.pauseMs)
    kill()
    return aim.what
  }
  if (aim.holdsAcks) await world.simulator.orderFault({ kind: 'hold-acks', account: session.phone, ms: ACKS_HELD_MS })
  const fits = aim.fits
  try {
    await strikeAt(
      world.events,
      (event) => (event.phone === undefined || event.phone === session.phone) && fits(event),
      AIM_LIMIT_MS,
      kill,
    )
    return aim.what
  } catch {
    kill()
    return `no particular moment (awaited: ${aim.what})`
  }
}
