import { chatIdOf } from '@holdfast/core/message/chat-id'
import { serializedId } from '@holdfast/core/message/message-id'
import { mediaUrlOf } from '@holdfast/core/message/media-document'
import { wahaMessageOf, type Viewer } from '@holdfast/core/message/waha-message'
import type { StoredMessage } from '../inbox/inbox-rows.ts'
import type { MessageChanged } from './session-event.ts'
import { possibleMs, type WebhookEvent } from '@holdfast/core/session/webhook-told'
import type { WebhookView } from '@holdfast/core/session/webhook-view'

/** What a message in a webhook shows beside what it says. */
export type MessageView = Pick<WebhookView, 'session' | 'me' | 'publicUrl'>

const seconds = (ms: number): number => Math.floor(ms / 1000)

/** What webhooks say of a message that changes another one. */
export function changeEventOf(event: MessageChanged, view: MessageView): readonly WebhookEvent[] {
  if (event.fromHistory) return []
  const { message } = event
  const at = new Date(possibleMs(message.sentAtMs))
  const told = tellChange(event, { ...message, sentAtMs: at.getTime() }, view)
  return told.map(({ name, payload }) => ({
    event: name,
    payload,
    chat: message.chat,
    at,
    key: [event.document, message.messageId],
    isSecret: true,
  }))
}

function tellChange(
  { type }: MessageChanged,
  message: MessageChanged['message'],
  view: MessageView,
): { name: string; payload: object }[] {
  const { changes, facts } = message
  switch (type) {
    case 'message.reaction':
      return [
        {
          name: type,
          payload: {
            ...partiesOf(message, view),
            timestamp: seconds(message.sentAtMs),
            reaction: { text: message.text ?? '', messageId: serializedId(changes) },
          },
        },
      ]
    case 'message.edited':
      return [{ name: type, payload: { ...shown(message, view), editedMessageId: changes.messageId } }]
    case 'message.revoked':
      return [{ name: type, payload: { revokedMessageId: changes.messageId, after: shown(message, view), before: null } }]
    case 'poll.vote': {
      const selectedOptions = facts?.vote ?? []
      const vote = { ...partiesOf(message, view), selectedOptions, timestamp: seconds(message.sentAtMs) }
      return [{ name: facts?.vote ? type : 'poll.vote.failed', payload: { vote, poll: partiesOf(changes, view) } }]
    }
    case 'event.response': {
      const { response } = facts ?? {}
      const eventResponse = response
        ? { response: response.answer, timestampMs: message.sentAtMs, extraGuestCount: response.extraGuests }
        : null
      const payload = { ...shown(message, view), eventCreationKey: partiesOf(changes, view), eventResponse }
      return [{ name: response ? type : 'event.response.failed', payload }]
    }
    case 'message.pinned':
    case 'message.kept':
      // WAHA has no such events. The message shows it.
      return []
  }
}

/** A message that is sent through the API. It is told like one of the phone. */
export function ownMessageEventOf(
  { document, message }: { document: string; message: StoredMessage },
  view: MessageView,
): WebhookEvent {
  const at = new Date(possibleMs(message.sentAtMs))
  const payload = wahaMessageOf(
    { ...message, sentAtMs: at.getTime(), isFromApi: true, ack: 0 },
    viewerOf(document, message, view),
  )
  return { event: 'message.any', payload, chat: message.chat, at, key: [document], isSecret: true }
}

/** Where the bytes of a message are to be had stands in the event from the start, whether they are there yet or not. */
export function viewerOf(document: string, { facts }: StoredMessage, { session, me, publicUrl }: MessageView): Viewer {
  const { media } = facts ?? {}
  const url = media ? mediaUrlOf(publicUrl, session, document, media.mimetype ?? '') : null
  return { me: me?.id ?? null, media: { url, error: null } }
}

/** An edit shows where the bytes of the edited message are. */
const shown = (message: MessageChanged['message'], view: MessageView) =>
  wahaMessageOf(message, viewerOf(message.changes.document, message, view))

type Parties = Pick<StoredMessage, 'messageId' | 'chat' | 'participant' | 'fromMe'>

/** Who wrote to whom: from me, the chat in both directions. */
function partiesOf({ messageId, chat, participant, fromMe }: Parties, { me }: MessageView) {
  return {
    id: serializedId({ fromMe, chat, messageId, participant }),
    from: chatIdOf(chat),
    fromMe,
    participant: participant === null ? null : chatIdOf(participant),
    to: fromMe ? chatIdOf(chat) : me && chatIdOf(me.id),
  }
}
