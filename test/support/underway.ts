import type { EventReader } from './event-reader.ts'
import type { Ledger } from './figures.ts'

/** How many messages of a session have not arrived yet, as far as the service's events tell. */
export class Underway {
  readonly #ledger: Ledger
  readonly #arrived = new Set<string>()
  /** Positions in the ledger up to which everything has arrived. */
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
