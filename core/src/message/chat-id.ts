/**
 * A chat has two spellings: the JID of WhatsApp (`5511999@s.whatsapp.net`), which is stored, and the chat id of the API
 * (`5511999@c.us`, WAHA's form).
 */

export type ChatKind = 'phone' | 'lid' | 'group' | 'newsletter' | 'broadcast' | 'status'

export interface ChatId {
  readonly kind: ChatKind
  readonly jid: string
}

const PHONE_SERVER = 's.whatsapp.net'

/** A chat with one person has 5 to 20 digits. The id of an older group is its founder's number and the time of its foundation. */
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
 * Reads a chat id or a JID. A bare number, with or without `+`, is a phone number. Returns null for a text that names no chat: it
 * trims, lower-cases and guesses nothing, and a JID with a device names a device.
 */
export function parseChatId(text: string): ChatId | null {
  for (const [kind, form] of FORMS) {
    const match = form.exec(text)
    if (match) return { kind, jid: kind === 'phone' ? `${match[1]}@${PHONE_SERVER}` : text }
  }
  return null
}

/** The chat id that the API shows for a JID. The JID of a device gives the chat with its account. */
export const chatIdOf = (jid: string): string => jid.replace(/:\d+@/, '@').replace(/@s\.whatsapp\.net$/, '@c.us')

/** Whether a JID or a chat id names a person by LID, which hides the phone number. */
export const isLid = (jid: string): boolean => jid.endsWith('@lid')

/**
 * Whether two JIDs certainly name different chats, or different people. A phone number and a LID may be two names of one person.
 */
export function areDifferent(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return false
  const areNamesOfPeople = serverOf(one) !== serverOf(other) && [one, other].every((jid) => PEOPLE.includes(serverOf(jid)))
  return one !== other && !areNamesOfPeople
}

const PEOPLE: readonly string[] = [PHONE_SERVER, 'lid']

const serverOf = (jid: string): string => jid.slice(jid.indexOf('@') + 1)
