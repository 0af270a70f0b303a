import { areDifferent, parseChatId } from '@holdfast/core/message/chat-id'
import type { ContentOf, MessageContent, MessageReference } from '@holdfast/core/message/content'
import { JOBS } from '@holdfast/core/message/job-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { type NamedMessage, parseMessageId } from '@holdfast/core/message/message-id'
import { storedNames } from '@holdfast/core/message/message-names'
import { namesIn } from '@holdfast/core/message/open-message'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession } from './find-session.ts'
import type { MessageRequest } from './new-message.ts'
import { parseJob } from './parse-job.ts'
import { Refusal } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey'>

/** Messages that are looked at for one id. Senders choose the ids, and two may choose the same. */
const LOOKED_AT = 20

/** What a route knows of a message beside its id. */
interface Known {
  /** The JID of its chat. */
  readonly chat?: string
  readonly fromMe?: boolean
}

/** Finds the messages that a request for one session names: those that it received, and those that it sends. */
export class References {
  readonly #dependencies: Needed
  readonly #sessionId: string

  private constructor(dependencies: Needed, sessionId: string) {
    this.#dependencies = dependencies
    this.#sessionId = sessionId
  }

  /** @throws Refusal `unknown-session` */
  static async of(dependencies: Needed, principal: Principal, session: string): Promise<References> {
    return new References(dependencies, (await findSession(dependencies.documents, principal, session)).id)
  }

  /**
   * Finds a message whose content is needed.
   *
   * @throws Refusal `not-possible` when it is not stored
   */
  async stored(id: string): Promise<MessageReference> {
    const found = await this.#find(read(id))
    if (found) return found
    throw new Refusal('not-possible', 'The request refers to a message that is not stored here, so its content is not known.')
  }

  /** Returns the field of a content that answers the message with this id. Empty without an id. @throws Refusal `not-possible` */
  async quote(id: string | undefined): Promise<{ replyTo?: MessageReference }> {
    return id === undefined ? {} : { replyTo: await this.stored(id) }
  }

  /**
   * Finds a message that is changed or reacted to. A serialized id says everything that WhatsApp has to be told.
   *
   * @throws Refusal `unknown-message` when neither the id nor what is stored tells whose message it is
   */
  async target(id: string, known: Known = {}): Promise<MessageReference> {
    const named = read(id)
    const found = await this.#find(named)
    if (found) return found
    const { chat = known.chat, fromMe = known.fromMe } = named.isSerialized ? named : known
    if (chat !== undefined && fromMe !== undefined) {
      return { messageId: named.messageId, chat, participant: named.participant, fromMe }
    }
    throw new Refusal('unknown-message', 'Use the whole `id` of the message, like false_491701234567@c.us_3EB0…')
  }

  /**
   * Finds a message in the chat that the caller names beside it.
   *
   * @param fromMe whose message it is when nothing else tells
   * @throws Refusal `invalid-chat`, or `unknown-message`, also for a message of another chat
   */
  async inChat(chatId: string, id: string, { fromMe }: Pick<Known, 'fromMe'> = {}): Promise<MessageReference> {
    const chat = parseChatId(chatId)?.jid
    if (chat === undefined) throw new Refusal('invalid-chat', 'The chat must be like 491701234567@c.us.')
    const target = await this.target(id, fromMe === undefined ? { chat } : { chat, fromMe })
    if (!areDifferent(chat, target.chat)) return target
    throw new Refusal('unknown-message', 'The message is in another chat.')
  }

  /**
   * Finds a message of one's own that is changed.
   *
   * @throws Refusal `invalid-chat`, `unknown-message`, or `not-possible` for the message of somebody else
   */
  async ownInChat(chatId: string, id: string): Promise<MessageReference> {
    const target = await this.inChat(chatId, id, { fromMe: true })
    if (target.fromMe) return target
    throw new Refusal('not-possible', 'Only a message of the session itself can be edited.')
  }

  /**
   * Finds a message that is deleted for everyone: one's own, or in a group also one of others.
   *
   * @throws Refusal `invalid-chat`, `unknown-message`, or `not-possible` for the message of the other person in a chat with one
   */
  async deletable(chatId: string, id: string): Promise<MessageReference> {
    const target = await this.inChat(chatId, id, { fromMe: true })
    if (target.fromMe || target.chat.endsWith('@g.us')) return target
    throw new Refusal('not-possible', 'Only in groups the messages of others can be deleted for everyone, by admins.')
  }

  /** The audience of a status that this session sent; undefined when it is not known. */
  async audienceOf({ messageId }: MessageReference): Promise<string[] | undefined> {
    const { documents, wrappingKey } = this.#dependencies
    const snapshot = await this.#jobOf(messageId)
    if (!snapshot || snapshot.fields['archivedAt'] instanceof Date) return undefined
    const content = openJobContent(await cipherOf(documents, this.#sessionId, wrappingKey), snapshot.id, parseJob(snapshot))
    return 'audience' in content ? (content as ContentOf<'status-text'>).audience : undefined
  }

  async #find(named: NamedMessage): Promise<MessageReference | null> {
    const { messageId } = named
    const { documents, wrappingKey } = this.#dependencies
    const cipher = await cipherOf(documents, this.#sessionId, wrappingKey)
    const where = [['messageId', 'in', storedNames(cipher, messageId)]] as const
    const received = await documents.query({ collection: messagesPath(this.#sessionId), where, limit: LOOKED_AT })
    const fitting = received.flatMap((snapshot) => namesIn(cipher, snapshot) ?? []).filter((one) => mayBe(one, named))
    const best = fitting.find(({ chat, participant }) => chat === named.chat && participant === named.participant) ?? fitting[0]
    if (best || named.fromMe === false) return best ?? null
    const job = await this.#jobOf(messageId)
    // An archived job does not tell its chat, but a serialized id does.
    const chat = job && (job.fields['chat'] ?? named.chat)
    return typeof chat === 'string' ? { messageId, chat, participant: null, fromMe: true } : null
  }

  async #jobOf(messageId: string): Promise<DocumentSnapshot | null> {
    const where = [
      ['sessionId', '==', this.#sessionId],
      ['messageId', '==', messageId],
    ] as const
    const [job] = await this.#dependencies.documents.query({ collection: JOBS, where, limit: 1 })
    return job ?? null
  }
}

/**
 * Returns the request as one that answers the message with this id; without an id, as it is.
 *
 * @throws Refusal `not-possible` when that message is not stored, or a pool is to send: its sessions have different messages
 */
export async function answeringTo<Content extends MessageContent>(
  dependencies: Needed,
  principal: Principal,
  request: MessageRequest & { readonly content: Content },
  id: string | undefined,
): Promise<MessageRequest & { readonly content: Content }> {
  if (id === undefined) return request
  if (request.session === null)
    throw new Refusal('not-possible', 'Name the session that answers: a pool has no messages of its own.')
  const replyTo = await (await References.of(dependencies, principal, request.session)).stored(id)
  return { ...request, content: { ...request.content, replyTo } }
}

function read(id: string): NamedMessage {
  const named = parseMessageId(id)
  if (named) return named
  throw new Refusal('unknown-message', 'Use the `id` of a message, like false_491701234567@c.us_3EB0…')
}

/** Whether a stored message may be the named one. Others may have chosen the same id, but in other chats. */
const mayBe = (stored: MessageReference, { fromMe, chat, participant }: NamedMessage): boolean =>
  (fromMe === null || stored.fromMe === fromMe) &&
  !areDifferent(stored.chat, chat) &&
  (stored.fromMe || !areDifferent(stored.participant, participant))
