import { SERVER_TIME, type Merge } from '../platform/ports.ts'
import { eventIdOf } from './event-id.ts'
import { liveBodyPlace, type LiveEvent, liveEventPath } from './live-event-document.ts'
import { bodyPlace, type Delivery, deliveryIdOf, deliveryPath, laneOf, UNTRIED } from './webhook-delivery-document.ts'
import type { WebhookEvent } from './webhook-told.ts'
import type { WebhookView } from './webhook-view.ts'
import { isIgnored, wants } from './webhooks.ts'

interface Telling {
  readonly sessionId: string
  /** The sort key among what an end point is told of a chat. */
  readonly order: string
  /** Seals content of messages with the session's data key, for a place. */
  readonly seal: (body: Buffer, place: string) => Buffer
  /** Stands for a JID: see `SessionCipher.pseudonym`. */
  readonly pseudonym: (jid: string) => string
  /** The span of the message that is told of. Absent, or null: nobody traces it. */
  readonly traceparent?: string | null
}

/**
 * Returns the merges that write a delivery for each end point that wants to be told of something, and one for the stream of the tenant while
 * somebody listens to it. They belong into the commit of what they tell.
 */
export function deliveriesOf(
  told: WebhookEvent,
  view: WebhookView,
  { sessionId, order, seal, pseudonym, traceparent }: Telling,
): readonly Merge[] {
  const endpoints = view.endpoints.filter((endpoint) => wants(endpoint, told.event))
  if (endpoints.length === 0 && !view.isLive) return []
  if (told.chat !== null && isIgnored(told.chat, view.ignored)) return []
  // Ids are hashes. Without the session's key nobody finds a phone number by trying all.
  const key = told.key.map((part) => (part.includes('@') ? pseudonym(part) : part))
  const eventId = eventIdOf(sessionId, told.event, key, told.at)
  const chat = told.chat === null ? '' : pseudonym(told.chat)
  const body = bodyOf(told, eventId, view)
  const deliveries = endpoints.map(({ id: endpoint, url, scope }): Merge => {
    const id = deliveryIdOf(endpoint, eventId)
    const lane = laneOf(endpoint, sessionId, chat)
    const delivery: Omit<Delivery, 'since' | 'lookAt'> = {
      ...UNTRIED,
      tenant: view.tenant,
      sessionId,
      endpoint,
      host: new URL(url).host,
      scope,
      event: told.event,
      eventId,
      at: told.at,
      lane,
      order,
      body: told.isSecret ? seal(body, bodyPlace(id)) : body,
      isSealed: told.isSecret,
      waitsIn: lane,
      ...(traceparent ? { traceparent } : {}),
    }
    // The clock of an event may be that of a phone. A lost task shows by Firestore's.
    return { kind: 'merge', path: deliveryPath(id), fields: { ...delivery, since: SERVER_TIME, lookAt: SERVER_TIME } }
  })
  if (!view.isLive) return deliveries
  const path = liveEventPath(eventId)
  const live: Omit<LiveEvent, 'writtenAt' | 'expireAt'> = {
    v: 1,
    tenant: view.tenant,
    sessionId,
    event: told.event,
    order,
    body: told.isSecret ? seal(body, liveBodyPlace(path)) : body,
    isSealed: told.isSecret,
  }
  return [...deliveries, { kind: 'merge', path, fields: { ...live, writtenAt: SERVER_TIME, expireAt: SERVER_TIME } }]
}

/** Firestore accepts 1 MiB for a document. Names and the sealing need the rest. */
const MOST_BODY_BYTES = 960 * 1024

/** Returns the bytes that all end points get, at each attempt. */
function bodyOf({ event, payload, at, me = null }: WebhookEvent, id: string, view: WebhookView): Buffer {
  const account = me ?? view.me
  const envelope = {
    id,
    timestamp: at.getTime(),
    event,
    session: view.session,
    metadata: view.metadata,
    me: account && { id: accountIdOf(account.id), pushName: account.pushName ?? null },
    payload,
    engine: 'NOWEB',
    environment: { version: view.version, engine: 'NOWEB', tier: 'PLUS', browser: null },
  }
  const whole = Buffer.from(JSON.stringify(envelope))
  if (whole.length <= MOST_BODY_BYTES) return whole
  return Buffer.from(
    JSON.stringify({ ...envelope, payload: { ...payload, body: '', _data: { tooLarge: { bytes: whole.length } } } }),
  )
}

/** A device's JID is shown as the account. */
const accountIdOf = (jid: string): string => jid.replace(/:\d+@/, '@').replace(/@s\.whatsapp\.net$/, '@c.us')
