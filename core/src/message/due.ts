import type { Task } from '../platform/ports.ts'
import type { JobDocument } from './job-document.ts'

/**
 * When a waiting job becomes due, and the task that makes it due. A pending job is in one of three places:
 *
 * in the queue  it has `queuedAt` and no `nextAttemptAt`: its session sends it in its turn
 * for later     it has no `queuedAt`: at `sendAt` a task puts it into the queue
 * for a retry   it has `nextAttemptAt`: the owner waits by itself for a short time, and a task puts it back into the queue after a
 *               longer one
 */

type WaitingJob = Pick<JobDocument, 'status' | 'queuedAt' | 'sendAt' | 'nextAttemptAt' | 'generation' | 'attempts'>

const DAY_MS = 24 * 60 * 60 * 1000

/** The owner waits this long for a retry by itself. For a longer wait it sets no timer and enqueues the task. */
export const OWNER_WAITS_MS = 60_000

/** Cloud Tasks takes a task at most 30 days ahead. The sweep enqueues the task of a later job when its time has come this near. */
export const TASK_REACH_MS = 29 * DAY_MS

/** A task comes late now and then. After this time it counts as lost. */
export const OVERDUE_AFTER_MS = 60_000

/** Returns the time at which a job has to enter the queue. Null for a job that is in it, or past it. */
export function dueTimeOf({ status, queuedAt, sendAt, nextAttemptAt }: Omit<WaitingJob, 'generation' | 'attempts'>): Date | null {
  if (status !== 'pending') return null
  // A job for later always has a time. One that lost it must not wait for ever.
  if (queuedAt === null) return sendAt ?? new Date(0)
  return nextAttemptAt
}

/**
 * Returns the task that makes the job due. Null for a job that needs none, and for a time that no task reaches yet. The name is the
 * same for whoever enqueues it, so that a job never has two tasks for one time.
 */
export function taskFor(jobId: string, job: WaitingJob, nowMs: number): Task | null {
  const at = dueTimeOf(job)
  if (!at || at.getTime() - nowMs > TASK_REACH_MS) return null
  const { generation, attempts } = job
  if (job.queuedAt === null) {
    return { queue: 'retries', name: `later-${jobId}-${at.getTime()}`, payload: { job: jobId }, at }
  }
  const payload = { job: jobId, generation, attempt: attempts }
  return { queue: 'retries', name: `retry-${jobId}-g${generation}-a${attempts}`, payload, at }
}
