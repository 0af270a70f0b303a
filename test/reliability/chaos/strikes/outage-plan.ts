import type { ProxyMode } from '../../../../sandbox/network/tcp-proxy.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'

export type Store = 'firestore' | 'storage'

/** The kinds of outage; see the proxy's modes. */
export const WAYS = ['refuse', 'hang', 'freeze', 'slow', 'cut'] as const
export type Way = (typeof WAYS)[number]

export const STORE_CHOICES = ['firestore', 'storage', 'both', 'each'] as const

export interface Outage {
  /** The stores that fail together. */
  stores: readonly Store[]
  mode: Extract<ProxyMode, { how: Way }>
  /** Whether a runner is killed in the middle of the outage, so that it has to start without the store. */
  withKill: boolean
}

const KILL_SHARE = 1 / 3
/** The shortest outage with a kill, in seconds. A shorter outage ends before the killed runner has restarted. */
const KILL_FROM_S = 10
/** The delay of each chunk. One request to Firestore takes a few chunks in each direction. */
const SLOW_MS = { least: 150, most: 600 }
/** A connection is cut after this many bytes: from less than a handshake to several answers. */
const CUT_BYTES = { leastBytes: 50, mostBytes: 15_000 }

/** Returns the outages in their order. Pure. Leaving out one kind changes nothing about the others. */
export function planOutages(
  wanted: { store: (typeof STORE_CHOICES)[number]; how: readonly Way[]; seconds: number },
  random: SeededRandom,
): Outage[] {
  const together = STORES_OF[wanted.store]
  const all = together.flatMap((stores) =>
    WAYS.map((how) => ({ stores, mode: modeOf(how, random), withKill: random.chance(KILL_SHARE) })),
  )
  return all
    .filter(({ mode }) => wanted.how.includes(mode.how))
    .map((outage) => ({ ...outage, withKill: outage.withKill && wanted.seconds >= KILL_FROM_S }))
}

const STORES_OF: Readonly<Record<(typeof STORE_CHOICES)[number], readonly (readonly Store[])[]>> = {
  firestore: [['firestore']],
  storage: [['storage']],
  both: [['firestore', 'storage']],
  each: [['firestore'], ['storage']],
}

/** Draws the details of an outage. */
export function modeOf(how: Way, random: SeededRandom): Outage['mode'] {
  const delayMs = Math.round(random.between(SLOW_MS.least, SLOW_MS.most))
  const seed = Math.floor(random.next() * 2 ** 32)
  if (how === 'slow') return { how, delayMs }
  if (how === 'cut') return { how, seed, ...CUT_BYTES }
  return { how }
}

/** Returns whether the outage blocks all traffic, so that the health check has to report the store as unavailable. */
export const isTotal = ({ mode }: Outage): boolean => mode.how === 'refuse' || mode.how === 'hang' || mode.how === 'freeze'
