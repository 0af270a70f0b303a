import { type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import { parseSessionUnlessDamaged } from './find-session.ts'
import { statusOf } from './session-answer.ts'

/** Whether a session can send. */
export interface SessionCondition {
  readonly sessionId: string
  /** Its owner is alive and confirms the connection. */
  readonly isConnected: boolean
  /** It has no connection now and is trying to get one. False also while it waits for a person. */
  readonly comesBack: boolean
  /** How long it has had no connection, as far as anybody knows. */
  readonly downForMs: number
}

/**
 * Judges a session by its document and the heartbeat of its owner (null when there is none). A session whose document is damaged is
 * neither usable nor down: its owner may be at work.
 */
export function conditionOf(snapshot: DocumentSnapshot, heartbeat: DocumentSnapshot | null, nowMs: number): SessionCondition {
  const sessionId = snapshot.id
  const session = parseSessionUnlessDamaged(snapshot)
  if (isHoldfastError(session)) return { sessionId, isConnected: false, comesBack: false, downForMs: 0 }
  const { status } = statusOf(sessionId, session, heartbeat)
  const isWanted = session.wanted === 'online'
  const isConnected = status === 'WORKING'
  return {
    sessionId,
    isConnected: isConnected && isWanted,
    comesBack: isWanted && status === 'STARTING',
    downForMs: isConnected ? 0 : Math.max(0, nowMs - lostSince(sessionId, session, heartbeat).getTime()),
  }
}

const runnerOf = (heartbeat: DocumentSnapshot | null): RunnerDocument | null =>
  runnerDocumentSchema.safeParse(heartbeat?.fields).data ?? null

/** Returns since when a session that nobody confirms has had no connection, as far as its document and its owner's last heartbeat tell. */
export function lostSince(
  sessionId: string,
  { state, since, createdAt, ...session }: SessionDocument,
  heartbeat: DocumentSnapshot | null,
): Date {
  if (state !== 'CONNECTED') return session.downSince ?? since ?? createdAt
  const reported = runnerOf(heartbeat)?.sessions[sessionId]
  // Nobody confirms the connection any more. It was there at the last sign of life.
  const signs = [since, session.lastProofOfLifeAt, reported?.lastProofOfLifeAt].map((sign) => sign?.getTime() ?? 0)
  return new Date(Math.max(...signs, createdAt.getTime()))
}
