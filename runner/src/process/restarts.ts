import type { RunnerDocument } from '@holdfast/core/operations/runner-document'

/** What is made of processes of one container that end soon after they began. */
export interface RestartPolicy {
  /** A process that worked for so long was no failure, whatever killed it. */
  readonly uptimeMs: number
  /**
   * One that left because of its memory had to work for so long. Generous: the looks at the memory alone take longer than `uptimeMs`,
   * and all its sessions log in again each time. Memory that suffices for hours is another matter: then leaving is the cure.
   */
  readonly memoryUptimeMs: number
  /** So many failures in a row are a crash loop, and an alert. */
  readonly alertAfter: number
  readonly longestPauseMs: number
}

type Life = Pick<RunnerDocument, 'state' | 'leavesBecause' | 'startedAt' | 'heartbeatAt' | 'workingSince' | 'shortLives'>

/** What the processes of a container before this one have come to. */
export interface Past {
  /** How many in a row ended before they had worked for long enough, up to this start. */
  readonly shortLives: number
  /** The last one was killed, or left because its memory came to its limit. Null where it was no failure. */
  readonly lastEnd: 'death' | 'memory-limit' | null
}

export const NO_PAST: Past = { shortLives: 0, lastEnd: null }

/**
 * `predecessors` are the documents that they left: one that was told to leave has none, or died over it, and ends the row. Work begins
 * when a process may take up sessions, so the pause before it is no uptime. All times are Firestore's.
 */
export function pastOf(predecessors: readonly Life[], policy: RestartPolicy): Past {
  const [last] = predecessors.toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
  if (!last || (last.state === 'draining' && !last.leavesBecause)) return NO_PAST
  const lastEnd = last.leavesBecause ?? 'death'
  // One of an earlier version began to work when it started.
  const workingSince = last.workingSince === undefined ? last.startedAt : last.workingSince
  const workedMs = workingSince ? last.heartbeatAt.getTime() - workingSince.getTime() : 0
  return workedMs >= enoughMs(lastEnd, policy) ? NO_PAST : { shortLives: (last.shortLives ?? 0) + 1, lastEnd }
}

/** How long a process has to work before a row that ended like this is over. */
export const enoughMs = (lastEnd: Past['lastEnd'], { uptimeMs, memoryUptimeMs }: RestartPolicy): number =>
  lastEnd === 'memory-limit' ? memoryUptimeMs : uptimeMs

const FREE_RESTARTS = 2
const FIRST_PAUSE_MS = 1000

/** How long a start waits before it takes up sessions: not after the first two failures, then 1 s and doubling. */
export function pauseBefore(shortLives: number, { longestPauseMs }: RestartPolicy): number {
  if (shortLives <= FREE_RESTARTS) return 0
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(shortLives - FREE_RESTARTS - 1, 30), longestPauseMs)
}

/** What an operator is told of it. */
export function tell({ shortLives, lastEnd }: Past, policy: RestartPolicy): { sentence: string; userAction: string } {
  const who =
    shortLives === 1 ? 'The last process of this container' : `Each of the last ${shortLives} processes of this container`
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
