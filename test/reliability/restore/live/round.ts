import { inParallel } from '@holdfast/core/platform/in-parallel'
import { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { isOwnedElsewhere, slotOf } from '../../../support/owning-runner.ts'
import { untilOpen } from '../../chaos/strikes/kill.ts'
import type { World } from '../../chaos/world.ts'
import { type Hurt, hurtAlive, hurtAtRest } from './hurt.ts'
import { LiveCase, type LiveDrilled, type LiveSession, undo } from './case.ts'
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
/** Strikes in a row after which no session had its turn: the machine is too slow for the drill. */
const MOST_IN_VAIN = 5

/**
 * Damages each session once: some while their owner lives, the others after its death, so that whoever takes them has to load what was
 * damaged. Runner after runner is killed until all had their turn; the other sessions live on under traffic.
 */
export async function runRound(round: Round): Promise<void> {
  const random = new SeededRandom(round.seed)
  let left = round.sessions
  let inVain = 0
  while (left.length > 0) {
    const { slot, struck } = await largestGroup(round.world, left)
    const judged = await strike(round, slot, struck, random)
    inVain = judged.size > 0 ? 0 : inVain + 1
    if (inVain > MOST_IN_VAIN) throw new Error('Runners take sessions faster than they can be damaged: the machine is too busy.')
    left = left.filter((session) => !judged.has(session))
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

interface Case {
  readonly session: LiveSession
  readonly own: SeededRandom
  /** What was done while its owner lived. */
  readonly alive: Hurt | null
}

/** Returns the sessions whose turn it was. Those that another runner had, or took before the damage was complete, are not among them. */
async function strike(
  round: Round,
  slot: string,
  struck: readonly LiveSession[],
  random: SeededRandom,
): Promise<ReadonlySet<LiveSession>> {
  const { world, stores, seed, onEnd } = round
  const { sandbox, api, recoveries, tell } = world
  const others = new Map(struck.map((session) => [session, random.pick(round.sessions.filter((one) => one !== session))]))
  const givenOf = async ({ session, own }: Pick<Case, 'session' | 'own'>) => ({
    stores,
    sessionId: session.sessionId,
    random: own,
    other: await stores.stored(others.get(session)?.sessionId ?? ''),
    notBefore: session.notBefore,
  })
  const chosen = struck.map((session) => ({ session, own: random.fork(), isAlive: random.chance(ALIVE_SHARE) }))
  const cases = await inParallelOf(chosen, async (one): Promise<Case> => {
    return { ...one, alive: one.isAlive ? await hurtAlive(await givenOf(one)) : null }
  })
  await round.untilMore(round.sessions.length)
  const owned = await inParallelOf(cases, async (one) => {
    const isElsewhere = await isOwnedElsewhere(sandbox, api, one.session.name, slot)
    return { ...one, isElsewhere, epoch: (await stores.session(one.session.sessionId)).epoch }
  })
  recoveries.struck(owned.flatMap(({ session, isElsewhere }) => (isElsewhere ? [] : [session.phone])))
  await sandbox.runner(slot).stop('SIGKILL')
  const hurt = await inParallelOf(owned, async (one) => {
    if (one.isElsewhere) return { ...one, hurt: one.alive, before: null }
    const done = await hurtAtRest(await givenOf(one), one.alive)
    const isTaken = (await stores.session(one.session.sessionId)).epoch !== one.epoch
    return { ...one, hurt: done, before: isTaken ? null : await stores.stored(one.session.sessionId, done.whole.objects.keys()) }
  })
  const judged = hurt.flatMap(({ session, own, hurt: done, before }) =>
    done && before ? [{ world, stores, session, random: own, seed, hurt: done, before }] : [],
  )
  const early = hurt.filter(({ before }) => !before)
  const withAlive = judged.filter(({ session }) => cases.some((one) => one.session === session && one.alive)).length
  tell(`seed ${seed}: ${slot} was killed, ${judged.length} sessions are damaged, ${withAlive} of them before.`)
  if (early.length > 0) tell(`seed ${seed}: ${early.length} sessions were taken too early; their turn comes later.`)
  await sandbox.startRunner(slot)
  await Promise.all([
    ...judged.map(async ({ before, ...given }) => onEnd(await new LiveCase(given).run(before))),
    ...early.map(async ({ session, hurt: done }) => done && undo({ world, stores, session, hurt: done })),
  ])
  return new Set(judged.map(({ session }) => session))
}

async function inParallelOf<One, Result>(all: readonly One[], work: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  await inParallel(AT_ONCE, all, async (one) => void results.push(await work(one)))
  return results
}
