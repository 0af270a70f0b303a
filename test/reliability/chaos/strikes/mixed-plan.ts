import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { Backends } from '../../../../sandbox/environment.ts'
import { modeOf, WAYS, type Outage } from './outage-plan.ts'

/** The processes that a strike can kill. */
export const PARTS = ['runner', 'functions', 'tasks', 'storage'] as const
export type Part = (typeof PARTS)[number]

export type MixedStrike =
  | { what: 'kill'; parts: readonly Part[] }
  | { what: 'away'; service: keyof Backends; mode: Outage['mode']; ms: number }

/** A kind that is listed twice is drawn twice as often. */
const KINDS: readonly (readonly Part[] | keyof Backends)[] = [
  ['runner'],
  ['runner'],
  ['runner'],
  ['functions'],
  ['functions'],
  ['tasks'],
  ['tasks'],
  ['storage'],
  ['runner', 'functions'],
  ['functions', 'tasks'],
  PARTS,
  'firestore',
  'firestore',
  'storage',
  'tasks',
]

const AWAY_MS = { least: 1_000, most: 6_000 }

/** Draws a strike: the death of one or several processes, or a short time without one of Google's services. Pure. */
export function drawStrike(random: SeededRandom): MixedStrike {
  const kind = random.pick(KINDS)
  if (typeof kind !== 'string') return { what: 'kill', parts: kind }
  const mode = modeOf(random.pick(WAYS), random)
  return { what: 'away', service: kind, mode, ms: Math.round(random.between(AWAY_MS.least, AWAY_MS.most)) }
}
