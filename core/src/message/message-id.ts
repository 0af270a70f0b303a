import { chatIdOf, parseChatId } from './chat-id.ts'

/**
 * The API names a message by its serialized id, WAHA's form: `true_5511999@c.us_3EB0…`. It says who sent it, in which chat, and in
 * groups also which participant: `false_1203@g.us_3EB0…_5511999@c.us`.
 */

export interface MessageKey {
  readonly fromMe: boolean
  /** A JID or a chat id. */
  readonly chat: string
  /** The id at WhatsApp. */
  readonly messageId: string
  /** The author in a group, of a status or in a broadcast; otherwise null. */
  readonly participant: string | null
}

/** What a text tells of a message. A bare id tells nothing but the id. */
export type NamedMessage =
  | (MessageKey & { readonly isSerialized: true })
  | {
      readonly isSerialized: false
      readonly fromMe: null
      readonly chat: null
      readonly messageId: string
      readonly participant: null
    }

/** The last part is the participant only if it names somebody, because ids of foreign clients may contain underscores. */
const SERIALIZED = /^(true|false)_([^_\s]+@[a-z.]+)_([!-~]{1,128}?)(?:_([^_\s]+@[a-z.]+))?$/

const BARE = /^[!-~]{1,128}$/

/**
 * Returns the serialized id of a message. Messages of one's own have no participant: the same text has to be known before the
 * session has ever connected, and after the message has moved to another session.
 */
export function serializedId({ fromMe, chat, messageId, participant }: MessageKey): string {
  const author = fromMe || participant === null ? '' : `_${chatIdOf(participant)}`
  return `${fromMe}_${chatIdOf(chat)}_${messageId}${author}`
}

/** Reads a serialized id, or the bare id of a message. Chats are JIDs in the result. Returns null for a text that is neither. */
export function parseMessageId(text: string): NamedMessage | null {
  const [, fromMe, chatId, messageId, author] = SERIALIZED.exec(text) ?? []
  if (fromMe === undefined || chatId === undefined || messageId === undefined) {
    const isBare = BARE.test(text) && !/^(?:true|false)_/.test(text)
    return isBare ? { isSerialized: false, fromMe: null, chat: null, messageId: text, participant: null } : null
  }
  const chat = parseChatId(chatId)?.jid
  const participant = author === undefined ? null : parseChatId(author)?.jid
  if (chat === undefined || participant === undefined) return null
  return { isSerialized: true, fromMe: fromMe === 'true', chat, messageId, participant }
}
