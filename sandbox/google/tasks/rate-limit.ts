import { burstOf, type QueueSettings } from './queue-settings.ts'

/** A token bucket: each delivery takes a token, and tokens come back at the queue's rate. */
export class RateLimit {
  #tokens: number
  #filledAt: number

  constructor(settings: QueueSettings, now: number) {
    this.#tokens = burstOf(settings)
    this.#filledAt = now
  }

  /** Takes a token if there is one. Returns the milliseconds until the next one otherwise. */
  take(settings: QueueSettings, now: number): number {
    const rate = settings.maxDispatchesPerSecond / 1000
    // A clock that was set back fills nothing.
    this.#tokens = Math.min(burstOf(settings), this.#tokens + Math.max(0, now - this.#filledAt) * rate)
    this.#filledAt = now
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) / rate)
    this.#tokens -= 1
    return 0
  }
}
