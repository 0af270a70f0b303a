import { messageContentPlace, messageDocumentSchema, messageOrder, messagesPath } from '@holdfast/core/documents/message-document'
import { parseStored } from '@holdfast/core/documents/parse'
import type { SessionCipher } from '@holdfast/core/envelope'
import { isInvalid } from '@holdfast/core/errors'
import { receivedMessageIdOf } from '@holdfast/core/ids'
import type { Logger } from '@holdfast/core/logging'
import type { Clock, DocumentStore, Merge } from '@holdfast/core/ports'
import { z } from 'zod'
import type { ReceivedMessage } from './connection.ts'
import type { Entry, RecordPlace } from './group.ts'
import type { KeyChanges } from '@holdfast/core/session-log/mutation'
import type { SessionState } from './session-state.ts'

/**
 * Received messages. A row is committed in the same record as the ratchet step that decrypted it (the ratchet cannot decrypt it
 * again), keyed by the hash of the ciphertext, so that a redelivered stanza is answered from the row.
 *
 * A row is *open* while it holds its message, *settled* once the message has a document (what the API reads) or needs none. The
 * plaintext stays until WhatsApp has acknowledged our receipt as well: what Baileys derives from it after the receipt (a sender
 * key, for example) is derived again when the stanza comes again. The row is forgotten when `KEEP_MS` have passed after that.
 *
 * PERSISTED CONTRACT v1: kind `inbox` of the state image.
 */
const rowSchema = z.object({
  /** WhatsApp's id of the stanza. */
  id: z.string(),
  /** When it was decrypted, ms. */
  at: z.number(),
  /** The padded plaintext, base64, while open. */
  plain: z.string().optional(),
  /** What its document will say, while open; absent when the stanza has no document. */
  message: z
    .object({
      messageId: z.string(),
      chat: z.string(),
      participant: z.string().nullable(),
      fromMe: z.boolean(),
      pushName: z.string().nullable(),
      type: z.string(),
      text: z.string().nullable(),
      proto: z.string(),
      sentAtMs: z.number(),
    })
    .optional(),
  /** Id of the message's document. Another stanza with the same message (a sender's retry) makes none of its own. */
  document: z.string().optional(),
  /** Its message has a document, or needs none. */
  settled: z.literal(true).optional(),
  /** WhatsApp has acknowledged the receipt. */
  acked: z.literal(true).optional(),
})

type Row = z.infer<typeof rowSchema>

const KIND = 'inbox'

/** What admits a stanza: the row, what rides on its record, and what to do once the row is in the image. */
interface Admission {
  readonly keys: KeyChanges
  readonly entry: Omit<Entry, 'mutation'>
  readonly onApplied: () => void
}

/** The server redelivers what it holds for up to 14 days. */
const KEEP_MS = 14 * 24 * 60 * 60 * 1000

/** A receipt that was never acknowledged in this time will not be asked for any more. */
const KEEP_UNACKED_MS = 30 * 24 * 60 * 60 * 1000

/** Beyond this many acknowledged rows the oldest go earlier. About 100 bytes each. */
const KEEP_ROWS = 10_000

/** Rows that a new owner documents in one commit. */
const ROWS_AT_ONCE = 100

/** What stands for the plaintext of a row that no longer holds it. */
export const DOCUMENTED = Symbol('documented')

export class Inbox {
  readonly #state: SessionState
  readonly #cipher: SessionCipher
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  /** Hashes of rows whose receipt is not acknowledged yet, by stanza id. */
  readonly #unacked = new Map<string, Set<string>>()
  /** Documents that rows have made or will make. */
  readonly #known = new Set<string>()
  #received = 0
  #lastReceivedMs: number | null = null

  constructor(options: { state: SessionState; cipher: SessionCipher; documents: DocumentStore; clock: Clock; logger: Logger }) {
    this.#state = options.state
    this.#cipher = options.cipher
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    for (const [hash, encoded] of this.#state.image.entries(KIND)) {
      const row = decodeRow(encoded)
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
    const encoded = this.#state.image.get(KIND, hash)
    if (encoded === undefined) return null
    const { plain } = decodeRow(encoded)
    return plain === undefined ? DOCUMENTED : Buffer.from(plain, 'base64')
  }

  /** The row of a newly decrypted stanza, and what rides on its record. To be committed together with the ratchet step. */
  admit(hash: string, stanzaId: string, plain: Buffer, message: ReceivedMessage | null): Admission {
    const document = message ? receivedMessageIdOf(message.chat, message.participant ?? '', message.messageId) : undefined
    const isNew = message && document !== undefined && !this.#known.has(document)
    const stored = isNew ? { ...message, proto: Buffer.from(message.proto).toString('base64') } : undefined
    const row: Row = {
      id: stanzaId,
      at: this.#clock.now(),
      plain: plain.toString('base64'),
      ...(stored ? { message: stored } : {}),
      ...(document === undefined ? {} : { document }),
    }
    const keys = { [KIND]: { [hash]: JSON.stringify(row) } }
    const onApplied = () => {
      this.#remember(stanzaId, hash)
      if (!stored || document === undefined) return
      this.#known.add(document)
      this.#received++
      this.#lastReceivedMs = this.#clock.now()
    }
    if (!stored || document === undefined) return { keys, entry: { onDurable: () => this.#settle(hash) }, onApplied }
    const writes = ({ sequence, index }: RecordPlace): Merge[] => [
      this.#documentOf(stored, document, messageOrder(sequence, index)),
    ]
    return { keys, entry: { writes, onWritten: () => this.#settle(hash) }, onApplied }
  }

  /** WhatsApp has acknowledged our receipt of a stanza: it will not come again. */
  receiptAcknowledged(stanzaId: string): void {
    const hashes = this.#unacked.get(stanzaId)
    if (!hashes) return
    this.#unacked.delete(stanzaId)
    const changes: Record<string, string> = {}
    for (const hash of hashes) {
      const encoded = this.#state.image.get(KIND, hash)
      if (encoded !== undefined) changes[hash] = encodeRow({ ...decodeRow(encoded), acked: true })
    }
    this.#state.later({ [KIND]: changes })
  }

  /**
   * Writes the documents of rows that were still open when the last owner ended. They come behind every document that is there
   * and before every one that this owner will write, so that a reader with a cursor misses none.
   */
  async documentOpenRows(sequence: number): Promise<number> {
    const open = [...this.#state.image.entries(KIND)].map(([hash, encoded]) => ({ hash, ...decodeRow(encoded) }))
    const undocumented = open.filter(({ settled }) => !settled)
    const documents = undocumented.flatMap(({ message, document }, index) =>
      message && document !== undefined ? [this.#documentOf(message, document, messageOrder(sequence, index))] : [],
    )
    const failed = new Set<string>()
    for (let start = 0; start < documents.length; start += ROWS_AT_ONCE) {
      for (const path of await this.#createMissing(documents.slice(start, start + ROWS_AT_ONCE))) failed.add(path)
    }
    const isRefused = ({ document }: { document?: string | undefined }) =>
      document !== undefined && failed.has(this.#pathOf(document))
    for (const row of undocumented) if (!isRefused(row)) this.#settle(row.hash)
    if (failed.size > 0) this.#logger.error({ paths: [...failed] }, 'Firestore refuses these messages; the journal keeps them.')
    return undocumented.length
  }

  /** Forgets what need not be remembered any longer. */
  forget(): void {
    const closed = [...this.#state.image.entries(KIND)]
      .map(([hash, encoded]) => ({ hash, ...decodeRow(encoded) }))
      .filter(({ settled }) => settled)
      .sort((a, b) => b.at - a.at)
    const now = this.#clock.now()
    const isGone = ({ at, acked }: Row, index: number): boolean =>
      (acked === true && (index >= KEEP_ROWS || now - at > KEEP_MS)) || now - at > KEEP_UNACKED_MS
    const gone = closed.filter(isGone).map(({ hash, id, document }) => {
      this.#forgetRow(id, hash, document)
      return [hash, null] as const
    })
    if (gone.length > 0) this.#state.later({ [KIND]: Object.fromEntries(gone) })
  }

  #forgetRow(stanzaId: string, hash: string, document: string | undefined): void {
    const hashes = this.#unacked.get(stanzaId)
    hashes?.delete(hash)
    if (hashes?.size === 0) this.#unacked.delete(stanzaId)
    if (document !== undefined) this.#known.delete(document)
  }

  #remember(stanzaId: string, hash: string): void {
    const hashes = this.#unacked.get(stanzaId)
    if (hashes) hashes.add(hash)
    else this.#unacked.set(stanzaId, new Set([hash]))
  }

  /** The message has its document, or needs none. The plaintext stays until WhatsApp will not send the stanza again. */
  #settle(hash: string): void {
    const encoded = this.#state.image.get(KIND, hash)
    if (encoded === undefined) return
    const { message: _, ...row } = decodeRow(encoded)
    this.#state.later({ [KIND]: { [hash]: encodeRow({ ...row, settled: true }) } })
  }

  /**
   * One owner at a time does this, and a document that is there stays as it is: whoever read it has read it under its order.
   * Gives the paths of documents that Firestore will never take, which must not keep a session from opening.
   */
  async #createMissing(documents: readonly Merge[]): Promise<string[]> {
    const found = await Promise.all(documents.map(({ path }) => this.#documents.read(path)))
    const missing = documents.filter((_, index) => !found[index])
    if (missing.length === 0) return []
    try {
      await this.#documents.commit(missing.map(({ path, fields }) => ({ kind: 'create', path, fields })))
      return []
    } catch (error) {
      if (!isInvalid(error)) throw error
      const [only, ...others] = missing
      if (only && others.length === 0) return [only.path]
      const half = Math.ceil(missing.length / 2)
      return [...(await this.#createMissing(missing.slice(0, half))), ...(await this.#createMissing(missing.slice(half)))]
    }
  }

  #pathOf(document: string): string {
    return `${messagesPath(this.#cipher.sessionId)}/${document}`
  }

  #documentOf(message: NonNullable<Row['message']>, documentId: string, order: string): Merge {
    const { messageId, chat, participant, fromMe, pushName, type, text, proto, sentAtMs } = message
    const path = this.#pathOf(documentId)
    const content = this.#cipher.sealContent(
      Buffer.from(JSON.stringify({ text, proto })),
      messageContentPlace(this.#cipher.sessionId, documentId),
    )
    const fields = { v: 1, messageId, chat, participant, fromMe, pushName, type, content, sentAt: new Date(sentAtMs), order }
    return { kind: 'merge', path, fields: parseStored(messageDocumentSchema, fields, path) }
  }
}

/** Once nobody needs the plaintext any more, the row only tells a redelivered stanza from a new one. */
const encodeRow = ({ plain, ...row }: Row): string =>
  JSON.stringify({ ...row, ...(plain === undefined || (row.settled && row.acked) ? {} : { plain }) } satisfies Row)

const decodeRow = (encoded: string): Row => JSON.parse(encoded) as Row
