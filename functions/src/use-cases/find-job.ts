import { JOBS, jobPath } from '@holdfast/core/message/job-document'
import { parseMessageId } from '@holdfast/core/message/message-id'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { ofSession } from '@holdfast/core/session/log-fields'
import { knowsSession, type Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import { Refusal } from './refusal.ts'

const JOB_ID = /^[0-9a-f]{40}$/
const WHATSAPP_ID = /^[0-9A-F]{8,40}$/

/**
 * Finds the job of a message that the caller may know of. All later log lines of the request name its session.
 *
 * @param id the job's id, or the message's id at WhatsApp, bare or serialized
 * @throws Refusal `unknown-message`
 */
export async function findJob(documents: DocumentStore, principal: Principal, id: string): Promise<DocumentSnapshot> {
  const snapshot = await readJob(documents, principal, id)
  if (!snapshot || !mayKnow(principal, snapshot)) {
    throw new Refusal('unknown-message', 'Use the `id`, the `jobId` or the `messageId` from an answer of POST /api/sendText.')
  }
  concerns(ofSession(String(snapshot.fields['sessionId'])))
  return snapshot
}

async function readJob(documents: DocumentStore, { tenant }: Principal, id: string): Promise<DocumentSnapshot | null> {
  if (JOB_ID.test(id)) return documents.read(jobPath(id))
  const named = parseMessageId(id)
  if (!named || named.fromMe === false || !WHATSAPP_ID.test(named.messageId)) return null
  // Other tenants may use the same id: callers can choose it.
  const where = [['tenant', '==', tenant] as const, ['messageId', '==', named.messageId] as const]
  const [found] = await documents.query({ collection: JOBS, where, limit: 1 })
  // The document of an archived job has no chat.
  const isAnotherChat = named.chat !== null && typeof found?.fields['chat'] === 'string' && found.fields['chat'] !== named.chat
  return found && !isAnotherChat ? found : null
}

/** The id of a job does not contain the tenant, so two fields decide. */
function mayKnow(principal: Principal, { fields: { tenant, sessionId } }: DocumentSnapshot): boolean {
  return tenant === principal.tenant && typeof sessionId === 'string' && knowsSession(principal, sessionId)
}
