import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { DirectoryNews } from '../../whatsapp/directory-news.ts'
import { HistoryLost, type HistoryPiece, type HistoryReader } from '../../whatsapp/history.ts'
import type { ReceivedMessage } from '../../whatsapp/received-message.ts'
import type { Inbox, PhoneNotice } from './inbox.ts'
import { isRecent } from './known-messages.ts'
import { documentIdsOf, type MessageDocuments } from './message-documents.ts'
import { messageEventOf } from './message-event.ts'
import { bytesOf } from './stored-message.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { Undecrypted } from './undecrypted.ts'

/** Thrown inside when another owner or engine continues instead of this one. */
class Stopped extends Error {}

/** The number of failed downloads after which damage counts as final. */
const TRIES = 5

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5 * 60 * 1000

/** Keeps what the history says of chats. Resolves when it is appended. */
interface ChatsTold {
  learn(news: DirectoryNews): Promise<void>
}

/**
 * Stores the messages of phone notices: the phone's history, and messages that only the phone could read. A notice's row stays
 * open until all its messages have documents, and the next owner processes it again; existing documents stay as they are. The
 * messages are stored in pieces, each with a record, so that live messages do not wait for them.
 */
export class HistorySync {
  readonly #state: JournaledState
  readonly #inbox: Inbox
  readonly #documents: MessageDocuments
  readonly #undecrypted: Undecrypted
  readonly #directory: ChatsTold
  readonly #reader: HistoryReader
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #stopped = new AbortController()
  /** The number of failures in a row and the time of the next attempt, by the row's hash. */
  readonly #failures = new Map<string, { count: number; notBeforeMs: number }>()
  #wake: () => void = () => {}
  /** The piece that is being stored. */
  #piece: Promise<unknown> = Promise.resolve()

  constructor(options: {
    state: JournaledState
    inbox: Inbox
    documents: MessageDocuments
    undecrypted: Undecrypted
    directory: ChatsTold
    reader: HistoryReader
    clock: Clock
    logger: Logger
  }) {
    this.#state = options.state
    this.#inbox = options.inbox
    this.#documents = options.documents
    this.#undecrypted = options.undecrypted
    this.#directory = options.directory
    this.#reader = options.reader
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /** Starts with the open rows of the last owner, and continues with each row that becomes durable. */
  start(): void {
    this.#inbox.onNotice(() => this.#wake())
    this.#run().catch((error: unknown) => {
      // The end of the journal is no error: this process has lost the session.
      if (!this.#state.journal.ended)
        this.#logger.error({ error }, 'The messages that the phone announced are no longer stored here.')
    })
  }

  /** Starts no further piece. Resolves when no piece is being written. A running download may continue; its result is dropped. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#piece.catch(() => {})
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted && !this.#state.isRetired && !this.#state.journal.ended) {
      const { promise: woken, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const now = this.#clock.now()
      const open = this.#inbox.openNotices()
      const due = open.find(({ hash }) => (this.#failures.get(hash)?.notBeforeMs ?? 0) <= now)
      if (due) await this.#workThrough(due)
      else await this.#pause(woken, open)
    }
  }

  async #pause(woken: Promise<void>, open: readonly PhoneNotice[]): Promise<void> {
    const over = new AbortController()
    const signal = AbortSignal.any([this.#stopped.signal, over.signal])
    const dueAtMs = Math.min(...open.map(({ hash }) => this.#failures.get(hash)?.notBeforeMs ?? 0))
    const waits = [
      woken,
      ...(open.length > 0 ? [this.#clock.sleep(dueAtMs - this.#clock.now(), 'history-sync', signal)] : []),
      aborted(signal),
    ]
    await Promise.race(waits).finally(() => over.abort())
  }

  async #workThrough(notice: PhoneNotice): Promise<void> {
    try {
      let stored = 0
      for await (const piece of this.#reader.read(notice.plain)) {
        this.#unlessStopped()
        const taken = this.#takeIn(notice, piece)
        this.#piece = taken
        stored += await taken
      }
      this.#failures.delete(notice.hash)
      this.#inbox.settleNotice(notice, null)
      this.#logger.info({ stanza: notice.id, stored }, 'The messages that the phone sent are stored.')
    } catch (error) {
      if (this.#state.journal.ended) throw error
      if (!(error instanceof Stopped)) this.#failed(notice, error)
    }
  }

  /** Throws after the end of this object, since later writes would be dropped and never answered. */
  #unlessStopped(): void {
    if (this.#stopped.signal.aborted || this.#state.isRetired) throw new Stopped()
  }

  #failed(notice: PhoneNotice, error: unknown): void {
    const count = (this.#failures.get(notice.hash)?.count ?? 0) + 1
    const isLost = error instanceof HistoryLost && (error.reason === 'gone' || count >= TRIES)
    if (isLost) {
      this.#failures.delete(notice.hash)
      this.#inbox.settleNotice(notice, error.reason)
      this.#logger.error({ stanza: notice.id, reason: error.reason }, 'Messages that the phone announced are lost.')
      return
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (count - 1), LONGEST_PAUSE_MS)
    this.#failures.set(notice.hash, { count, notBeforeMs: this.#clock.now() + pauseMs })
    this.#logger.warn({ error, stanza: notice.id, count }, 'Messages that the phone announced could not be read yet.')
  }

  /** Stores a piece. Returns the number of new messages. */
  async #takeIn(notice: PhoneNotice, piece: HistoryPiece): Promise<number> {
    await piece.learn()
    this.#unlessStopped()
    if (piece.chats && piece.chats.length > 0) await this.#directory.learn({ chats: piece.chats })
    this.#unlessStopped()
    const { messages, fromHistory } = piece
    const reserved = messages.filter((message) => this.#inbox.reserve(message, notice))
    const found = await Promise.all(reserved.map((message) => this.#isThere(message)))
    const missing = reserved.filter((_, index) => !found[index])
    await this.#write(missing, notice, fromHistory)
    this.#inbox.documented(reserved, notice)
    return missing.length
  }

  async #isThere(message: ReceivedMessage): Promise<boolean> {
    const found = await Promise.all(documentIdsOf(message).map((id) => this.#documents.exists(id)))
    return found.includes(true)
  }

  #refused(message: ReceivedMessage): void {
    const plain = Buffer.from(message.proto)
    this.#undecrypted.refused({ document: documentIdsOf(message)[0], message: this.#inbox.storedOf(message), plain })
  }

  /** Writes the documents of messages. Resolves when all exist, except those that Firestore will never accept. */
  async #write(messages: readonly ReceivedMessage[], notice: PhoneNotice, fromHistory: boolean): Promise<void> {
    if (messages.length === 0) return
    this.#unlessStopped()
    const { journal } = this.#state
    let outcome: 'written' | 'refused' | null = null
    const resolved = this.#undecrypted.resolvedAll(
      messages.map(({ chat, participant, messageId }) => receivedMessageIdOf(chat, participant ?? '', messageId)),
    )
    const received = messages.map((one, position) => {
      const [document] = documentIdsOf(one)
      return messageEventOf(this.#inbox.storedOf(one), document, { position, fromHistory })
    })
    const bytesOfWrites = received.reduce((sum, { message }) => sum + bytesOf(message), 0)
    const events = [...received, ...resolved.events]
    // Remembered, so that this owner and the next one recognize a later copy in a stanza of its own.
    const recent = messages.filter((message) => isRecent(message, notice.at))
    const keys = { ...this.#inbox.remembering(recent), ...resolved.keys }
    const onWritten = () => (outcome = 'written')
    const onRefused = () => (outcome = 'refused')
    await journal.whenDurable(this.#state.change({ keys }, { events, bytesOfWrites, onWritten, onRefused }))
    // The record had to leave the writes out. The journal retries them before the append that follows here.
    this.#unlessStopped()
    if (outcome === null) await journal.whenDurable(this.#state.append({}))
    if (outcome === 'written') return
    const [only, ...others] = messages
    if (only && others.length === 0) return this.#refused(only)
    const half = Math.ceil(messages.length / 2)
    await this.#write(messages.slice(0, half), notice, fromHistory)
    await this.#write(messages.slice(half), notice, fromHistory)
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
