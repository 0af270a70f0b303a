import type { EventReader } from './event-reader.ts'

/** Tracks by the server's events the accounts that are connected with an empty offline queue. At first all accounts count. */
export class OpenAccounts {
  readonly #closed = new Set<string>()
  readonly #connections = new Map<string, number>()

  constructor(events: EventReader) {
    events.on(({ type, phone, connection }) => {
      if (phone === undefined) return
      if (type === 'login' && connection !== undefined) this.#connections.set(phone, connection)
      if (type === 'active') this.#closed.delete(phone)
      // A replaced connection ends after the start of the next one, so only the latest counts.
      const isLatest = (this.#connections.get(phone) ?? connection) === connection
      if (type === 'disconnect' && isLatest) this.#closed.add(phone)
    })
  }

  has(phone: string): boolean {
    return !this.#closed.has(phone)
  }
}
