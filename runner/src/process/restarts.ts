import type { RunnerDocument } from '@holdfast/core/documents/runner-document'

/** What is made of processes of one container that die soon after they began. */
export interface RestartPolicy {
  /** A process that worked for so long was no failure, whatever ended it. */
  readonly uptimeMs: number
  /** So many failures in a row are a crash loop, and an alert. */
  readonly alertAfter: number
  readonly longestPauseMs: number
}

type Life = Pick<RunnerDocument, 'state' | 'startedAt' | 'heartbeatAt' | 'workingSince' | 'shortLives'>

/**
 * How many processes of this container in a row died before they had worked for long enough, up to this start. `predecessors` are
 * the documents that they left: one that left in order has none, so it ends the row, as does one that was told to leave. Work begins
 * when a process may take up sessions, so the pause before it is no uptime. All times are Firestore's.
 */
export function shortLivesBefore(predecessors: readonly Life[], { uptimeMs }: RestartPolicy): number {
  const [last] = predecessors.toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
  if (!last || last.state === 'draining') return 0
  // One of an earlier version began to work when it started.
  const workingSince = last.workingSince === undefined ? last.startedAt : last.workingSince
  const workedMs = workingSince ? last.heartbeatAt.getTime() - workingSince.getTime() : 0
  return workedMs >= uptimeMs ? 0 : (last.shortLives ?? 0) + 1
}

const FREE_RESTARTS = 2
const FIRST_PAUSE_MS = 1000

/** How long a start waits before it takes up sessions: not after the first two failures, then 1 s and doubling. */
export function pauseBefore(shortLives: number, { longestPauseMs }: RestartPolicy): number {
  if (shortLives <= FREE_RESTARTS) return 0
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(shortLives - FREE_RESTARTS - 1, 30), longestPauseMs)
}
