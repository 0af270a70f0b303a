import { OWNER_WAITS_MS } from '@holdfast/core/message/due'
import { byUrgency } from './job-order.ts'
import type { OpenJob } from './open-jobs.ts'

/** What becomes of the next job of each contact. */
interface Judgement {
  /** May be sent now, the most urgent first. */
  readonly due: readonly OpenJob[]
  /** Wait for a retry that a task makes due. They block their chats until then. */
  readonly later: readonly OpenJob[]
  /** When the first of the others may be sent; infinite when there are none. */
  readonly wakeAtMs: number
}

/** Judges the next job of each contact. Pure. */
export function judge(heads: Iterable<OpenJob>, nowMs: number): Judgement {
  const due: OpenJob[] = []
  const later: OpenJob[] = []
  let wakeAtMs = Number.POSITIVE_INFINITY
  for (const job of heads) {
    if (job.phase === 'sending') continue
    if (job.notBeforeMs <= nowMs) due.push(job)
    else if (isLater(job, nowMs)) later.push(job)
    else wakeAtMs = Math.min(wakeAtMs, job.notBeforeMs)
  }
  return { due: due.toSorted(byUrgency), later, wakeAtMs }
}

const isLater = ({ phase, notBeforeMs }: OpenJob, nowMs: number): boolean =>
  phase === 'waiting' && notBeforeMs - nowMs > OWNER_WAITS_MS
