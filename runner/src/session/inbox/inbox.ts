import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { InboxRow } from '@holdfast/core/journal/state-values'
import { DOCUMENTED, type MessageAddress, type Received, type ReceivedMessage } from '../../whatsapp/port.ts'
import type { MessageReceived } from '../events/session-event.ts'
import type { Entry } from '../journal/group.ts'
import { KnownMessages } from './known-messages.ts'
import { decodeRow, encodeRow, keptOf, type StoredMessage } from './inbox-rows.ts'
import { MessageDocuments, documentIdsOf } from './message-documents.ts'
import { bytesOf, storedMessageOf } from './stored-message.ts'
import type { JournaledState } from '../journal/journaled-state.ts'

/** What admits a stanza: the row, what rides on its record, and what to do once the row is in the image. */
interface AdmittedRow {
  readonly keys: KeyChanges
  readonly entry: Omit<Entry, 'mutation'>
  readonly onApplied: () => void
}

/** A message whose document Firestore will never take. */
export interface RefusedMessage {
  readonly document: string
  readonly message: StoredMessage
  readonly plain: Buffer
}

/** A row that tells of other messages. */
export interface Told {
  readonly hash: string
  /** WhatsApp's id of the stanza. */
  readonly id: string
  /** When it was decrypted, ms. */
  readonly at: number
  readonly plain: Buffer
}

/** The table of kinds says for how long rows are remembered, and how many of them. */
const { codec, prune } = STATE_KINDS.inbox

/**
 * Received messages. A row is committed in the same record as the ratchet step that decrypted it (the ratchet cannot decrypt it
 * again), keyed by the hash of the ciphertext, so that a redelivered stanza is answered from the row.
 *
 * A row is *open* while something is to be done with it: its message has no document yet (what the API reads), or it tells of
 * other messages that have none. Then it is *settled*. The plaintext stays until WhatsApp has acknowledged our receipt as well:
 * what Baileys derives from it after the receipt (a sender key, for example) is derived again when the stanza comes again. The row
 * is forgotten some time after that, as `forget` says.
 */
export class Inbox {
  readonly #state: JournaledState
  readonly #messages: MessageDocuments
  readonly #clock: Clock
  readonly #logger: Logger
  /** Hashes of rows whose receipt is not acknowledged yet, by stanza id. */
  readonly #unacked = new Map<string, Set<string>>()
  /** Those of rows, and those of which rows tell. */
  readonly #known = new KnownMessages()
  #received = 0
  #lastReceivedMs: number | null = null
  #onTold: () => void = () => {}
  #onRefused: (refused: RefusedMessage) => void = () => {}

  constructor(options: { sessionId: string; state: JournaledState; documents: DocumentStore; clock: Clock; logger: Logger }) {
    this.#state = options.state
    this.#messages = new MessageDocuments(options.sessionId, options.documents)
    this.#clock = options.clock
    this.#logger = options.logger
    for (const [hash, row] of this.#rows()) {
      if (!row.acked) this.#remember(row.id, hash)
      if (row.document !== undefined) this.#known.add(row.document)
    }
  }

  /** New messages since this process owns the session, and when the last one came. */
  get figures(): { received: number; lastReceivedMs: number | null } {
    return { received: this.#received, lastReceivedMs: this.#lastReceivedMs }
  }

  /** The plaintext of a stanza that was decrypted before, or null when this one is new. */
  lookup(hash: string): Buffer | typeof DOCUMENTED | null {
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return null
    const { plain } = decodeRow(encoded)
    return plain === undefined ? DOCUMENTED : Buffer.from(plain, 'base64')
  }

  /** Whether the message has a document or will have one, by whatever name of its sender. */
  knows(message: MessageAddress): boolean {
    return this.#known.has(message)
  }

  /** The row of a newly decrypted stanza, and what rides on its record. To be committed together with the ratchet step. */
  admit({ hash, stanzaId, plain, message, tells = false }: Received): AdmittedRow {
    const [document] = message ? documentIdsOf(message) : []
    const isReserved = message !== null && this.#known.isReserved(message)
    const stored = message && !this.knows(message) ? storedMessageOf(message) : undefined
    const kept = keptOf(plain, tells)
    if (tells && kept === null)
      this.#logger.error({ stanza: stanzaId, bytes: plain.length }, 'What the phone tells is too large.')
    const row: InboxRow = {
      id: stanzaId,
      at: this.#clock.now(),
      ...(kept === null ? {} : { plain: kept }),
      ...(stored ? { message: stored } : {}),
      ...(document === undefined ? {} : { document }),
      ...(tells ? { work: 'told' } : {}),
      ...(tells && kept === null ? { settled: true, failed: 'too-large' } : {}),
    }
    const keys = { inbox: { [hash]: codec.encode(row) } }
    const onApplied = () => {
      this.#remember(stanzaId, hash)
      if (!stored || !message || document === undefined) return
      if (isReserved) this.#known.wait(message, hash)
      else this.#known.add(document)
      this.#received++
      this.#lastReceivedMs = this.#clock.now()
    }
    // Its document is on its way already.
    if (stored && isReserved) return { keys, entry: {}, onApplied }
    if (tells) return { keys, entry: { onDurable: () => this.#onTold() }, onApplied }
    if (!stored || document === undefined) return { keys, entry: { onDurable: () => this.#settle(hash) }, onApplied }
    const entry = {
      events: [receivedOf(stored, document)],
      bytesOfWrites: bytesOf(stored),
      onWritten: () => this.#settle(hash),
      onRefused: () => this.#refused(hash),
    }
    return { keys, entry, onApplied }
  }

  /** WhatsApp has acknowledged our receipt of a stanza: it will not come again. */
  receiptAcknowledged(stanzaId: string): void {
    const hashes = this.#unacked.get(stanzaId)
    if (!hashes) return
    this.#unacked.delete(stanzaId)
    const changes: Record<string, string> = {}
    for (const hash of hashes) {
      const encoded = this.#state.image.get('inbox', hash)
      if (encoded !== undefined) changes[hash] = encodeRow({ ...decodeRow(encoded), acked: true })
    }
    this.#state.later({ inbox: changes })
  }

  /** Called whenever a row has become durable that tells of other messages. */
  onTold(listener: () => void): void {
    this.#onTold = listener
  }

  /** Called with each message whose document Firestore refuses, before its row is settled without one. */
  onRefused(listener: (refused: RefusedMessage) => void): void {
    this.#onRefused = listener
  }

  /** Rows that tell of other messages and are not settled, the oldest first. */
  openTold(): Told[] {
    const told = this.#rows().filter(([, { work, settled }]) => work !== undefined && !settled)
    told.sort(([, a], [, b]) => a.at - b.at)
    return told.map(([hash, { id, at, plain = '' }]) => ({ hash, id, at, plain: Buffer.from(plain, 'base64') }))
  }

  /** Everything that the row told of is stored, or never will be: `failed` says why. */
  settleTold({ hash }: Told, failed: string | null): void {
    // Messages that came by themselves meanwhile get their documents.
    for (const waiting of this.#known.release(hash)) this.#document(waiting)
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return
    const row = { ...decodeRow(encoded), settled: true as const, ...(failed === null ? {} : { failed }) }
    this.#state.change({ keys: { inbox: { [hash]: encodeRow(row) } } })
  }

  /** Nobody else makes the document of this message, of which the row tells. False when somebody has or will. */
  reserve(message: ReceivedMessage, { hash }: Told): boolean {
    return this.#known.reserve(message, hash)
  }

  /** The documents of these are there, whoever made them. */
  documented(messages: readonly ReceivedMessage[]): void {
    for (const hash of messages.flatMap((message) => this.#known.documented(message))) this.#settle(hash)
  }

  /** Rows that remember messages which another than a stanza of their own has told of: a copy that comes by itself is no new one. */
  remembering(messages: readonly ReceivedMessage[]): KeyChanges {
    const at = this.#clock.now()
    const rows = messages.map((message) => {
      const [document] = documentIdsOf(message)
      return [`history ${document}`, codec.encode({ id: message.messageId, at, document, settled: true, acked: true })]
    })
    return { inbox: Object.fromEntries(rows) as Record<string, string> }
  }

  /** Whether messages were left that have no document yet. */
  get owesDocuments(): boolean {
    return this.#undocumented().some(({ message, document }) => message && document !== undefined)
  }

  /**
   * Writes the documents of rows that were still open when the state was last given up. They come behind every document that is
   * there and before every one that will be written from now on, so that a reader with a cursor misses none: no document may have
   * been placed by the number of this record, or a later one.
   */
  async documentOpenRows(sequence: number): Promise<number> {
    const undocumented = this.#undocumented()
    const { journal } = this.#state
    const documents = undocumented.flatMap(({ message, document }, index) =>
      message && document !== undefined
        ? journal.mergesOf([receivedOf(message, document)], { sequence, index, prevHash: '' })
        : [],
    )
    const failed = new Set(await this.#messages.createMissing(documents))
    const isRefused = ({ document }: { document?: string | undefined }) =>
      document !== undefined && failed.has(this.#messages.pathOf(document))
    for (const row of undocumented) {
      if (isRefused(row)) this.#refused(row.hash)
      else this.#settle(row.hash)
    }
    return undocumented.length
  }

  /** Forgets what need not be remembered any longer. */
  forget(): void {
    const closed = this.#rows().filter(([, { settled }]) => settled)
    closed.sort(([, a], [, b]) => b.at - a.at)
    const now = this.#clock.now()
    const isGone = ({ at, acked }: InboxRow, index: number): boolean =>
      (acked === true && (index >= prune.max || now - at > prune.afterMs)) || now - at > prune.unackedAfterMs
    const gone = closed
      .filter(([, row], index) => isGone(row, index))
      .map(([hash, { id, document }]) => {
        this.#forgetRow(id, hash, document)
        return [hash, null] as const
      })
    if (gone.length > 0) this.#state.later({ inbox: Object.fromEntries(gone) })
  }

  #document(hash: string): void {
    const encoded = this.#state.image.get('inbox', hash)
    const { message, document } = encoded === undefined ? {} : decodeRow(encoded)
    if (!message || document === undefined) return
    this.#known.add(document)
    const events = [receivedOf(message, document)]
    this.#state.append({ events, onWritten: () => this.#settle(hash), onRefused: () => this.#refused(hash) })
  }

  #undocumented() {
    return this.#rows().flatMap(([hash, row]) => (row.settled || row.work ? [] : [{ hash, ...row }]))
  }

  #rows(): [string, InboxRow][] {
    return [...this.#state.image.entries('inbox')].map(([hash, encoded]) => [hash, decodeRow(encoded)])
  }

  #forgetRow(stanzaId: string, hash: string, document: string | undefined): void {
    const hashes = this.#unacked.get(stanzaId)
    hashes?.delete(hash)
    if (hashes?.size === 0) this.#unacked.delete(stanzaId)
    if (document !== undefined) this.#known.forget(document)
  }

  #remember(stanzaId: string, hash: string): void {
    const hashes = this.#unacked.get(stanzaId)
    if (hashes) hashes.add(hash)
    else this.#unacked.set(stanzaId, new Set([hash]))
  }

  /** The message has its document, or needs none. The plaintext stays until WhatsApp will not send the stanza again. */
  #settle(hash: string, failed?: 'refused'): void {
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return
    const { message: _, ...row } = decodeRow(encoded)
    const why = failed === undefined ? {} : { failed }
    this.#state.later({ inbox: { [hash]: encodeRow({ ...row, ...why, settled: true }) } })
  }

  /** A row that waited for what never comes would keep its message in the state for ever. */
  #refused(hash: string): void {
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return
    const { message, document, plain = '' } = decodeRow(encoded)
    if (message && document !== undefined) this.#onRefused({ document, message, plain: Buffer.from(plain, 'base64') })
    this.#settle(hash, 'refused')
  }
}

/** A message that came by itself. */
const receivedOf = (message: StoredMessage, document: string): MessageReceived => ({
  type: 'message.received',
  document,
  message,
  position: null,
  fromHistory: false,
})
