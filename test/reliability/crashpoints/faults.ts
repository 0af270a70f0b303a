/** The faults that a case can inject at one point. */
export const FAULTS = ['die-before', 'die-after', 'fail', 'fail-after', 'hang', 'slow', 'torn'] as const

export type Fault = (typeof FAULTS)[number]

/** The faults that end the process at the point itself. The process has to survive all others. */
export const DEATHS: readonly Fault[] = ['die-before', 'die-after']

export const isDeath = (fault: Fault): boolean => DEATHS.includes(fault)

/** The faults of each kind of point besides the two deaths, which are possible at every point. */
const POSSIBLE: readonly (readonly [beginning: string, faults: readonly Fault[]])[] = [
  // The store of media checks what it gets, and an upload has limits of its own.
  ['object create medium', ['fail', 'fail-after', 'hang', 'slow']],
  ['object read medium', ['fail', 'hang', 'slow']],
  ['upload', ['fail', 'fail-after', 'slow']],
  ['object create', ['fail', 'fail-after', 'hang', 'slow', 'torn']],
  ['object read', ['fail', 'hang', 'slow', 'torn']],
  ['object', ['fail', 'hang', 'slow']],
  ['commit', ['fail', 'fail-after', 'hang', 'slow']],
  ['read', ['fail', 'hang', 'slow']],
  ['query', ['fail', 'hang', 'slow']],
  ['task', ['fail', 'fail-after', 'hang', 'slow']],
  ['listen', ['fail', 'slow']],
  // The connection breaks before the frame or right after it, stays silent, or stops for a moment.
  ['frame', ['fail', 'fail-after', 'hang', 'slow']],
  ['timer', ['slow']],
]

export function faultsAt(label: string): readonly Fault[] {
  const others = POSSIBLE.find(([beginning]) => label.startsWith(beginning))?.[1] ?? []
  return [...DEATHS, ...others]
}
