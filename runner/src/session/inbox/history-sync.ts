import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { HistoryLost, type HistoryPiece, type HistoryReader, type ReceivedMessage } from '../../whatsapp/port.ts'
import type { MessageReceived } from '../events/session-event.ts'
import type { Inbox, Told } from './inbox.ts'
import { documentIdsOf, type MessageDocuments } from './message-documents.ts'
import { bytesOf, storedMessageOf } from './stored-message.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { Undecrypted } from './undecrypted.ts'

/** Another goes on in the place of this one, or nobody. */
class Stopped extends Error {}

/** How often something damaged is fetched again before that is taken for the truth. */
const TRIES = 5

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5 * 60 * 1000

/** A message that came by itself shortly before it was told of may still come again by itself. */
const OVERLAP_MS = 24 * 60 * 60 * 1000

/**
 * Stores the messages that rows of the inbox tell of: the phone's history, and messages that only the phone could read. A row stays
 * open until all of them have documents, and is worked through again after a claim; a document that is there is left as it is.
 * Piece by piece, each riding on a record, so that what comes live is not held up.
 */
export class HistorySync {
  readonly #state: JournaledState
  readonly #inbox: Inbox
  readonly #documents: MessageDocuments
  readonly #undecrypted: Undecrypted
  readonly #reader: HistoryReader
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #stopped = new AbortController()
  /** Failures in a row, by row, and when each is tried again. */
  readonly #failures = new Map<string, { count: number; notBeforeMs: number }>()
  #wake: () => void = () => {}
  /** The piece that is being taken in. */
  #piece: Promise<unknown> = Promise.resolve()

  constructor(options: {
    state: JournaledState
    inbox: Inbox
    documents: MessageDocuments
    undecrypted: Undecrypted
    reader: HistoryReader
    clock: Clock
    logger: Logger
  }) {
    this.#state = options.state
    this.#inbox = options.inbox
    this.#documents = options.documents
    this.#undecrypted = options.undecrypted
    this.#reader = options.reader
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /** Begins with what the last owner left, and goes on with each row that becomes durable. */
  start(): void {
    this.#inbox.onTold(() => this.#wake())
    this.#run().catch((error: unknown) => {
      // The journal has ended, and with it the session here.
      if (!this.#state.journal.ended) this.#logger.error({ error }, 'What the phone told of is not stored any further here.')
    })
  }

  /** Begins no further piece. Resolves when nothing is being written any more; a download may go on, and leads to nothing. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#piece.catch(() => {})
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted && !this.#state.isRetired && !this.#state.journal.ended) {
      const { promise: woken, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const now = this.#clock.now()
      const open = this.#inbox.openTold()
      const due = open.find(({ hash }) => (this.#failures.get(hash)?.notBeforeMs ?? 0) <= now)
      if (due) await this.#workThrough(due)
      else await this.#pause(woken, open)
    }
  }

  async #pause(woken: Promise<void>, open: readonly Told[]): Promise<void> {
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

  async #workThrough(told: Told): Promise<void> {
    try {
      let stored = 0
      for await (const piece of this.#reader.read(told.plain)) {
        this.#unlessStopped()
        const taken = this.#takeIn(told, piece)
        this.#piece = taken
        stored += await taken
      }
      this.#failures.delete(told.hash)
      this.#inbox.settleTold(told, null)
      this.#logger.info({ stanza: told.id, stored }, 'The messages that the phone told of are stored.')
    } catch (error) {
      if (this.#state.journal.ended) throw error
      if (!(error instanceof Stopped)) this.#failed(told, error)
    }
  }

  /** What is written after the end of this would neither be kept nor answered. */
  #unlessStopped(): void {
    if (this.#stopped.signal.aborted || this.#state.isRetired) throw new Stopped()
  }

  #failed(told: Told, error: unknown): void {
    const count = (this.#failures.get(told.hash)?.count ?? 0) + 1
    const isLost = error instanceof HistoryLost && (error.reason === 'gone' || count >= TRIES)
    if (isLost) {
      this.#failures.delete(told.hash)
      this.#inbox.settleTold(told, error.reason)
      this.#logger.error({ stanza: told.id, reason: error.reason }, 'What the phone told of cannot be had any more.')
      return
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (count - 1), LONGEST_PAUSE_MS)
    this.#failures.set(told.hash, { count, notBeforeMs: this.#clock.now() + pauseMs })
    this.#logger.warn({ error, stanza: told.id, count }, 'What the phone told of could not be had yet.')
  }

  /** Returns how many messages were new. */
  async #takeIn(told: Told, piece: HistoryPiece): Promise<number> {
    await piece.learn()
    this.#unlessStopped()
    const { messages, fromHistory } = piece
    const reserved = messages.filter((message) => this.#inbox.reserve(message, told))
    const found = await Promise.all(reserved.map((message) => this.#isThere(message)))
    const missing = reserved.filter((_, index) => !found[index])
    await this.#write(missing, told, fromHistory)
    this.#inbox.documented(reserved)
    return missing.length
  }

  async #isThere(message: ReceivedMessage): Promise<boolean> {
    const found = await Promise.all(documentIdsOf(message).map((id) => this.#documents.exists(id)))
    return found.includes(true)
  }

  #refused(message: ReceivedMessage): void {
    const plain = Buffer.from(message.proto)
    this.#undecrypted.refused({ document: documentIdsOf(message)[0], message: storedMessageOf(message), plain })
  }

  /** Resolves when the documents are there, but for those that Firestore will never take. */
  async #write(messages: readonly ReceivedMessage[], told: Told, fromHistory: boolean): Promise<void> {
    if (messages.length === 0) return
    this.#unlessStopped()
    const { journal } = this.#state
    let outcome: 'written' | 'refused' | null = null
    const resolved = this.#undecrypted.resolvedAll(
      messages.map(({ chat, participant, messageId }) => receivedMessageIdOf(chat, participant ?? '', messageId)),
    )
    const received = messages.map((one, position): MessageReceived => {
      const [document] = documentIdsOf(one)
      return { type: 'message.received', document, message: storedMessageOf(one), position, fromHistory }
    })
    const bytesOfWrites = received.reduce((sum, { message }) => sum + bytesOf(message), 0)
    const events = [...received, ...resolved.events]
    // So that a copy which comes by itself later is known, also by the next owner.
    const recent = messages.filter(({ sentAtMs }) => sentAtMs > told.at - OVERLAP_MS)
    const keys = { ...this.#inbox.remembering(recent), ...resolved.keys }
    const onWritten = () => (outcome = 'written')
    const onRefused = () => (outcome = 'refused')
    await journal.whenDurable(this.#state.change({ keys }, { events, bytesOfWrites, onWritten, onRefused }))
    // The writes had to be left out of the record: they are tried once more before anything that is appended now.
    this.#unlessStopped()
    if (outcome === null) await journal.whenDurable(this.#state.append({}))
    if (outcome === 'written') return
    const [only, ...others] = messages
    if (only && others.length === 0) return this.#refused(only)
    const half = Math.ceil(messages.length / 2)
    await this.#write(messages.slice(0, half), told, fromHistory)
    await this.#write(messages.slice(half), told, fromHistory)
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
