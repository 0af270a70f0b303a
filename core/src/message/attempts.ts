import type { JobDocument } from './job-document.ts'

type Attempted = Pick<JobDocument, 'timeline'>

/**
 * Returns whether WhatsApp certainly does not have the message: every attempt that began was refused. After an attempt without an
 * answer the message may be on the wire, and only its session may send it again.
 */
export function isCertainlyUnsent({ timeline }: Attempted): boolean {
  return timeline.every(({ status, attempt }, index) => {
    if (status !== 'processing') return status === 'pending' || status === 'failed'
    const next = timeline[index + 1]
    return next?.status === 'failed' || (next?.status === 'pending' && next.attempt === attempt)
  })
}

/** Returns the number of refused attempts since the message was accepted, moved to its session, or returned to the queue by hand. */
export function refusalsOf({ timeline }: Attempted): number {
  const start = timeline.findLastIndex(({ by, why }) => why === 'retried' || by === 'failover')
  return timeline.slice(start + 1).filter(({ status, attempt }) => status === 'pending' && attempt !== undefined).length
}

/** The error of a message that was not sent in time. */
export const EXPIRED = { code: 'expired', message: 'The message could not be sent before its `expiresAt`.' } as const

/** Returns whether a waiting job is too old to be sent. What may be on the wire never expires. */
export const isExpired = (job: Attempted & Pick<JobDocument, 'status' | 'expiresAt'>, nowMs: number): boolean =>
  job.status === 'pending' && job.expiresAt !== null && job.expiresAt.getTime() <= nowMs && isCertainlyUnsent(job)
