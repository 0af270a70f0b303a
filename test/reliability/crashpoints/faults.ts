/** What may befall the runner at one step. */
export const FAULTS = ['die-before', 'die-after', 'fail', 'fail-after', 'hang', 'slow', 'torn'] as const

export type Fault = (typeof FAULTS)[number]

/** The process ends at the point itself; everything else it has to live through. */
export const DEATHS: readonly Fault[] = ['die-before', 'die-after']

export const isDeath = (fault: Fault): boolean => DEATHS.includes(fault)

/** Every step can be died at. What else can befall it depends on what it asks for. */
const POSSIBLE: readonly (readonly [beginning: string, faults: readonly Fault[]])[] = [
  ['object create', ['fail', 'fail-after', 'hang', 'slow', 'torn']],
  ['object read', ['fail', 'hang', 'slow', 'torn']],
  ['object', ['fail', 'hang', 'slow']],
  ['commit', ['fail', 'fail-after', 'hang', 'slow']],
  ['read', ['fail', 'hang', 'slow']],
  ['query', ['fail', 'hang', 'slow']],
  ['listen', ['fail', 'slow']],
  // The connection is cut before it or right after it, falls silent for good, or stops for a moment.
  ['frame', ['fail', 'fail-after', 'hang', 'slow']],
  ['timer', ['slow']],
]

export function faultsAt(label: string): readonly Fault[] {
  const others = POSSIBLE.find(([beginning]) => label.startsWith(beginning))?.[1] ?? []
  return [...DEATHS, ...others]
}
