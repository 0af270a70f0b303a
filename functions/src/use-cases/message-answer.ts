import { chatIdOf } from '@holdfast/core/message/chat-id'
import { textOfContent } from '@holdfast/core/message/content'
import type { JobDocument } from '@holdfast/core/message/job-document'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { openOrSay } from './open-or-say.ts'
import { idOfSent } from './send-answer.ts'
import type { SessionAnswer } from './session-answer.ts'

/** Why a pending message is not sent yet, and until when it waits; null: nobody knows. */
export interface Waiting {
  readonly reason: string
  readonly until: Date | null
}

/** The parts of a session that decide whether it sends. */
export type SendingSession = Pick<SessionAnswer, 'status' | 'nextAttemptAt'>

/**
 * Returns why a message waits. Null when it is not pending.
 *
 * @param session null when it is not known
 */
export function waitingOf(job: JobDocument, session: SendingSession | null, nowMs: number): Waiting | null {
  const { status, queuedAt, sendAt, nextAttemptAt, hold } = job
  if (status !== 'pending') return null
  if (queuedAt === null) return { reason: 'scheduled', until: sendAt }
  if (nextAttemptAt && nextAttemptAt.getTime() > nowMs) return { reason: 'retry', until: nextAttemptAt }
  if (session && session.status !== 'WORKING') return { reason: 'session-not-connected', until: session.nextAttemptAt }
  if (hold && hold.until.getTime() > nowMs) return { reason: hold.reason, until: hold.until }
  return { reason: 'queue', until: null }
}

/** Makes the answer for a message to send. `cipher` opens the text; the answer says it when it cannot. */
export function messageAnswer(id: string, job: JobDocument, cipher: () => SessionCipher, waiting: Waiting | null) {
  const { messageId, sessionId, pool, chat, status, attempts, createdAt, lastAttemptAt, nextAttemptAt, failedAt } = job
  const { priority, sendAt, expiresAt } = job
  const opened = openOrSay(() => textOfContent(openJobContent(cipher(), id, job)))
  return {
    id: idOfSent(job),
    jobId: id,
    messageId,
    session: sessionNameOf(sessionId),
    pool,
    chatId: chatIdOf(chat),
    text: opened.text,
    // Present only if the text cannot be shown.
    ...(opened.error === undefined ? {} : { textError: opened.error }),
    status,
    waiting,
    priority,
    sendAt,
    expiresAt,
    timeline: job.timeline.map(({ session, ...entry }) => ({
      ...entry,
      ...(session ? { session: sessionNameOf(session) } : {}),
    })),
    attempts,
    createdAt,
    lastAttemptAt,
    nextAttemptAt,
    failedAt,
    error: job.lastError,
  }
}

/** A message as the API shows it. `archivedAt` is there once it is archived. */
export type MessageAnswer = ReturnType<typeof messageAnswer> & { readonly archivedAt?: Date }
