import { type ChatKind, parseChatId } from '@holdfast/core/message/chat-id'
import { Refusal } from '../refusal.ts'

const WORDS: Record<ChatKind, string> = {
  phone: 'a person',
  lid: 'a person',
  group: 'a group',
  newsletter: 'a channel',
  broadcast: 'a broadcast list',
  status: 'the status',
}

const PERSONS: readonly ChatKind[] = ['phone', 'lid']
export const GROUPS: readonly ChatKind[] = ['group']
export const CONVERSATIONS: readonly ChatKind[] = ['phone', 'lid', 'group']
export const CHATS: readonly ChatKind[] = ['phone', 'lid', 'group', 'newsletter', 'broadcast', 'status']

/**
 * Returns the JID that a caller named.
 *
 * @throws Refusal `invalid-chat` for a text that names no chat of these kinds
 */
export function jidOf(text: string, kinds: readonly ChatKind[]): string {
  const chat = parseChatId(text)
  if (chat && kinds.includes(chat.kind)) return chat.jid
  const wanted = [...new Set(kinds.map((kind) => WORDS[kind]))].join(' or ')
  const given = chat ? ` It names ${WORDS[chat.kind]}.` : ''
  throw new Refusal('invalid-chat', `The id has to name ${wanted}, like 491701234567@c.us or 120363000000000001@g.us.${given}`)
}

/** Returns the JID of the person with this phone number or LID, written in any way. */
export const personOf = (text: string): string => jidOf(/^\d{5,20}$/.test(text) ? `${text}@c.us` : text, PERSONS)
