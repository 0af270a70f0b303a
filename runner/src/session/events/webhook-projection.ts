import { messageOrder } from '@holdfast/core/message/message-document'
import { deliveriesOf } from '@holdfast/core/session/webhook-deliveries'
import { copiesFor } from '@holdfast/core/session/webhook-view'
import type { EventRecord, Projection } from './projection.ts'
import { webhookEventOf } from './webhook-event.ts'

/** Writes a delivery for each end point that wants to be told of the event. */
export const webhookDeliveries: Projection = (event, record) => {
  const { sessionId, webhooks, cipher, traceparent = null } = record
  if (!webhooks || copiesFor(webhooks) === 0) return []
  const seal = (body: Buffer, place: string): Buffer => cipher().sealContent(body, place)
  const pseudonym = (jid: string): string => cipher().pseudonym(jid)
  return webhookEventOf(event, webhooks).flatMap((told, index) =>
    deliveriesOf(told, webhooks, { sessionId, order: orderOf(record, index), seal, pseudonym, traceparent }),
  )
}

/** Returns the sort key: by the place in the log, then by the event in its entry, then by what is told of the event. */
const orderOf = ({ place, position = 0 }: EventRecord, index: number): string =>
  `${messageOrder(place.sequence, place.index)}-${String(position).padStart(4, '0')}-${index}`
