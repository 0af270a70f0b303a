import { setTimeout as pause } from 'node:timers/promises'
import { slotOf } from '../outside/owning-runner.ts'
import { strikeAt } from '../outside/strike.ts'
import type { SupervisedProcess } from '../sandbox/processes.ts'
import { drawAim, type Aim } from './aim.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { ChaosSession, World } from './world.ts'

const OPEN_LIMIT_MS = 60_000
/** A moment that does not come within this is not waited for. */
const AIM_LIMIT_MS = 8_000
const ACKS_HELD_MS = 3_000

export interface KillCounts {
  kills: number
  /** Those that struck while a job was begun and not recorded as sent, or a delivered message was not receipted. */
  inFlightKills: number
}

/** Strikes with SIGKILL so many times, and counts as it goes; afterwards all sessions are open again. */
export async function runKillLoop(world: World, kills: number, random: SeededRandom, counts: KillCounts): Promise<void> {
  while (counts.kills < kills) {
    const aim = drawAim(random, counts.kills === 0)
    const session = random.pick(world.sessions)
    if (aim.afterRecovery) {
      await untilOpen(world)
      await pause(aim.pauseMs)
    }
    const runner = world.sandbox.runner(await slotOf(world.sandbox, world.api, session.name))
    const struck = await sessionsOf(world, runner)
    const moment = await strike(world, { aim, session, runner, struck })
    counts.kills++
    const { outgoing, incoming } = await world.watch.afterStrike(struck)
    if (outgoing + incoming > 0) counts.inFlightKills++
    const flight = `in flight: ${outgoing} to send, ${incoming} received`
    world.tell(`kill ${counts.kills}/${kills} of ${runner.name} at: ${moment}; ${flight}.`)
  }
  await untilOpen(world)
}

async function untilOpen({ recoveries, sessions, api }: World): Promise<void> {
  const phones = sessions.map(({ phone }) => phone)
  if (await recoveries.untilOpen(phones, OPEN_LIMIT_MS)) return
  const closed = sessions.filter(({ phone }) => !recoveries.isOpen(phone))
  const told = await Promise.all(closed.map(async ({ name }) => `${name}: ${(await api.session(name)).sentence}`))
  throw new Error(`Not open again ${OPEN_LIMIT_MS / 1000} s after the kill: ${told.join('; ')}`)
}

async function sessionsOf({ sandbox, api, sessions }: World, runner: SupervisedProcess): Promise<readonly ChaosSession[]> {
  if (sandbox.runners().length === 1) return sessions
  const slots = await Promise.all(sessions.map(({ name }) => slotOf(sandbox, api, name)))
  return sessions.filter((_, index) => slots[index] === runner.name)
}

interface Target {
  aim: Aim
  /** The one whose events are watched. */
  session: ChaosSession
  runner: SupervisedProcess
  /** All that the runner owns. */
  struck: readonly ChaosSession[]
}

/** Resolves, after the strike, with what it struck at. */
async function strike(world: World, { aim, session, runner, struck }: Target): Promise<string> {
  const kill = (): void => {
    world.recoveries.struck(struck.map(({ phone }) => phone))
    runner.kill('SIGKILL')
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
