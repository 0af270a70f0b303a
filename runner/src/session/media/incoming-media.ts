import { mediaObjectOf } from '@holdfast/core/message/media-document'
import { messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { namesOfStored } from '@holdfast/core/message/open-message'
import { receivedMediaPath, type ReceivedMediaDocument } from '@holdfast/core/message/received-media-document'
import { openReceivedContent } from '@holdfast/core/message/sealed-content'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { ObjectStreams } from '@holdfast/core/platform/object-streams'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import { spent } from '@holdfast/core/platform/release'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { openMedia, sealedMedia } from '@holdfast/core/security/media-cipher'
import { ConnectionEnded } from '../../whatsapp/port.ts'
import { MediumLost, type MediaAsking, type MediaReader, type Medium, type MediumAddress } from '../../whatsapp/media.ts'
import type { MediaChanged } from '../events/session-event.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import { afterFailedFetch } from './fetch-policy.ts'
import { assertFits, upTo } from './size-limit.ts'

/** Downloads at once. A large one must not hold up all others. */
const AT_ONCE = 3

/** Pending media that are read at once from Firestore. */
const PAGE = 200

/** The pause before the list of pending media is read again after an error. */
const READ_AGAIN_MS = 10_000

/** A medium to fetch, by the id of its message's document. */
interface Due {
  readonly document: string
  readonly attempts: number
  readonly notBeforeMs: number
}

export interface IncomingMediaOptions {
  readonly sessionId: string
  readonly state: JournaledState
  readonly cipher: SessionCipher
  readonly documents: Pick<DocumentStore, 'read' | 'query'>
  readonly store: ObjectStreams
  readonly reader: MediaReader
  /** A larger medium is not fetched. */
  readonly mostBytes: number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Fetches the bytes of received messages into the object store, while the messages themselves have long been stored and receipted. A
 * message's commit leaves a pending document, which the owner works off; the next owner finds what this one has not fetched. What has
 * ended at WhatsApp is asked of the phone.
 */
export class IncomingMedia {
  readonly #options: IncomingMediaOptions
  readonly #due = new Map<string, Due>()
  readonly #underway = new Set<string>()
  /** Media of the phone's history whose pending document is being written. */
  readonly #wanted = new Set<string>()
  #connection: MediaAsking | null = null
  readonly #stopped = new AbortController()
  /** True when Firestore may have pending media behind those that were read. */
  #hasMore = true
  /** The last of those that were read. Those that wait for another attempt must not hold up what is behind them. */
  #readTo: string | null = null
  /** When they may be read again, ms: not at once after an error. */
  #readFromMs = 0
  #isReading = false
  #cancelWake: () => void = () => {}

  constructor(options: IncomingMediaOptions) {
    this.#options = options
  }

  /** Begins with what earlier owners left. */
  start(): void {
    void this.#readPending()
  }

  /** Takes a message whose document is written. */
  heard(document: string): void {
    this.#put({ document, attempts: 0, notBeforeMs: 0 })
    this.#next()
  }

  /**
   * Takes a message of the phone's history, whose bytes are fetched only now. Resolves when the record that writes its pending document
   * is durable: from then on it is like any other.
   */
  async want(document: string): Promise<void> {
    const { documents, sessionId, state } = this.#options
    // A second question makes no second record.
    if (this.#wanted.has(document)) return
    this.#wanted.add(document)
    try {
      if (await documents.read(`${receivedMediaPath(sessionId)}/${document}`)) return
      const pending = { type: 'media.changed', document, state: 'pending', attempts: 0 } as const
      await state.journal.whenDurable(state.append({ events: [pending] }))
      this.heard(document)
    } finally {
      this.#wanted.delete(document)
    }
  }

  opened(connection: MediaAsking): void {
    this.#connection = connection
    this.#next()
  }

  closed(): void {
    this.#connection = null
  }

  /** Ends all downloads. The next owner begins them anew. */
  stop(): void {
    this.#stopped.abort()
    this.#connection = null
    this.#cancelWake()
  }

  get #isOver(): boolean {
    const { state } = this.#options
    return this.#stopped.signal.aborted || state.isRetired || state.journal.ended !== null
  }

  #put(due: Due): void {
    if (!this.#underway.has(due.document)) this.#due.set(due.document, due)
  }

  async #readPending(): Promise<void> {
    if (this.#isReading || this.#isOver) return
    this.#isReading = true
    const { documents, sessionId, clock, logger } = this.#options
    try {
      const collection = receivedMediaPath(sessionId)
      const from = this.#readTo === null ? {} : { startAfter: this.#readTo }
      const where = [['state', '==', 'pending']] as const
      const found = await documents.query({ collection, where, orderBy: ['id', 'asc'], ...from, limit: PAGE })
      this.#hasMore = found.length === PAGE
      this.#readTo = found.at(-1)?.id ?? this.#readTo
      for (const { id, fields } of found) {
        const { attempts, nextAttemptAt } = fields as Partial<ReceivedMediaDocument>
        if (!this.#due.has(id)) this.#put({ document: id, attempts: attempts ?? 0, notBeforeMs: nextAttemptAt?.getTime() ?? 0 })
      }
    } catch (error) {
      logger.warn({ error }, 'The media that are to be fetched could not be read yet.')
      this.#readFromMs = clock.now() + READ_AGAIN_MS
    } finally {
      this.#isReading = false
    }
    this.#next()
  }

  /** Begins what is due, and wakes up for the next. */
  #next(): void {
    this.#cancelWake()
    if (this.#isOver) return
    const { clock } = this.#options
    const now = clock.now()
    for (const due of this.#due.values()) {
      if (this.#underway.size >= AT_ONCE) return
      if (due.notBeforeMs <= now) void this.#fetch(due)
    }
    const readsMore = this.#underway.size === 0 && this.#hasMore
    if (readsMore && this.#readFromMs <= now) return void this.#readPending()
    const nextAtMs = Math.min(
      ...[...this.#due.values()].map(({ notBeforeMs }) => notBeforeMs),
      ...(readsMore ? [this.#readFromMs] : []),
    )
    if (Number.isFinite(nextAtMs)) this.#cancelWake = clock.after(Math.max(0, nextAtMs - now), () => this.#next(), 'media')
  }

  async #fetch(due: Due): Promise<void> {
    const { document } = due
    this.#due.delete(document)
    this.#underway.add(document)
    try {
      this.#settle(due, await this.#attempt(document))
    } catch (error) {
      if (!this.#isOver) this.#failed(due, error)
    } finally {
      this.#underway.delete(document)
    }
    this.#next()
  }

  /** Stores the bytes. Returns the medium; null when the message has none that may be shown. */
  async #attempt(document: string): Promise<(Medium & { readonly stored: number }) | null> {
    const { documents, sessionId, cipher, reader } = this.#options
    const path = `${messagesPath(sessionId)}/${document}`
    const snapshot = await documents.read(path)
    // Somebody deleted the message.
    if (!snapshot) return null
    const message = parseStored(messageDocumentSchema, snapshot.fields, path)
    const content = openReceivedContent(cipher, document, message)
    const { proto } = content
    const names = namesOfStored(cipher, { id: document, fields: snapshot.fields }, content)
    const medium = proto === '' || !names ? null : reader.mediumIn(Buffer.from(proto, 'base64'), names.chat)
    if (!medium || !names) return null
    return { ...medium, stored: await this.#store(document, medium, { ...names, fromMe: message.fromMe }) }
  }

  async #store(document: string, medium: Medium, address: MediumAddress): Promise<number> {
    try {
      return await this.#download(document, medium)
    } catch (error) {
      if (!(error instanceof MediumLost) || error.reason !== 'gone') throw error
      // A post is its channel's: our phone does not keep its file, so that there is nobody to wait for.
      if (!medium.mediaKey) throw new MediumLost('no-longer', { cause: error })
      if (!this.#connection) throw new ConnectionEnded('Nobody can ask the phone now.')
      const directPath = await this.#connection.askForMedium(medium, address)
      return this.#download(document, { ...medium, directPath })
    }
  }

  /** Returns the number of bytes. */
  async #download(document: string, medium: Medium): Promise<number> {
    const { store, cipher, reader, sessionId, mostBytes } = this.#options
    const object = mediaObjectOf(sessionId, document)
    const { signal } = this.#stopped
    let bytes = 0
    assertFits(medium.bytes, mostBytes)
    const counted = upTo(mostBytes, reader.download(medium, signal), (all) => (bytes = all))
    try {
      await store.createFrom(object, sealedMedia(cipher, object, spent(counted)))
    } catch (error) {
      if (!isHoldfastError(error, 'already-exists')) throw error
      return this.#storedBytes(object)
    }
    return bytes
  }

  /** An earlier attempt has stored the object, and has died or heard no answer: only one that opens to its end counts. */
  async #storedBytes(object: string): Promise<number> {
    const { store, cipher } = this.#options
    const opened = await openMedia(store, cipher, object)
    let bytes = 0
    if (opened) for await (const part of spent(opened.read())) bytes += part.length
    return bytes
  }

  #settle({ document, attempts }: Due, medium: (Medium & { readonly stored: number }) | null): void {
    if (this.#isOver) return
    const { sessionId, logger } = this.#options
    if (!medium) return this.#record({ document, attempts, state: 'gone', reason: 'not-shown' })
    const { mimetype, filename, stored: bytes } = medium
    this.#record({ document, attempts, state: 'stored', object: mediaObjectOf(sessionId, document), mimetype, filename, bytes })
    logger.debug({ document, bytes }, 'The medium of a message is stored.')
  }

  #failed({ document, attempts: before }: Due, error: unknown): void {
    const { clock, logger } = this.#options
    const lost = error instanceof MediumLost ? error.reason : null
    const attempts = before + (error instanceof ConnectionEnded ? 0 : 1)
    const next = afterFailedFetch(attempts, lost)
    const reason = lost ?? (error instanceof ConnectionEnded ? 'gone' : 'no-answer')
    if (next === 'give-up') {
      logger.warn({ document, reason, attempts }, 'The medium of a message cannot be had.')
      return this.#record({ document, attempts, state: 'gone', reason })
    }
    const notBeforeMs = clock.now() + next.delayMs
    logger.info({ error, document, reason, attempts }, 'The medium of a message could not be fetched yet.')
    this.#due.set(document, { document, attempts, notBeforeMs })
    if (attempts > before) this.#record({ document, attempts, state: 'pending', reason, nextAttemptAt: new Date(notBeforeMs) })
  }

  #record(change: Omit<MediaChanged, 'type'>): void {
    this.#options.state.append({ events: [{ type: 'media.changed', ...change }] })
  }
}
