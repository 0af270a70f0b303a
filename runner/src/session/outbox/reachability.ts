import type { Clock } from '@holdfast/core/platform/ports'
import type { Connection } from '../../whatsapp/port.ts'

/** A number may get an account at any time, so that a refusal is not kept for long. */
const KEPT_MS = 10 * 60_000
const KEPT_NUMBERS = 1000

/** Asks WhatsApp whether chats have an account, before the first message to each. Keeps refusals for ten minutes. */
export class Reachability {
  readonly #clock: Clock
  /** When each number without an account was last asked for, ms. */
  readonly #unreachable = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The connection itself knows the numbers that it has written to. Throws when WhatsApp does not answer. */
  async ask(connection: Connection, chat: string): Promise<boolean> {
    const askedAt = this.#unreachable.get(chat)
    const isKept = askedAt !== undefined && Math.abs(this.#clock.now() - askedAt) < KEPT_MS
    if (isKept) return false
    this.#unreachable.delete(chat)
    const reachable = await connection.isReachable(chat)
    if (!reachable) this.#unreachable.set(chat, this.#clock.now())
    const oldest = this.#unreachable.keys().next()
    if (this.#unreachable.size > KEPT_NUMBERS && !oldest.done) this.#unreachable.delete(oldest.value)
    return reachable
  }
}
