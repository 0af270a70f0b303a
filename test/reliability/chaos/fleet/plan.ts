import type { ProxyMode } from '../../../../sandbox/network/tcp-proxy.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { FleetStrikeKind } from './kinds.ts'

/** Ways in which a network is away: nothing listens, nobody answers, or everything waits until it is back. */
const WAYS = ['refuse', 'hang', 'freeze'] as const satisfies ProxyMode['how'][]

export interface FleetStrike {
  readonly kind: FleetStrikeKind
  /** The time until the cause ends. Strikes that are over at once do not use it. */
  readonly ms: number
  /** How a network is away. */
  readonly how: (typeof WAYS)[number]
  /** The error of a wrong clock. */
  readonly minutes: 5 | -5
  /** The number of deaf sessions. */
  readonly count: number
}

/** Others must have the time to take over while a cause lasts, beyond the silence after which a runner counts as dead. */
const BEYOND_MS = { least: 2_000, most: 7_000 }
const MOST_DEAF = 3

/** Draws strikes without end: each kind once, in random order, then each kind again in another one. */
export function* strikesOf(
  kinds: readonly FleetStrikeKind[],
  random: SeededRandom,
  deadAfterMs: number,
): Generator<FleetStrike, never> {
  for (;;) for (const kind of shuffled(kinds, random)) yield drawStrike(kind, random, deadAfterMs)
}

function drawStrike(kind: FleetStrikeKind, random: SeededRandom, deadAfterMs: number): FleetStrike {
  return {
    kind,
    ms: deadAfterMs + Math.round(random.between(BEYOND_MS.least, BEYOND_MS.most)),
    how: random.pick(WAYS),
    minutes: random.pick([5, -5] as const),
    count: 1 + Math.floor(random.next() * MOST_DEAF),
  }
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item)
}
