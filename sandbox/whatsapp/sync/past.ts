// The past of a phone before a companion is linked: chats and messages for its history sync. Made up by rule, so that the same
// order makes the same past, or given message by message.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { SERVER } from '../stanzas.ts'
import type { Account } from '../account.ts'
import type { Contact } from '../person.ts'
import { LETTER_KINDS } from '../media/encryption.ts'
import type { FileToSend, MediaLetters } from '../media/letters.ts'
import type { World } from '../world.ts'
import { PARTS, type Past, type PastChat, type PastMessage } from './past-chats.ts'

const GROUP_SERVER = 'g.us'

const digits = z.string().regex(/^\d{5,15}$/, 'a phone is 5 to 15 digits, without +')
const chat = z.union([digits, z.string().regex(/^[\d-]+@g\.us$/)], 'a chat is the phone of a contact, or the JID of a group')
const count = (most: number) => z.number().int().min(0).max(most)

const givenMessage = z.strictObject({
  text: z.string().min(1),
  from: z.union([z.literal('me'), digits]),
  id: z.string().min(1).optional(),
  timestamp: z.number().int().positive().optional(),
  /** A file, in base64. The text is its caption. */
  file: z
    .strictObject({ kind: z.enum(LETTER_KINDS), data: z.base64(), mimetype: z.string().min(1), filename: z.string().optional() })
    .optional(),
  part: z.enum(PARTS).default('recent'),
})

const givenChat = z.strictObject({
  chat,
  name: z.string().min(1).optional(),
  participants: z.array(digits).default([]),
  /** How many of the messages the person has not read. */
  unread: count(10_000).default(0),
  archived: z.boolean().default(false),
  pinned: z.boolean().default(false),
  /** Messages, the oldest first. */
  messages: z.array(givenMessage),
})

export const historyOrder = z.strictObject({
  chats: count(1000).default(2),
  groups: count(200).default(1),
  /** The number of messages of each chat in each part. */
  bootstrap: count(100).default(1),
  recent: count(1000).default(4),
  older: count(10_000).default(3),
  recentChunks: count(100).default(2),
  fullChunks: count(100).default(1),
  /** Whether the first notification carries its content, instead of a reference to a file. */
  inline: z.boolean().default(true),
  /** Given conversations, instead of made-up ones. */
  conversations: z.array(givenChat).optional(),
})

type HistoryOrder = z.infer<typeof historyOrder>
type GivenChat = z.infer<typeof givenChat>

const NOWHERE = { unread: 0, archived: false, pinned: false }

const SECONDS_APART = 60
const GROUP_SIZE = 3

const idOf = (...what: (string | number)[]): string =>
  `3A${createHash('sha256').update(what.join('|')).digest('hex').slice(0, 18).toUpperCase()}`

/** Where the people and the files of a past are. */
type Surroundings = { world: World; letters: MediaLetters }

export const makePast = (around: Surroundings, account: Account, order: HistoryOrder): Past => {
  const given = order.conversations ?? madeUp(account, order)
  const newest = Math.floor(Date.now() / 1000) - SECONDS_APART
  const { recentChunks, fullChunks, inline } = order
  return { chats: given.map((one) => pastChat(around, account, one, newest)), recentChunks, fullChunks, inline }
}

const madeUp = (account: Account, order: HistoryOrder): GivenChat[] => {
  const person = (n: number): string => `88${account.phone.slice(-8)}${String(n).padStart(3, '0')}`
  const people = Array.from({ length: order.chats }, (_, n) => person(n))
  const groups = Array.from({ length: order.groups }, (_, n) => ({
    jid: `12036${account.phone.slice(-8)}${String(n).padStart(5, '0')}@${GROUP_SERVER}`,
    participants: Array.from({ length: GROUP_SIZE }, (_, member) => person(500 + n * GROUP_SIZE + member)),
  }))
  return [
    ...people.map((one) => ({ chat: one, participants: [], ...NOWHERE, messages: madeUpMessages(one, [one], order) })),
    ...groups.map(({ jid, participants }, n) => ({
      chat: jid,
      name: `Group ${n + 1}`,
      participants,
      ...NOWHERE,
      messages: madeUpMessages(jid, participants, order),
    })),
  ]
}

/** Every third message is the account's own. */
const madeUpMessages = (where: string, writers: string[], order: HistoryOrder): GivenChat['messages'] => {
  const parts = PARTS.toReversed().flatMap((part) => Array.from({ length: order[part] }, () => part))
  return parts.map((part, n) => ({
    part,
    from: n % 3 === 2 ? 'me' : (writers[n % writers.length] ?? 'me'),
    text: `history of ${where}, message ${n + 1}`,
  }))
}

const fileOf = ({ data, ...file }: NonNullable<GivenChat['messages'][number]['file']>, caption: string): FileToSend => ({
  ...file,
  caption,
  bytes: Buffer.from(data, 'base64'),
})

const pastChat = ({ world, letters }: Surroundings, account: Account, given: GivenChat, newest: number): PastChat => {
  const isGroup = given.chat.endsWith(`@${GROUP_SERVER}`)
  const jid = isGroup ? given.chat : `${given.chat}@${SERVER}`
  const contact = (phone: string): Contact => world.contacts.get(phone) ?? world.addContact(phone, `Contact ${phone}`)
  const writers = given.messages.flatMap(({ from }) => (from === 'me' ? [] : [from]))
  const phones = new Set(isGroup ? [...given.participants, ...writers] : [given.chat])
  const messages = given.messages.map((message, n): PastMessage => {
    const fromMe = message.from === 'me'
    const id = message.id ?? idOf(account.phone, jid, n)
    return {
      id,
      chat: jid,
      fromMe,
      participant: isGroup && !fromMe ? `${message.from}@${SERVER}` : undefined,
      text: message.text,
      ...(message.file ? { content: letters.keep(account, { id, chat: jid }, fileOf(message.file, message.text)) } : {}),
      timestamp: message.timestamp ?? newest - (given.messages.length - 1 - n) * SECONDS_APART,
      part: message.part,
    }
  })
  const people = [...phones].map(contact)
  const name = given.name ?? people[0]?.name ?? jid
  const { unread, archived, pinned } = given
  return { jid, name, people, isGroup, unread, archived, pinned, messages: messages.toReversed() }
}
