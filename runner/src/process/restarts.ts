import type { RunnerDocument } from '@holdfast/core/operations/runner-document'

/** The policy for processes of one container, or of one slot, that end soon after they began. */
export interface RestartPolicy {
  /** Time at work after which an end is no failure, whatever caused it. */
  readonly uptimeMs: number
  /**
   * Time at work after which leaving because of memory is no failure. It is longer, because the looks at the memory alone take longer than
   * `uptimeMs`, and all sessions log in again each time. With memory for hours, leaving is the cure.
   */
  readonly memoryUptimeMs: number
  /** Failures in a row that make a crash loop and an alert. */
  readonly alertAfter: number
  readonly longestPauseMs: number
}

type Life = Pick<RunnerDocument, 'state' | 'leavesBecause' | 'startedAt' | 'heartbeatAt' | 'workingSince' | 'shortLives'>

/** The ends of earlier processes of a container, or of a slot. */
export interface Past {
  /** The number of early ends in a row up to this start. */
  readonly shortLives: number
  /** The last failure: a kill, or leaving at the memory limit. Null where the last end was no failure. */
  readonly lastEnd: 'death' | 'memory-limit' | null
}

export const NO_PAST: Past = { shortLives: 0, lastEnd: null }

/**
 * Judges the documents that earlier processes left. A process that left on request has none, or died over it, and ends the row. Work begins
 * when a process may take sessions, so the pause before it does not count. All times are Firestore's.
 */
export function pastOf(predecessors: readonly Life[], policy: RestartPolicy): Past {
  const [last] = predecessors.toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
  if (!last || (last.state === 'draining' && !last.leavesBecause)) return NO_PAST
  const lastEnd = last.leavesBecause ?? 'death'
  // A process of an earlier version began to work when it started.
  const workingSince = last.workingSince === undefined ? last.startedAt : last.workingSince
  const workedMs = workingSince ? last.heartbeatAt.getTime() - workingSince.getTime() : 0
  return workedMs >= enoughMs(lastEnd, policy) ? NO_PAST : { shortLives: (last.shortLives ?? 0) + 1, lastEnd }
}

/** The time at work that ends a row of failures of this kind. */
export const enoughMs = (lastEnd: Past['lastEnd'], { uptimeMs, memoryUptimeMs }: RestartPolicy): number =>
  lastEnd === 'memory-limit' ? memoryUptimeMs : uptimeMs

const FREE_RESTARTS = 2
const FIRST_PAUSE_MS = 1000

/** The pause of a start before it takes sessions: none after the first two failures, then 1 s and doubling. */
export function pauseBefore(shortLives: number, { longestPauseMs }: RestartPolicy): number {
  if (shortLives <= FREE_RESTARTS) return 0
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(shortLives - FREE_RESTARTS - 1, 30), longestPauseMs)
}

/** The texts for the operator. */
export function tell(
  { shortLives, lastEnd }: Past,
  policy: RestartPolicy,
  place = 'this container',
): { sentence: string; userAction: string } {
  const who = shortLives === 1 ? `The last process of ${place}` : `Each of the last ${shortLives} processes of ${place}`
  const enough = `${enoughMs(lastEnd, policy) / 1000} s`
  if (lastEnd !== 'memory-limit') {
    return {
      sentence: `${who} died before it had worked for ${enough}.`,
      userAction: "Read the runner's log: the last lines before each end say why it ended.",
    }
  }
  const last = shortLives === 1 ? 'because its memory' : 'the last one because its memory'
  return {
    sentence: `${who} ended too soon, ${last} came to its limit before it had worked for ${enough}.`,
    userAction:
      "Raise the container's memory limit (and MEMORY_LIMIT_MB, where it is set), or lower MAX_CONNECTIONS, so that each runner holds fewer sessions.",
  }
}
