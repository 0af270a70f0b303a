import type { ChangeKind } from '@holdfast/core/message/message-change'
import type { MessageChanged, MessageReceived } from '../events/session-event.ts'
import type { StoredMessage } from './inbox-rows.ts'

const EVENT_OF: Readonly<Record<ChangeKind, MessageChanged['type']>> = {
  edited: 'message.edited',
  revoked: 'message.revoked',
  reaction: 'message.reaction',
  vote: 'poll.vote',
  response: 'event.response',
  pin: 'message.pinned',
  keep: 'message.kept',
}

/**
 * Returns the event of a message that arrived: of a new one, or of one that changes another message.
 *
 * @param document the id of the new message's document
 * @param position see `MessageReceived`
 */
export function messageEventOf(
  message: StoredMessage,
  document: string,
  { position = null, fromHistory = false }: { position?: number | null; fromHistory?: boolean } = {},
): MessageReceived | MessageChanged {
  const { changes } = message
  if (!changes) return { type: 'message.received', document, message, position, fromHistory }
  return { type: EVENT_OF[changes.kind], document: changes.document, message: { ...message, changes }, fromHistory }
}
