import type { MessageAddress } from '../../whatsapp/received-message.ts'
import { documentIdsOf } from './message-documents.ts'

/** The age, before its notice, up to which a message may still arrive in a stanza of its own. */
const OVERLAP_MS = 24 * 60 * 60 * 1000

/** Whether a message of a notice gets a row that remembers it. */
export const isRecent = ({ sentAtMs }: { readonly sentAtMs: number }, noticeAtMs: number): boolean =>
  sentAtMs > noticeAtMs - OVERLAP_MS

/** The row that makes a message's document, and the rows that wait for it. */
interface Reservation {
  readonly by: string
  readonly waiting: Set<string>
}

/**
 * Knows which messages have a document or will have one, under any name of their sender. A message may arrive in a stanza of its
 * own while a phone notice of it is processed: only one of the two rows makes the document. Rows are named by their hash.
 */
export class KnownMessages {
  readonly #documents = new Set<string>()
  readonly #reserved = new Map<string, Reservation>()
  /** Documents that the history made, by the row of their notice. No row remembers them, and they are forgotten with the notice. */
  readonly #passing = new Map<string, string[]>()

  has(message: MessageAddress): boolean {
    return documentIdsOf(message).some((id) => this.#documents.has(id))
  }

  /** Whether this document exists or is about to. */
  readonly isDocument = (document: string): boolean => this.#documents.has(document) || this.#reserved.has(document)

  add(document: string): void {
    this.#documents.add(document)
  }

  forget(document: string): void {
    this.#documents.delete(document)
  }

  isReserved(message: MessageAddress): boolean {
    return this.#reservationOf(message) !== undefined
  }

  /** Reserves the message's document for the row. Returns false when the document exists or another row makes it. */
  reserve(message: MessageAddress, row: string): boolean {
    if (this.has(message)) return false
    const other = this.#reservationOf(message)
    if (other) return other.by === row
    this.#reserved.set(documentIdsOf(message)[0], { by: row, waiting: new Set() })
    return true
  }

  /** Lets the row wait for the row that has reserved its message. */
  wait(message: MessageAddress, row: string): void {
    this.#reservationOf(message)?.waiting.add(row)
  }

  /**
   * Marks the message as documented. Returns the rows that waited for it.
   *
   * @param until the row whose release forgets the message again; null for a message that a row of its own remembers. A history has
   *   hundreds of thousands of messages, which must not stay in memory.
   */
  documented(message: MessageAddress, until: string | null): readonly string[] {
    const [id] = documentIdsOf(message)
    const waiting = this.#reserved.get(id)?.waiting ?? []
    this.#reserved.delete(id)
    if (until !== null && !this.#documents.has(id)) {
      const passing = this.#passing.get(until)
      if (passing) passing.push(id)
      else this.#passing.set(until, [id])
    }
    this.#documents.add(id)
    return [...waiting]
  }

  /** Releases all reservations of the row. Returns the rows that waited for it, whose documents are still missing. */
  release(row: string): readonly string[] {
    const released = [...this.#reserved].filter(([, { by }]) => by === row)
    for (const [id] of released) this.#reserved.delete(id)
    for (const id of this.#passing.get(row) ?? []) this.#documents.delete(id)
    this.#passing.delete(row)
    return released.flatMap(([, { waiting }]) => [...waiting])
  }

  #reservationOf(message: MessageAddress): Reservation | undefined {
    return documentIdsOf(message)
      .map((id) => this.#reserved.get(id))
      .find((found) => found !== undefined)
  }
}
