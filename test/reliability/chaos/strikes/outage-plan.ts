import type { ProxyMode } from '../../../../sandbox/network/tcp-proxy.ts'
import type { SeededRandom } from '../../../support/seeded-random.ts'

export type Store = 'firestore' | 'storage'

/** Ways to take a store away; see the proxy's modes. */
export const WAYS = ['refuse', 'hang', 'freeze', 'slow', 'cut'] as const
export type Way = (typeof WAYS)[number]

export const STORE_CHOICES = ['firestore', 'storage', 'both', 'each'] as const

export interface Outage {
  /** Taken away together. */
  stores: readonly Store[]
  mode: Extract<ProxyMode, { how: Way }>
  /** Whether a runner is killed in the middle of it: it has to start without the store. */
  withKill: boolean
}

const KILL_SHARE = 1 / 3
/** In a shorter outage a runner that was killed is hardly back before it is over. */
const KILL_FROM_S = 10
/** Of each chunk; an answer of Firestore takes a few of them each way. */
const SLOW_MS = { least: 150, most: 600 }
/** From less than a handshake to some answers. */
const CUT_BYTES = { leastBytes: 50, mostBytes: 15_000 }

/** Pure: one outage after the other. Leaving a way out changes nothing about the others. */
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

function modeOf(how: Way, random: SeededRandom): Outage['mode'] {
  const delayMs = Math.round(random.between(SLOW_MS.least, SLOW_MS.most))
  const seed = Math.floor(random.next() * 2 ** 32)
  if (how === 'slow') return { how, delayMs }
  if (how === 'cut') return { how, seed, ...CUT_BYTES }
  return { how }
}

/** Whether nothing at all gets through, so that the health check cannot find the store in order. */
export const isTotal = ({ mode }: Outage): boolean => mode.how === 'refuse' || mode.how === 'hang' || mode.how === 'freeze'
