import { chatIdOf } from '@holdfast/core/message/chat-id'
import { JOBS, jobPath } from '@holdfast/core/message/job-document'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { knowsSession, type Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import type { Dependencies } from './dependencies.ts'
import { openOrSay } from './open-or-say.ts'
import { Refusal } from './refusal.ts'
import { type StoredJob, storedJob } from './stored-job.ts'

const JOB_ID = /^[0-9a-f]{40}$/
const WHATSAPP_ID = /^[0-9A-F]{8,40}$/

/**
 * Finds a message to send and shows its progress. `id` is the job's id or the message's id at WhatsApp.
 *
 * @throws Refusal `unknown-message`, or `message-damaged` when the message is stored, but cannot be read
 */
export async function findMessage(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey'>,
  principal: Principal,
  id: string,
) {
  const snapshot = await findJob(dependencies.documents, id)
  if (!snapshot || !mayRead(principal, snapshot)) {
    throw new Refusal('unknown-message', 'Use the `id` or the `messageId` from an answer of POST /api/sendText.')
  }
  concerns(ofSession(String(snapshot.fields['sessionId'])))
  return messageAnswer(snapshot.id, await storedJob(dependencies, snapshot))
}

async function findJob(documents: DocumentStore, id: string): Promise<DocumentSnapshot | null> {
  if (JOB_ID.test(id)) return documents.read(jobPath(id))
  if (!WHATSAPP_ID.test(id)) return null
  const [found] = await documents.query({ collection: JOBS, where: [['messageId', '==', id]], limit: 1 })
  return found ?? null
}

/** Returns whether the caller may read a job. The id of a job does not contain the tenant, so two fields decide. */
function mayRead(principal: Principal, { fields: { tenant, sessionId } }: DocumentSnapshot): boolean {
  return tenant === principal.tenant && typeof sessionId === 'string' && knowsSession(principal, sessionId)
}

function messageAnswer(id: string, { job, cipher, archivedAt }: StoredJob) {
  const { messageId, sessionId, chat, status, timeline, attempts, createdAt, lastAttemptAt, nextAttemptAt, failedAt } = job
  const { text, error } = openOrSay(() => openJobContent(cipher, id, job).text)
  return {
    id,
    messageId,
    session: sessionNameOf(sessionId),
    chatId: chatIdOf(chat),
    text,
    // Present only if the text cannot be shown.
    ...(error === undefined ? {} : { textError: error }),
    status,
    timeline,
    attempts,
    createdAt,
    lastAttemptAt,
    nextAttemptAt,
    failedAt,
    ...(archivedAt ? { archivedAt } : {}),
    error: job.lastError,
  }
}
