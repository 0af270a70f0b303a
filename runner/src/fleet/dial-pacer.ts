import type { Clock } from '@holdfast/core/ports'

/** Spaces out the connection attempts of this runner: a burst at once, then a steady rate, in the order of asking. */
export class DialPacer {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #burst: number
  /** When the bucket would be full again. */
  #fullAt = 0

  constructor(options: { clock: Clock; perSecond: number; burst: number }) {
    this.#clock = options.clock
    this.#intervalMs = 1000 / options.perSecond
    this.#burst = options.burst
  }

  async turn(): Promise<void> {
    const now = this.#clock.monotonic()
    this.#fullAt = Math.max(this.#fullAt, now) + this.#intervalMs
    const waitMs = this.#fullAt - now - this.#burst * this.#intervalMs
    if (waitMs > 0) await this.#clock.sleep(waitMs)
  }
}
