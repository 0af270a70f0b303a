import type { WebhookEvent } from '../session/webhook-told.ts'
import { chatIdOf } from './chat-id.ts'
import type { JobStatus } from './job-document.ts'
import { serializedId } from './message-id.ts'
import { ackNameOf, ackOfJob, type Ack } from './waha-message.ts'

const TOLD: readonly string[] = ['failed', 'sent', 'delivered', 'read'] satisfies JobStatus[]

/** What webhooks say of a message of one's own that has a new status. Null: nothing. */
export function ackEventOf(change: {
  readonly job: string
  readonly status: string
  readonly messageId: string
  readonly chat: string
  readonly at: Date
}): WebhookEvent | null {
  const { job, status, messageId, chat, at } = change
  if (!TOLD.includes(status)) return null
  return toldAck({ chat, messageId, at }, ackOfJob(status as JobStatus), [job, status, String(at.getTime())])
}

/**
 * What webhooks say of how far a message of one's own has come.
 *
 * @param key what happened, the same however often it is told
 */
export function toldAck(
  { chat, messageId, at }: { readonly chat: string; readonly messageId: string; readonly at: Date },
  ack: Ack,
  key: readonly string[],
): WebhookEvent {
  const from = chatIdOf(chat)
  const payload = {
    id: serializedId({ fromMe: true, chat, messageId, participant: null }),
    from,
    to: from,
    participant: null,
    fromMe: true,
    ack,
    ackName: ackNameOf(ack),
    _data: { key: { remoteJid: chat, fromMe: true, id: messageId } },
  }
  const event = chat.endsWith('@g.us') ? 'message.ack.group' : 'message.ack'
  return { event, payload, chat, at, key, isSecret: true }
}
