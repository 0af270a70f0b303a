import type { EventReader } from './event-reader.ts'

/** Which accounts are connected and through their offline queue, by the service's events. All of them are at first. */
export class OpenAccounts {
  readonly #closed = new Set<string>()
  readonly #connections = new Map<string, number>()

  constructor(events: EventReader) {
    events.on(({ type, phone, connection }) => {
      if (phone === undefined) return
      if (type === 'login' && connection !== undefined) this.#connections.set(phone, connection)
      if (type === 'active') this.#closed.delete(phone)
      // One that was replaced ends after the next has begun.
      const isLatest = (this.#connections.get(phone) ?? connection) === connection
      if (type === 'disconnect' && isLatest) this.#closed.add(phone)
    })
  }

  has(phone: string): boolean {
    return !this.#closed.has(phone)
  }
}
