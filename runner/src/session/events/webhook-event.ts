import { ackEventOf, toldAck } from '@holdfast/core/message/ack-webhook'
import { wahaMessageOf } from '@holdfast/core/message/waha-message'
import { type StatusAt, statusEventOf } from '@holdfast/core/session/status-webhook'
import type { MessageReceived, MessageStatusChanged, SessionEvent } from './session-event.ts'
import { changeEventOf, ownMessageEventOf, viewerOf, type MessageView } from './webhook-conversation.ts'
import { happeningEventOf } from './webhook-happening.ts'
import { possibleMs, type WebhookEvent } from '@holdfast/core/session/webhook-told'
import type { Account, WebhookView } from '@holdfast/core/session/webhook-view'

/** Returns what webhooks say of an event. It is pure: the same event says the same. */
export function webhookEventOf(event: SessionEvent, view: MessageView): readonly WebhookEvent[] {
  switch (event.type) {
    case 'session.status':
      return statusOf(event.statuses, view, event.details.me)
    case 'session.qr':
    case 'session.released':
      return statusOf(event.statuses, view)
    case 'message.received':
      return event.fromHistory ? [] : messageOf(event, view)
    case 'message.status':
      return event.status === 'processing' && event.stored ? [ownMessageEventOf(event.stored, view)] : ackOf(event)
    case 'message.acked':
      return [toldAck(event, event.ack, [event.document, String(event.ack)])]
    case 'message.edited':
    case 'message.revoked':
    case 'message.reaction':
    case 'poll.vote':
    case 'event.response':
    case 'message.pinned':
    case 'message.kept':
      return changeEventOf(event, view)
    case 'group.join':
    case 'group.leave':
    case 'group.participants':
    case 'group.update':
    case 'call.received':
    case 'call.accepted':
    case 'call.rejected':
    case 'call.ended':
    case 'presence.update':
    case 'chat.archive':
    case 'label.upsert':
    case 'label.deleted':
    case 'label.chat.added':
    case 'label.chat.deleted':
      return happeningEventOf(event)
    case 'media.changed':
    case 'session.claimed':
    case 'session.crashes':
    case 'session.recovery':
    case 'session.phone-seen':
    case 'session.renamed':
    case 'session.paced':
    case 'checkpoint.written':
    case 'data-key.used':
    case 'backup.made':
    case 'state.put-aside':
    case 'state.restored':
    case 'message.parked':
    case 'message.resolved':
      return []
  }
}

function statusOf(
  statuses: readonly StatusAt[] | null | undefined,
  { session }: Pick<WebhookView, 'session'>,
  me?: Account | null,
): readonly WebhookEvent[] {
  const told = statuses && statusEventOf(session, statuses, me)
  return told ? [told] : []
}

function messageOf({ document, message }: MessageReceived, view: MessageView): readonly WebhookEvent[] {
  const sentAtMs = possibleMs(message.sentAtMs)
  const payload = wahaMessageOf({ ...message, sentAtMs }, viewerOf(document, message, view))
  const common = { payload, chat: message.chat, at: new Date(sentAtMs), key: [document], isSecret: true }
  return [...(message.fromMe ? [] : [{ ...common, event: 'message' }]), { ...common, event: 'message.any' }]
}

function ackOf({ status, chat, messageId, job, at }: MessageStatusChanged): readonly WebhookEvent[] {
  const told = chat === undefined ? null : ackEventOf({ job, status, messageId, chat, at })
  return told ? [told] : []
}
