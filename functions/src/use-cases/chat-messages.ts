import { parseChatId } from '@holdfast/core/message/chat-id'
import { hasDisappeared } from '@holdfast/core/message/disappearing'
import { JOB_STATUSES, jobPath, type JobStatus } from '@holdfast/core/message/job-document'
import { mediaUrlOf } from '@holdfast/core/message/media-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parseMessageId } from '@holdfast/core/message/message-id'
import { storedNames } from '@holdfast/core/message/message-names'
import { messageDocumentOf, openMessage } from '@holdfast/core/message/open-message'
import { wahaMessageOf, type OpenMessage, type WahaMessage } from '@holdfast/core/message/waha-message'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, parseSessionUnlessDamaged } from './find-session.ts'
import { KnownChats } from './named-person.ts'
import { Refusal } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'logger' | 'clock' | 'publicUrl'>

/** The messages of a chat that a caller asks for. */
export interface ChatQuery {
  /** The name of a session. */
  readonly name: string
  /** A chat id, or `all` for all chats. */
  readonly chatId: string
  readonly limit: number
  readonly offset: number
  readonly sortOrder: 'asc' | 'desc'
  /** False: the messages do not say where their media are. */
  readonly downloadMedia: boolean
  /** Seconds since 1970. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly fromMe?: boolean | undefined
  readonly ack?: number | undefined
}

/** A message, and its key among those of the same second. WhatsApp's times have no smaller unit. */
interface Shown {
  readonly message: WahaMessage
  readonly place: string
}

const compare = (a: Shown, b: Shown): number => a.message.timestamp - b.message.timestamp || (a.place < b.place ? -1 : 1)

/** Messages of one second are in the order of their arrival, also at the end of a list, as long as they are no more than this. */
const TIES = 20

/** The messages that are passed over together with their content. Further ones are counted without it. */
const PASSED_WITH_CONTENT = 500

/** The messages that are read at most for one list with a filter that no index serves. */
const READ_AT_MOST = 5000

const PORTION = 200

const fromTheTop = (left: number): Start => ({ left })

/**
 * Lists the stored messages of a chat, both sides, the newest first unless asked otherwise. Damaged messages are left out, and logged.
 *
 * @throws Refusal `unknown-session`, `invalid-chat`
 */
export async function listChatMessages(dependencies: Needed, principal: Principal, query: ChatQuery): Promise<WahaMessage[]> {
  const viewer = await viewerOf(dependencies, principal, query)
  const base = queryOf(viewer.cipher, await viewer.namesOf(chatOf(query.chatId)), query)
  const { fromMe, ack, limit, offset } = query
  const isWanted = ({ message }: Shown): boolean =>
    (fromMe === undefined || message.fromMe === fromMe) && (ack === undefined || message.ack === ack)
  const isFiltered = fromMe !== undefined || ack !== undefined
  const start =
    !isFiltered && offset > PASSED_WITH_CONTENT ? await passOver(dependencies.documents, base, offset) : fromTheTop(offset)
  if (start === null) return []
  const needed = start.left + limit + TIES
  const found: Shown[] = []
  let { after } = start
  for (let read = 0; found.length < needed && read < READ_AT_MOST;) {
    const size = isFiltered ? PORTION : Math.min(needed, PORTION)
    const portion = await dependencies.documents.query({
      ...base,
      limit: size,
      ...(after === undefined ? {} : { startAfter: after }),
    })
    found.push(...(await viewer.showAll(portion)).filter(isWanted))
    const last = portion.at(-1)
    if (!last || portion.length < size) break
    after = positionOf(last)
    read += portion.length
  }
  const direction = query.sortOrder === 'asc' ? 1 : -1
  found.sort((a, b) => direction * compare(a, b))
  return found.slice(start.left, start.left + limit).map(({ message }) => message)
}

/**
 * Returns one stored message, by its serialized or its bare id.
 *
 * @throws Refusal `unknown-session`, `invalid-chat`, `unknown-message`
 */
export async function findChatMessage(
  dependencies: Needed,
  principal: Principal,
  query: Pick<ChatQuery, 'name' | 'chatId' | 'downloadMedia'> & { readonly messageId: string },
): Promise<WahaMessage> {
  const viewer = await viewerOf(dependencies, principal, query)
  const named = parseMessageId(query.messageId)
  const chat = named?.chat ?? chatOf(query.chatId)
  const names = await viewer.namesOf(chat)
  const chats = names && names.flatMap((one) => storedNames(viewer.cipher, one))
  const where = [['messageId', 'in', storedNames(viewer.cipher, named?.messageId ?? query.messageId)]] as const
  const found = await dependencies.documents.query({ collection: messagesPath(viewer.sessionId), where, limit: 10 })
  const isNamed = ({ fields }: DocumentSnapshot): boolean =>
    (chats === null || chats.includes(String(fields['chat']))) && (!named?.isSerialized || fields['fromMe'] === named.fromMe)
  const [shown] = await viewer.showAll(found.filter(isNamed))
  if (!shown) throw new Refusal('unknown-message', 'This session has no such message.')
  return shown.message
}

/** Returns the newest stored message of each chat, null for a chat without one. */
export async function newestMessages(
  dependencies: Needed,
  { name, chatIds, ...session }: Opened & { readonly name: string; readonly chatIds: readonly string[] },
): Promise<(WahaMessage | null)[]> {
  const viewer = viewerOn(dependencies, session, { name, downloadMedia: true })
  const query = { sortOrder: 'desc' } as const
  const newest = chatIds.map(async (chatId) => {
    const names = await viewer.namesOf(chatOf(chatId))
    const found = await dependencies.documents.query({ ...queryOf(viewer.cipher, names, query), limit: 1 })
    const [shown] = await viewer.showAll(found)
    return shown?.message ?? null
  })
  return Promise.all(newest)
}

/** The JID of a chat, null for all chats. */
function chatOf(chatId: string): string | null {
  if (chatId === 'all') return null
  const chat = parseChatId(chatId)
  if (!chat)
    throw new Refusal('invalid-chat', 'The chat id names no chat. A person is 5511999990000@c.us, a group 1203630…@g.us.')
  return chat.jid
}

/** @param names the names of the chat; null for all chats */
function queryOf(
  cipher: SessionCipher,
  names: readonly string[] | null,
  { from, to, sortOrder }: Pick<ChatQuery, 'from' | 'to' | 'sortOrder'>,
): Query {
  const where = [
    ...(names === null ? [] : [['chat', 'in', names.flatMap((one) => storedNames(cipher, one))] as const]),
    ...(from === undefined ? [] : [['sentAt', '>=', new Date(1000 * from)] as const]),
    ...(to === undefined ? [] : [['sentAt', '<', new Date(1000 * (to + 1))] as const]),
  ]
  return { collection: messagesPath(cipher.sessionId), where, orderBy: ['sentAt', sortOrder], thenById: true }
}

const positionOf = ({ id, fields }: DocumentSnapshot): unknown => [fields['sentAt'], id]

/** Passes over the first messages. Null when there are no more. */
async function passOver(documents: DocumentStore, base: Query, offset: number): Promise<Start | null> {
  const passed = await documents.query({ ...base, limit: offset, select: ['sentAt'] })
  const last = passed.at(-1)
  return last && passed.length === offset ? { left: 0, after: positionOf(last) } : null
}

/** Where a list begins: after a position, and `left` messages further. */
interface Start {
  readonly left: number
  readonly after?: unknown
}

/** A session that was found, and its cipher. */
interface Opened {
  readonly sessionId: string
  readonly snapshot: DocumentSnapshot
  readonly cipher: SessionCipher
}

type Viewed = Pick<ChatQuery, 'name' | 'downloadMedia'>

async function viewerOf(dependencies: Needed, principal: Principal, viewed: Viewed): Promise<MessageViewer> {
  const { documents, wrappingKey } = dependencies
  const { id: sessionId, snapshot } = await findSession(documents, principal, viewed.name)
  return viewerOn(dependencies, { sessionId, snapshot, cipher: await cipherOf(documents, sessionId, wrappingKey) }, viewed)
}

function viewerOn(
  { documents, logger, clock, publicUrl = '' }: Needed,
  { sessionId, snapshot, cipher }: Opened,
  { name, downloadMedia }: Viewed,
): MessageViewer {
  const session = parseSessionUnlessDamaged(snapshot)
  const me = isHoldfastError(session) ? null : (session.me?.id ?? null)
  return new MessageViewer({ documents, logger, clock, publicUrl, cipher, sessionId, name, me, downloadMedia })
}

interface ViewerOptions extends Pick<Needed, 'documents' | 'logger' | 'clock'> {
  readonly publicUrl: string
  readonly cipher: SessionCipher
  readonly sessionId: string
  /** Name of the session. */
  readonly name: string
  /** The JID of its account. */
  readonly me: string | null
  readonly downloadMedia: boolean
}

/** Shows stored messages as the API does. */
class MessageViewer {
  readonly #options: ViewerOptions
  readonly #known: KnownChats

  constructor(options: ViewerOptions) {
    this.#options = options
    this.#known = new KnownChats(options.documents)
  }

  get sessionId(): string {
    return this.#options.sessionId
  }

  get cipher(): SessionCipher {
    return this.#options.cipher
  }

  /** The JIDs under which documents may have a chat. Null for all chats. */
  async namesOf(chat: string | null): Promise<readonly string[] | null> {
    const { sessionId, cipher } = this.#options
    return chat === null ? null : this.#known.namesOf({ sessionId, cipher }, chat)
  }

  async showAll(snapshots: readonly DocumentSnapshot[]): Promise<Shown[]> {
    const shown = await Promise.all(
      snapshots.map(async (snapshot) => {
        const message = await this.#show(snapshot)
        const { order, place = order } = snapshot.fields as { order?: string; place?: string }
        return message && { message, place: place ?? '' }
      }),
    )
    return shown.filter((one) => one !== null)
  }

  /** Null for a damaged message, for one that has disappeared, and for changes whose message has not arrived. */
  async #show(snapshot: DocumentSnapshot): Promise<WahaMessage | null> {
    const document = messageDocumentOf(snapshot)
    if (!document) return null
    const { cipher, logger } = this.#options
    const job = document.job === undefined ? null : await this.#statusOf(document.job)
    try {
      const message = openMessage(cipher, snapshot, job)
      return hasDisappeared(message, this.#options.clock.now()) ? null : this.#shown(snapshot.id, message)
    } catch (error) {
      if (!isHoldfastError(error)) throw error
      logger.error({ document: snapshot.id, code: error.code }, 'A stored message is damaged.')
      return null
    }
  }

  #shown(documentId: string, message: OpenMessage): WahaMessage {
    const { me, name, downloadMedia, publicUrl } = this.#options
    const { media } = message.edited?.facts ?? message.facts ?? {}
    const url = media ? mediaUrlOf(publicUrl, name, documentId, media.mimetype ?? '') : null
    return wahaMessageOf(message, { me, media: downloadMedia ? { url, error: null } : null })
  }

  /** How far the message of a job has come. An archived job leaves its status behind. Null once that is gone, too. */
  async #statusOf(job: string): Promise<JobStatus | null> {
    const status: unknown = (await this.#options.documents.read(jobPath(job)))?.fields['status']
    return JOB_STATUSES.find((one) => one === status) ?? null
  }
}
