import type { Clock } from '@holdfast/core/platform/ports'
import type { Heard } from '../../whatsapp/heard.ts'

/** How far the stored time may lag behind. WhatsApp unlinks a device after about 14 days, so some hours are exact enough. */
const STORED_EVERY_MS = 6 * 60 * 60_000

/**
 * When the phone was last known to be online: it wrote, receipted, or linked this device. What another device of the account did says
 * nothing of the phone.
 */
export class PhonePresence {
  readonly #clock: Clock
  #seenMs: number | null
  #storedMs: number | null

  constructor(clock: Clock, stored: Date | null) {
    this.#clock = clock
    this.#seenMs = stored?.getTime() ?? null
    this.#storedMs = this.#seenMs
  }

  get seenAt(): Date | null {
    return this.#seenMs === null ? null : new Date(this.#seenMs)
  }

  /** Returns whether the new time is to be stored at once. Otherwise it is stored along with the next change of the session. */
  heard({ isFromPhone, atMs }: Heard): boolean {
    if (!isFromPhone) return false
    const now = this.#clock.now()
    return this.#seen(Math.min(atMs ?? now, now))
  }

  /** The phone has just linked this device. */
  linked(): boolean {
    return this.#seen(this.#clock.now())
  }

  stored(): void {
    this.#storedMs = this.#seenMs
  }

  #seen(atMs: number): boolean {
    this.#seenMs = Math.max(this.#seenMs ?? 0, atMs)
    return this.#storedMs === null || this.#seenMs - this.#storedMs >= STORED_EVERY_MS
  }
}
