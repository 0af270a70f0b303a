import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { InboxRow } from '@holdfast/core/journal/state-values'
import { DOCUMENTED, type Received } from '../../whatsapp/delivered-stanzas.ts'
import type { MessageAddress, ReceivedMessage } from '../../whatsapp/received-message.ts'
import type { Entry, RecordPlace } from '../journal/group.ts'
import { isRecent, KnownMessages } from './known-messages.ts'
import { decodeRow, encodeRow, keptOf, type StoredMessage } from './inbox-rows.ts'
import { MessageDocuments, documentIdsOf } from './message-documents.ts'
import { messageEventOf } from './message-event.ts'
import { MessageSecrets } from './message-secrets.ts'
import { bytesOf, storedMessageOf } from './stored-message.ts'
import type { JournaledState } from '../journal/journaled-state.ts'

/** The admission of a stanza: its row, the other parts of the record, and the step after the row is in the image. */
interface AdmittedRow {
  readonly keys: KeyChanges
  readonly entry: Omit<Entry, 'mutation'>
  readonly onApplied: () => void
}

/** A message whose document Firestore will never accept. */
export interface RefusedMessage {
  readonly document: string
  readonly message: StoredMessage
  readonly plain: Buffer
}

/** A row whose stanza is a notice of the phone about other messages. */
export interface PhoneNotice {
  readonly hash: string
  /** WhatsApp's id of the stanza. */
  readonly id: string
  /** The time of decryption, ms. */
  readonly at: number
  readonly plain: Buffer
}

/** The table of kinds sets how long and how many rows are remembered. */
const { codec, prune } = STATE_KINDS.inbox

/**
 * The received messages of one session. A row is committed in the same record as the ratchet step that decrypted its stanza,
 * because the ratchet cannot decrypt the stanza again. Rows are keyed by the hash of the ciphertext, so that a redelivered
 * stanza is answered from its row.
 *
 * A row is *open* until its message has a document, which the API reads, or until all messages of its notice have one. Then it is
 * *settled*. The row also keeps the plaintext until WhatsApp has acknowledged our receipt: when the stanza is redelivered,
 * Baileys derives again what it derives after the receipt (a sender key, for example). `forget` removes the row some time later.
 */
export class Inbox {
  readonly #state: JournaledState
  readonly #messages: MessageDocuments
  readonly #clock: Clock
  readonly #logger: Logger
  /** The hashes of rows whose receipt is not acknowledged yet, by stanza id. */
  readonly #unacked = new Map<string, Set<string>>()
  /** The messages of rows, and those of phone notices. */
  readonly #known = new KnownMessages()
  readonly #secrets: MessageSecrets
  #received = 0
  #lastReceivedMs: number | null = null
  #onNotice: () => void = () => {}
  #onRefused: (refused: RefusedMessage) => void = () => {}
  #onDocumented: (document: string, message: StoredMessage) => void = () => {}

  constructor(options: { sessionId: string; state: JournaledState; documents: DocumentStore; clock: Clock; logger: Logger }) {
    this.#state = options.state
    this.#messages = new MessageDocuments(options.sessionId, options.documents)
    this.#clock = options.clock
    this.#logger = options.logger
    this.#secrets = new MessageSecrets(options)
    for (const [hash, row] of this.#rows()) {
      if (!row.acked) this.#remember(row.id, hash)
      if (row.document !== undefined) this.#known.add(row.document)
    }
  }

  /** The number of new messages in this inbox, and the time of the last one, ms. */
  get figures(): { received: number; lastReceivedMs: number | null } {
    return { received: this.#received, lastReceivedMs: this.#lastReceivedMs }
  }

  /**
   * Returns the plaintext of a stanza that was decrypted before, `DOCUMENTED` when it is not kept
   * any more, null for a new stanza.
   */
  lookup(hash: string): Buffer | typeof DOCUMENTED | null {
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return null
    const { plain } = decodeRow(encoded)
    return plain === undefined ? DOCUMENTED : Buffer.from(plain, 'base64')
  }

  /** Whether the message has a document or will have one, under any name of its sender. */
  knows(message: MessageAddress): boolean {
    return this.#known.has(message)
  }

  /** Returns the row of a newly decrypted stanza and the rest of its record. The caller commits them with the ratchet step. */
  admit({ hash, stanzaId, plain, message, tells = false, hasNoReceipt = false, trace = null }: Received): AdmittedRow {
    const [document] = message ? documentIdsOf(message) : []
    const isReserved = message !== null && this.#known.isReserved(message)
    const stored = message && !this.knows(message) ? storedMessageOf(message, this.#known.isDocument) : undefined
    const kept = keptOf(plain, tells)
    if (tells && kept === null)
      this.#logger.error({ stanza: stanzaId, bytes: plain.length }, 'A notice of the phone is too large to be processed.')
    const row: InboxRow = {
      id: stanzaId,
      at: this.#clock.now(),
      ...(kept === null ? {} : { plain: kept }),
      ...(hasNoReceipt ? { acked: true } : {}),
      ...(stored ? { message: stored } : {}),
      ...(document === undefined ? {} : { document }),
      ...(tells ? { work: 'told' } : {}),
      ...(tells && kept === null ? { settled: true, failed: 'too-large' } : {}),
    }
    const keys = { inbox: { [hash]: codec.encode(row) }, ...(stored && message ? this.#secrets.keep(message) : {}) }
    const onApplied = () => {
      if (!hasNoReceipt) this.#remember(stanzaId, hash)
      if (!stored || !message || document === undefined) return
      if (isReserved) this.#known.wait(message, hash)
      else this.#known.add(document)
      if (stored.changes) return
      this.#received++
      this.#lastReceivedMs = this.#clock.now()
    }
    // A notice of the phone already makes the document.
    if (stored && isReserved) return { keys, entry: {}, onApplied }
    if (tells) return { keys, entry: { onDurable: () => this.#onNotice() }, onApplied }
    if (!stored || document === undefined) return { keys, entry: { onDurable: () => this.#settle(hash) }, onApplied }
    trace?.admitted()
    const entry = {
      events: [messageEventOf(stored, document)],
      bytesOfWrites: bytesOf(stored),
      onWritten: () => {
        trace?.written()
        this.#settle(hash)
        this.#onDocumented(document, stored)
      },
      onRefused: () => {
        trace?.failed('refused')
        this.#refused(hash)
      },
      ...(trace ? { traceparent: trace.traceparent, onDurable: ({ sequence }: RecordPlace) => trace.recorded(sequence) } : {}),
    }
    return { keys, entry, onApplied }
  }

  /** Marks the rows of a stanza as acknowledged: WhatsApp has our receipt and will not deliver the stanza again. */
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

  /** Sets the listener that is called when the row of a phone notice becomes durable. */
  onNotice(listener: () => void): void {
    this.#onNotice = listener
  }

  /** Sets the listener that gets each message whose document Firestore refuses, before its row is settled without a document. */
  onRefused(listener: (refused: RefusedMessage) => void): void {
    this.#onRefused = listener
  }

  /** Sets the listener that gets each new message once its document is written. */
  onDocumented(listener: (document: string, message: StoredMessage) => void): void {
    this.#onDocumented = listener
  }

  /** Returns the open phone notices, the oldest first. */
  openNotices(): PhoneNotice[] {
    const notices = this.#rows().filter(([, { work, settled }]) => work !== undefined && !settled)
    notices.sort(([, a], [, b]) => a.at - b.at)
    return notices.map(([hash, { id, at, plain = '' }]) => ({ hash, id, at, plain: Buffer.from(plain, 'base64') }))
  }

  /** Settles a notice when all its messages are stored, or when some never will be for the reason `failed`. */
  settleNotice({ hash }: PhoneNotice, failed: string | null): void {
    // Messages that meanwhile arrived in stanzas of their own get their documents now.
    for (const waiting of this.#known.release(hash)) this.#document(waiting)
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return
    const row = { ...decodeRow(encoded), settled: true as const, ...(failed === null ? {} : { failed }) }
    this.#state.change({ keys: { inbox: { [hash]: encodeRow(row) } } })
  }

  /** Reserves the document of a message for a notice. Returns false when the document exists or another row makes it. */
  reserve(message: ReceivedMessage, { hash }: PhoneNotice): boolean {
    return this.#known.reserve(message, hash)
  }

  /** Marks messages as documented, and settles the rows that waited for their documents. Old ones are forgotten with the notice. */
  documented(messages: readonly ReceivedMessage[], { hash: notice, at }: PhoneNotice): void {
    const documented = (message: ReceivedMessage) => this.#known.documented(message, isRecent(message, at) ? null : notice)
    for (const hash of messages.flatMap(documented)) this.#settle(hash)
  }

  /** Returns the content of the document of a notice's message. */
  storedOf(message: ReceivedMessage): StoredMessage {
    return storedMessageOf(message, this.#known.isDocument)
  }

  /** Returns rows that remember the messages of a notice, so that a later copy in a stanza of its own is no new message. */
  remembering(messages: readonly ReceivedMessage[]): KeyChanges {
    const at = this.#clock.now()
    const rows = messages.map((message) => {
      const [document] = documentIdsOf(message)
      return [`history ${document}`, codec.encode({ id: message.messageId, at, document, settled: true, acked: true })]
    })
    return { inbox: Object.fromEntries(rows) as Record<string, string>, ...this.#secrets.keep(...messages) }
  }

  /** Whether an earlier owner left messages without a document. */
  get owesDocuments(): boolean {
    return this.#undocumented().some(({ message, document }) => message && document !== undefined)
  }

  /**
   * Writes the missing documents of rows that were open when the state was last given up, and returns the number of these rows.
   * The documents sort after all existing ones and before all future ones, so that a reader with a cursor misses none. No
   * document may have the number of this record, or a later one, in its sort key.
   */
  async documentOpenRows(sequence: number): Promise<number> {
    const undocumented = this.#undocumented()
    const { journal } = this.#state
    const documents = undocumented.flatMap(({ message, document }, index) =>
      message && document !== undefined
        ? journal.mergesOf([messageEventOf(message, document)], { sequence, index, prevHash: '' })
        : [],
    )
    const failed = new Set(await this.#messages.createMissing(documents))
    const isRefused = ({ document, message }: Pick<InboxRow, 'document' | 'message'>) =>
      document !== undefined && failed.has(this.#messages.pathOf(message?.changes?.document ?? document))
    for (const row of undocumented) {
      if (isRefused(row)) this.#refused(row.hash)
      else this.#settle(row.hash)
    }
    return undocumented.length
  }

  /** Forgets settled rows: acknowledged ones beyond the limits of age and number, others after a longer time. */
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
    this.#secrets.forget()
  }

  #document(hash: string): void {
    const encoded = this.#state.image.get('inbox', hash)
    const { message, document } = encoded === undefined ? {} : decodeRow(encoded)
    if (!message || document === undefined) return
    this.#known.add(document)
    const events = [messageEventOf(message, document)]
    const onWritten = () => {
      this.#settle(hash)
      this.#onDocumented(document, message)
    }
    this.#state.append({ events, onWritten, onRefused: () => this.#refused(hash) })
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

  /**
   * Settles a row whose message has its document or needs none. The row keeps the plaintext until our receipt is acknowledged.
   */
  #settle(hash: string, failed?: 'refused'): void {
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return
    const { message: _, ...row } = decodeRow(encoded)
    const why = failed === undefined ? {} : { failed }
    this.#state.later({ inbox: { [hash]: encodeRow({ ...row, ...why, settled: true }) } })
  }

  /** Settles a row whose document Firestore refuses, since an open row would keep its message in the state for ever. */
  #refused(hash: string): void {
    const encoded = this.#state.image.get('inbox', hash)
    if (encoded === undefined) return
    const { message, document, plain = '' } = decodeRow(encoded)
    if (message && document !== undefined) this.#onRefused({ document, message, plain: Buffer.from(plain, 'base64') })
    this.#settle(hash, 'refused')
  }
}
