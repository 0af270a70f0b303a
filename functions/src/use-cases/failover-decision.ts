import { isCertainlyUnsent, isExpired } from '@holdfast/core/message/attempts'
import type { JobDocument } from '@holdfast/core/message/job-document'
import type { HoldReason } from '@holdfast/core/session/pacing-figures'
import type { SessionCondition } from './session-condition.ts'

/**
 * Why a message moves to another session.
 *
 * session-down  its session has had no connection for longer than the tenant allows
 * refused       WhatsApp refused it from this session
 * locked        WhatsApp announced that this session may not send it for longer than the tenant allows
 */
export type MoveReason = 'session-down' | 'refused' | 'locked'

export interface Move {
  /** The id of the session that sends from here on. */
  readonly to: string
  readonly why: MoveReason
}

interface Facts {
  /** The conditions of the pool's sessions, in the order of the pool. */
  readonly pool: readonly SessionCondition[]
  /** The condition of the job's session, which the pool need not contain any more. Null when the session is gone. */
  readonly own: SessionCondition | null
  readonly failoverAfterMs: number
  readonly nowMs: number
}

/**
 * Decides whether another session of its pool takes a message. Only a message in the queue moves that WhatsApp certainly does not
 * have, and only to a session that is connected and has not refused it.
 */
export function decideMove(job: JobDocument, facts: Facts): Move | null {
  const { pool, own, nowMs } = facts
  if (job.status !== 'pending' || job.queuedAt === null || job.pool === null) return null
  if (!isCertainlyUnsent(job) || isExpired(job, nowMs) || !own) return null
  const why = reasonToMove(job, own, facts)
  if (!why) return null
  const left = sessionsThatMayNot(job)
  const target = pool.find(({ sessionId, isConnected }) => isConnected && sessionId !== job.sessionId && !left.has(sessionId))
  return target ? { to: target.sessionId, why } : null
}

function reasonToMove(job: JobDocument, own: SessionCondition, { failoverAfterMs, nowMs }: Facts): MoveReason | null {
  if (isRefused(job)) return 'refused'
  if (own.downForMs > failoverAfterMs) return 'session-down'
  return isLocked(job, nowMs + failoverAfterMs) ? 'locked' : null
}

/** Returns whether WhatsApp's refusal of its last attempt is the last that happened to a message. */
function isRefused({ timeline, lastError }: JobDocument): boolean {
  return timeline.at(-1)?.attempt !== undefined && (lastError?.code.startsWith('whatsapp-') ?? false)
}

/** What WhatsApp announced about one account. Its own pace does not move a message. */
export const LOCKS: readonly HoldReason[] = ['reach-out-lock', 'message-cap']

const isLocked = ({ hold }: JobDocument, untilMs: number): boolean =>
  hold !== null && LOCKS.some((reason) => reason === hold.reason) && hold.until.getTime() > untilMs

/** Returns the sessions from which WhatsApp does not take the message, so that it does not go back and forth between two of them. */
function sessionsThatMayNot({ timeline, firstSession, sessionId }: JobDocument): ReadonlySet<string> {
  const left = new Set<string>()
  let session = firstSession ?? sessionId
  for (const { by, why, session: next } of timeline) {
    if (why === 'retried') left.clear()
    if (by !== 'failover' || next === undefined) continue
    if (why !== 'session-down') left.add(session)
    session = next
  }
  return left
}
