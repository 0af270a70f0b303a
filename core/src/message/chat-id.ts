/**
 * Chats have two spellings: a JID as WhatsApp writes it (`5511999@s.whatsapp.net`), which is stored, and a chat id as the API shows
 * and takes it (`5511999@c.us`, WAHA's form).
 */

export type ChatKind = 'phone' | 'lid' | 'group' | 'newsletter' | 'broadcast' | 'status'

export interface ChatId {
  readonly kind: ChatKind
  readonly jid: string
}

const PHONE_SERVER = 's.whatsapp.net'

/** A chat with one person has 5 to 20 digits. The id of an older group is two numbers: its founder's, and when it was founded. */
const FORMS: readonly (readonly [ChatKind, RegExp])[] = [
  ['phone', /^\+?(\d{5,20})$/],
  ['phone', /^(\d{5,20})@(?:c\.us|s\.whatsapp\.net)$/],
  ['lid', /^(\d{5,20})@lid$/],
  ['group', /^\d{1,25}(?:-\d{1,25})?@g\.us$/],
  ['newsletter', /^\d{1,25}@newsletter$/],
  ['status', /^status@broadcast$/],
  ['broadcast', /^\d{1,25}@broadcast$/],
]

/**
 * Reads a chat id or a JID; a bare number, with or without `+`, is a phone number. Null for a text that names no chat: nothing is
 * trimmed, lower-cased or guessed, and a JID with a device names a device.
 */
export function parseChatId(text: string): ChatId | null {
  for (const [kind, form] of FORMS) {
    const match = form.exec(text)
    if (match) return { kind, jid: kind === 'phone' ? `${match[1]}@${PHONE_SERVER}` : text }
  }
  return null
}

/** The chat id that the API shows for a JID; the JID of a device gives the chat with its account. */
export const chatIdOf = (jid: string): string => jid.replace(/:\d+@/, '@').replace(/@s\.whatsapp\.net$/, '@c.us')
