import { setTimeout as pause } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'
import type { FleetStrikeKind } from './kinds.ts'
import { strikesOf } from './plan.ts'
import { STRIKES } from './strikes.ts'

/** The time between the begins of two strikes. */
const BETWEEN_MS = { least: 2_000, most: 6_000 }

interface FleetLoop {
  kinds: readonly FleetStrikeKind[]
  /** The time in which strikes begin; null: as long as there are some left. */
  forMs: number | null
  /** The number of strikes; null: as many as the time allows. */
  strikes: number | null
  /** The silence after which a runner counts as dead. */
  deadAfterMs: number
  /** No strike begins after it. */
  signal: AbortSignal
  /** The strikes of each kind so far. */
  counts: Record<string, number>
}

/** Strikes the fleet again and again, half of its runners at a time at most. Resolves when all strikes are over. */
export async function runFleetLoop(
  fleet: Fleet,
  { kinds, forMs, strikes, deadAfterMs, signal, counts }: FleetLoop,
): Promise<void> {
  const { world, random } = fleet
  const mostAtOnce = Math.max(1, Math.floor(world.sandbox.runners().length / 2))
  const plan = strikesOf(kinds, random.fork(), deadAfterMs)
  const until = forMs === null ? Number.POSITIVE_INFINITY : performance.now() + forMs
  const goingOn = new Set<Promise<void>>()
  const failures: unknown[] = []
  for (let number = 1; number <= (strikes ?? Number.POSITIVE_INFINITY) && performance.now() < until; number++) {
    const strike = plan.next().value
    const name = `strike ${number} (${strike.kind})`
    const startedAt = performance.now()
    world.tell(`${name} begins.`)
    counts[strike.kind] = (counts[strike.kind] ?? 0) + 1
    const one = STRIKES[strike.kind](fleet, strike)
      .then((told) => world.tell(`${name}: ${told}; over after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => goingOn.delete(one))
    goingOn.add(one)
    await pause(random.between(BETWEEN_MS.least, BETWEEN_MS.most))
    while (goingOn.size >= mostAtOnce) await Promise.race(goingOn)
    if (failures.length > 0 || signal.aborted) break
  }
  await Promise.all(goingOn)
  if (failures.length > 0) throw failures[0]
  await fleet.untilBack(world.sessions.map(({ phone }) => phone))
}
