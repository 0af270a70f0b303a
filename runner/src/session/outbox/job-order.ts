import type { Priority } from '@holdfast/core/message/job-document'

/**
 * The order in which a session sends. Pure.
 *
 * Within a chat, jobs go in the order in which they were accepted, whatever their priority. Among chats, a job of high priority
 * overtakes jobs that are up to five minutes older, and a job of low priority lets jobs pass that are up to half an hour newer. So an
 * old job of low priority comes before new ones of every priority, and none waits for ever.
 */

const MINUTE_US = 60_000_000

/** The head start of a priority, in microseconds. */
const HEAD_START_US: Record<Priority, number> = { high: 5 * MINUTE_US, normal: 0, low: -30 * MINUTE_US }

/** The fields that decide about the order of a job. */
export interface Ordered {
  readonly phase: 'waiting' | 'sending' | 'unknown'
  readonly document: { readonly priority: Priority; readonly index: number; readonly sendAt: Date | null }
  /** The time of creation by Firestore's clock. */
  readonly createdAtMicros: number
}

/** The moment from which a job counts as accepted, in microseconds. A job for later counts from its time. */
const acceptedAt = ({ createdAtMicros, document: { sendAt } }: Ordered): number =>
  Math.max(createdAtMicros, (sendAt?.getTime() ?? 0) * 1000)

/** Whether `a` goes before `b` in their chat. A job that was or may be on the wire goes before jobs that were never sent. */
export function comesBefore(a: Ordered, b: Ordered): boolean {
  return (rank(a) - rank(b) || acceptedAt(a) - acceptedAt(b) || byPlace(a, b)) <= 0
}

/** Compares two jobs of one moment: for one time, or of one request. */
const byPlace = (a: Ordered, b: Ordered): number => a.createdAtMicros - b.createdAtMicros || a.document.index - b.document.index

const rank = ({ phase }: Ordered): number => (phase === 'waiting' ? 1 : 0)

/** Compares two jobs of different chats that may both be sent now. */
export const byUrgency = (a: Ordered, b: Ordered): number => rank(a) - rank(b) || urgency(a) - urgency(b) || byPlace(a, b)

const urgency = (job: Ordered): number => acceptedAt(job) - HEAD_START_US[job.document.priority]
