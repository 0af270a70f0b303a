import type { QueryArgs } from '@holdfast/core/operations/owner-queries'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parseMessageId, serializedId } from '@holdfast/core/message/message-id'
import { storedNames } from '@holdfast/core/message/message-names'
import { namesIn } from '@holdfast/core/message/open-message'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Principal } from '../../app/principal.ts'
import { askOwner, type AskingOwners } from '../ask-owner.ts'
import { cipherOf, findSession } from '../find-session.ts'
import { namesOfChat } from '../named-person.ts'
import { Refusal } from '../refusal.ts'
import { CONVERSATIONS, jidOf } from './named-chats.ts'

interface InChat {
  readonly session: string
  readonly chat: string
}

interface Told {
  readonly messageId: string
  readonly fromMe: boolean
  readonly participant: string | null
  readonly sentAtMs: number
}

/** How many messages are told as read at most, without their ids. */
const MOST_UNREAD = 100

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Archives a chat, marks it, or empties it, also on the phone.
 *
 * @throws Refusal `unknown-message` for a chat without a stored message, with which WhatsApp wants such a change
 */
export async function changeChat(
  dependencies: AskingOwners,
  principal: Principal,
  { session, chat, change }: InChat & { change: QueryArgs<'change-chat'>['change'] },
): Promise<void> {
  const jid = jidOf(chat, CONVERSATIONS)
  const [last] = await newest(dependencies, principal, { session, chat: jid, limit: 1 })
  if (!last) throw new Refusal('unknown-message', 'No message of this chat is stored, and WhatsApp wants the last one named.')
  await askOwner(dependencies, principal, { session, kind: 'change-chat', args: { chat: jid, change, last } })
}

/**
 * Tells the senders that messages of a chat were read: the named ones, or those of others among the newest. Returns their ids.
 */
export async function readMessages(
  dependencies: AskingOwners,
  principal: Principal,
  given: InChat & {
    readonly messageIds?: readonly string[]
    readonly participant?: string | null
    readonly limit?: number
    readonly days?: number
  },
): Promise<readonly string[]> {
  const { session, messageIds = [], participant = null, limit = MOST_UNREAD, days } = given
  const chat = jidOf(given.chat, CONVERSATIONS)
  const messages =
    messageIds.length > 0
      ? messageIds.flatMap((text) => named(text, chat, participant))
      : (await unread(dependencies, principal, { session, chat, limit, days })).map((told) => ({ ...told, chat }))
  if (messages.length === 0) return []
  const args = { messages: messages.map(({ messageId, participant: by }) => ({ chat, participant: by, messageId })) }
  await askOwner(dependencies, principal, { session, kind: 'seen', args })
  return messages.map(({ messageId, participant: by }) => serializedId({ fromMe: false, chat, messageId, participant: by }))
}

/** A message of another chat is left out: forms send the id of their example along with the real one. */
function named(text: string, chat: string, participant: string | null): { messageId: string; participant: string | null }[] {
  const message = parseMessageId(text)
  if (!message) throw new Refusal('unknown-message', 'This is no id of a message.')
  if (message.chat !== null && isOtherChat(message.chat, chat)) return []
  // A message in a chat with one person has no participant, whatever the form says.
  if (!chat.endsWith('@g.us')) return [{ messageId: message.messageId, participant: message.participant }]
  const by = message.participant ?? (participant === null || participant === '' ? null : jidOf(participant, ['phone', 'lid']))
  if (by === null) throw new Refusal('invalid-chat', 'In a group name the whole id of the message, or its participant.')
  return [{ messageId: message.messageId, participant: by }]
}

/** A person may be named by number in one place and by LID in the other. */
const isOtherChat = (one: string, other: string): boolean => one !== other && one.split('@')[1] === other.split('@')[1]

async function unread(
  dependencies: AskingOwners,
  principal: Principal,
  { session, chat, limit, days }: { session: string; chat: string; limit: number; days: number | undefined },
): Promise<readonly Told[]> {
  const found = await newest(dependencies, principal, { session, chat, limit: Math.min(limit, MOST_UNREAD) })
  const oldestMs = days === undefined ? 0 : dependencies.clock.now() - days * DAY_MS
  return found.filter(({ fromMe, sentAtMs }) => !fromMe && sentAtMs >= oldestMs)
}

async function newest(
  { documents, wrappingKey }: AskingOwners,
  principal: Principal,
  { session, chat, limit }: { session: string; chat: string; limit: number },
): Promise<Told[]> {
  const { id } = await findSession(documents, principal, session)
  const cipher = await cipherOf(documents, id, wrappingKey)
  const names = await namesOfChat(documents, { sessionId: id, cipher }, chat)
  const found = await documents.query({
    collection: messagesPath(id),
    where: [['chat', 'in', names.flatMap((name) => storedNames(cipher, name))]],
    orderBy: ['sentAt', 'desc'],
    thenById: true,
    limit,
    select: ['messageId', 'chat', 'fromMe', 'participant', 'sentAt', 'content'],
  })
  return found.flatMap((snapshot) => toldIn(cipher, snapshot))
}

function toldIn(cipher: SessionCipher, snapshot: DocumentSnapshot): Told[] {
  const { sentAt } = snapshot.fields
  const names = namesIn(cipher, snapshot)
  if (!names || !(sentAt instanceof Date)) return []
  const { messageId, fromMe, participant } = names
  return [{ messageId, fromMe, participant, sentAtMs: sentAt.getTime() }]
}
