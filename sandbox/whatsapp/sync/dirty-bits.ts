// Dirty bits name kinds of outdated data. A client receives them after each login, until it clears them.
import type { Line } from '../offline-queue.ts'
import { SERVER } from '../stanzas.ts'

export const DIRTY_TYPES = ['account_sync', 'groups', 'syncd_app_state'] as const

export type DirtyType = (typeof DIRTY_TYPES)[number]

export class DirtyBits {
  /** The time of each type, in seconds. */
  readonly #since = new Map<string, number>()

  get list(): { type: string; timestamp: number }[] {
    return [...this.#since].map(([type, timestamp]) => ({ type, timestamp }))
  }

  mark(type: DirtyType, timestamp: number): void {
    this.#since.set(type, timestamp)
  }

  /** Clears what the client has looked at: everything up to a time, or everything. */
  clean(type: string, timestamp: number | undefined): void {
    const since = this.#since.get(type)
    if (since !== undefined && (timestamp === undefined || timestamp >= since)) this.#since.delete(type)
  }

  tell(line: Line | undefined): void {
    for (const { type, timestamp } of this.list) {
      const dirty = { tag: 'dirty', attrs: { type, timestamp: String(timestamp) } }
      line?.send({ tag: 'ib', attrs: { from: SERVER }, content: [dirty] })
    }
  }
}
