import type { EventReader } from './event-reader.ts'
import type { Ledger } from './figures.ts'

/** Counts the messages of a session that have not arrived yet, by the server's events. */
export class Underway {
  readonly #ledger: Ledger
  readonly #arrived = new Set<string>()
  /** The positions in the ledger before which every message has arrived. */
  #firstAccepted = 0
  #firstIssued = 0

  constructor(ledger: Ledger, events: EventReader) {
    this.#ledger = ledger
    events.on(({ type, id, error }) => {
      if (id !== undefined && ((type === 'acked' && error === undefined) || type === 'receipt')) this.#arrived.add(id)
    })
  }

  of(session: { name: string }): number {
    const { accepted, issued } = this.#ledger
    while (this.#arrived.has(accepted[this.#firstAccepted]?.messageId ?? '')) this.#firstAccepted++
    while (this.#arrived.has(issued[this.#firstIssued]?.id ?? '')) this.#firstIssued++
    const isMissing = (id: string, name: string) => name === session.name && !this.#arrived.has(id)
    const outgoing = accepted.slice(this.#firstAccepted).filter((row) => isMissing(row.messageId, row.session))
    const incoming = issued.slice(this.#firstIssued).filter((row) => isMissing(row.id, row.session))
    return outgoing.length + incoming.length
  }
}
