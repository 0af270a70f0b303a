import { JOBS, jobPath } from '@holdfast/core/message/job-document'
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
 * @param id the job's id, or the message's id at WhatsApp
 * @throws Refusal `unknown-message`
 */
export async function findJob(documents: DocumentStore, principal: Principal, id: string): Promise<DocumentSnapshot> {
  const snapshot = await readJob(documents, id)
  if (!snapshot || !mayKnow(principal, snapshot)) {
    throw new Refusal('unknown-message', 'Use the `id` or the `messageId` from an answer of POST /api/sendText.')
  }
  concerns(ofSession(String(snapshot.fields['sessionId'])))
  return snapshot
}

async function readJob(documents: DocumentStore, id: string): Promise<DocumentSnapshot | null> {
  if (JOB_ID.test(id)) return documents.read(jobPath(id))
  if (!WHATSAPP_ID.test(id)) return null
  const [found] = await documents.query({ collection: JOBS, where: [['messageId', '==', id]], limit: 1 })
  return found ?? null
}

/** The id of a job does not contain the tenant, so two fields decide. */
function mayKnow(principal: Principal, { fields: { tenant, sessionId } }: DocumentSnapshot): boolean {
  return tenant === principal.tenant && typeof sessionId === 'string' && knowsSession(principal, sessionId)
}
