import { messageOrder } from '@holdfast/core/message/message-document'
import { type TenantDocument, tenantDocumentSchema, tenantPath } from '@holdfast/core/operations/tenant-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, DocumentStore, Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { VERSION } from '@holdfast/core/platform/version'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import { deliveriesOf } from '@holdfast/core/session/webhook-deliveries'
import type { WebhookEvent } from '@holdfast/core/session/webhook-told'
import { webhookViewOf } from '@holdfast/core/session/webhook-view'
import { parseSessionUnlessDamaged } from '../find-session.ts'

/** What a session's document says of those who are told of it. */
type Told = Pick<SessionDocument, 'tenant' | 'name' | 'config' | 'me' | 'journalHead'>

/**
 * Returns the merges that tell the end points of a session, and of its tenant, of what functions do in its place. They belong into the
 * commit of what they tell.
 *
 * The owner orders what it tells by the records of its journal. What is told here comes after the last one that the document names.
 *
 * @param cipher of the session. Null: it cannot be had, or nothing needs it. An event of a chat then has a lane of its own
 */
export async function tellEndPoints(
  documents: Pick<DocumentStore, 'read'>,
  sessionId: string,
  { tenant, name, config, me, journalHead }: Told,
  told: WebhookEvent,
  cipher: SessionCipher | null = null,
): Promise<readonly Merge[]> {
  const snapshot = await documents.read(tenantPath(tenant))
  const view = webhookViewOf({
    sessionId,
    tenant,
    session: name,
    config,
    tenantWebhooks: webhooksOf(snapshot),
    me,
    publicUrl: '',
    version: VERSION,
    isLive: (tenantIn(snapshot)?.liveUntil?.getTime() ?? 0) > told.at.getTime(),
  })
  const order = `${messageOrder(journalHead, LAST_INDEX)}-${String(told.at.getTime()).padStart(15, '0')}`
  const seal = (body: Buffer, place: string): Buffer => cipher?.sealContent(body, place) ?? refuse(told.event)
  return deliveriesOf(told, view, { sessionId, order, seal, pseudonym: (jid) => cipher?.pseudonym(jid) ?? jid })
}

/** Behind everything of a record. */
const LAST_INDEX = 999_999

function refuse(event: string): never {
  throw new Error(`Nobody can tell of ${event} without the key of the session: it is sealed.`)
}

/** A tenant that has no document, or a damaged one, has no webhooks. */
export const webhooksOf = (snapshot: DocumentSnapshot | null): unknown => tenantIn(snapshot)?.config.webhooks

function tenantIn(snapshot: DocumentSnapshot | null): TenantDocument | null {
  const tenant = snapshot && parseUnlessDamaged(tenantDocumentSchema, snapshot)
  return isHoldfastError(tenant) ? null : tenant
}

/** The same for a session that has not been read. Nobody is told of one whose document is missing or damaged. */
export async function tellEndPointsOf(
  documents: Pick<DocumentStore, 'read'>,
  snapshot: DocumentSnapshot | null,
  told: WebhookEvent,
  cipher: SessionCipher | null = null,
): Promise<readonly Merge[]> {
  const session = snapshot && parseSessionUnlessDamaged(snapshot)
  if (!snapshot || !session || isHoldfastError(session)) return []
  return tellEndPoints(documents, snapshot.id, session, told, cipher)
}
