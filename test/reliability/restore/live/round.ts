import { inParallel } from '@holdfast/core/platform/in-parallel'
import { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { slotOf } from '../../../support/owning-runner.ts'
import { untilOpen } from '../../chaos/strikes/kill.ts'
import type { World } from '../../chaos/world.ts'
import { type Hurt, hurtAlive, hurtAtRest } from './hurt.ts'
import { LiveCase, type LiveDrilled, type LiveSession } from './case.ts'
import type { LiveStores } from './stores.ts'

export interface Round {
  readonly world: World
  readonly stores: LiveStores
  readonly sessions: readonly LiveSession[]
  readonly seed: number
  /** Resolves when so many more messages went in each direction. */
  readonly untilMore: (messages: number) => Promise<void>
  readonly onEnd: (drilled: LiveDrilled) => void
}

const AT_ONCE = 4
/** A runner is not killed over a few sessions again and again because some move meanwhile. */
const ALIVE_SHARE = 0.4

/**
 * Damages each session once: some while their owner lives, the others after its death, so that whoever takes them has to load what was
 * damaged. Runner after runner is killed until all had their turn; the other sessions live on under traffic.
 */
export async function runRound(round: Round): Promise<void> {
  const random = new SeededRandom(round.seed)
  let left = round.sessions
  while (left.length > 0) {
    const { slot, struck } = await largestGroup(round.world, left)
    await strike(round, slot, struck, random)
    left = left.filter((session) => !struck.includes(session))
    await untilOpen(round.world)
  }
}

/** The runner that owns most of the sessions, and those. */
async function largestGroup({ sandbox, api }: World, sessions: readonly LiveSession[]) {
  const owners = await Promise.all(sessions.map(async (session) => ({ session, slot: await slotOf(sandbox, api, session.name) })))
  const groups = [...Map.groupBy(owners, ({ slot }) => slot)].toSorted(([, one], [, other]) => other.length - one.length)
  const [slot = '', group = []] = groups[0] ?? []
  return { slot, struck: group.map(({ session }) => session) }
}

async function strike(round: Round, slot: string, struck: readonly LiveSession[], random: SeededRandom): Promise<void> {
  const { world, stores, seed, onEnd } = round
  const { sandbox, recoveries, tell } = world
  const others = new Map(struck.map((session) => [session, random.pick(round.sessions.filter((one) => one !== session))]))
  const givenOf = async (session: LiveSession, own: SeededRandom) => ({
    stores,
    sessionId: session.sessionId,
    random: own,
    other: await stores.stored(others.get(session)?.sessionId ?? ''),
    notBefore: session.notBefore,
  })
  const cases = struck.map((session) => ({ session, own: random.fork(), isAlive: random.chance(ALIVE_SHARE) }))
  const alive = new Map<LiveSession, Hurt>()
  await inParallel(AT_ONCE, cases, async ({ session, own, isAlive }) => {
    if (isAlive) alive.set(session, await hurtAlive(await givenOf(session, own)))
  })
  await round.untilMore(round.sessions.length)
  recoveries.struck(struck.map(({ phone }) => phone))
  await sandbox.runner(slot).stop('SIGKILL')
  const hurt = await inParallelOf(cases, async ({ session, own }) => {
    const done = await hurtAtRest(await givenOf(session, own), alive.get(session) ?? null)
    return { session, own, hurt: done, before: await stores.stored(session.sessionId, done.whole.objects.keys()) }
  })
  tell(`seed ${seed}: ${slot} was killed, ${struck.length} sessions are damaged, ${alive.size} of them before.`)
  await sandbox.startRunner(slot)
  await Promise.all(
    hurt.map(async ({ session, own, hurt: done, before }) => {
      onEnd(await new LiveCase({ world, stores, session, random: own, seed, hurt: done }).run(before))
    }),
  )
}

async function inParallelOf<One, Result>(all: readonly One[], work: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  await inParallel(AT_ONCE, all, async (one) => void results.push(await work(one)))
  return results
}
