import type { MessageAddress } from '../../whatsapp/port.ts'
import { documentIdsOf } from './message-documents.ts'

/** Whoever makes a message's document meanwhile: the row that tells of the message, and rows that wait for the outcome. */
interface Reservation {
  readonly by: string
  readonly waiting: Set<string>
}

/**
 * Which messages have a document, or will have one, by whatever name of their sender. A message may come by itself while a row that
 * tells of it is being worked through: only one of the two makes the document. Rows go by their hash.
 */
export class KnownMessages {
  readonly #documents = new Set<string>()
  readonly #reserved = new Map<string, Reservation>()

  has(message: MessageAddress): boolean {
    return documentIdsOf(message).some((id) => this.#documents.has(id))
  }

  add(document: string): void {
    this.#documents.add(document)
  }

  forget(document: string): void {
    this.#documents.delete(document)
  }

  isReserved(message: MessageAddress): boolean {
    return this.#reservationOf(message) !== undefined
  }

  /** False when somebody else makes the document, or it is there. */
  reserve(message: MessageAddress, row: string): boolean {
    if (this.has(message)) return false
    const other = this.#reservationOf(message)
    if (other) return other.by === row
    this.#reserved.set(documentIdsOf(message)[0], { by: row, waiting: new Set() })
    return true
  }

  /** The row waits for the one that has reserved its message. */
  wait(message: MessageAddress, row: string): void {
    this.#reservationOf(message)?.waiting.add(row)
  }

  /** The document is there. Returns the rows that waited for it. */
  documented(message: MessageAddress): readonly string[] {
    const [id] = documentIdsOf(message)
    const waiting = this.#reserved.get(id)?.waiting ?? []
    this.#reserved.delete(id)
    this.#documents.add(id)
    return [...waiting]
  }

  /** The row makes no document any more. Returns the rows that waited for it, whose documents nobody makes now. */
  release(row: string): readonly string[] {
    const released = [...this.#reserved].filter(([, { by }]) => by === row)
    for (const [id] of released) this.#reserved.delete(id)
    return released.flatMap(([, { waiting }]) => [...waiting])
  }

  #reservationOf(message: MessageAddress): Reservation | undefined {
    return documentIdsOf(message)
      .map((id) => this.#reserved.get(id))
      .find((found) => found !== undefined)
  }
}
