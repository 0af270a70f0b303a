import type { QueueOptions } from '../tasks/queues.ts'

/**
 * Returns the pause before the next delivery, in milliseconds, as Cloud Tasks has it; null when the task ends. The pause begins with the
 * minimum, doubles so many times, then grows by the last doubled pause, up to the maximum.
 *
 * @param attempts deliveries so far, with the one that just failed
 */
export function pauseAfter({ retryConfig }: Pick<QueueOptions, 'retryConfig'>, attempts: number): number | null {
  const { maxAttempts, minBackoffSeconds, maxBackoffSeconds, maxDoublings } = retryConfig
  if (attempts >= maxAttempts) return null
  const failed = attempts - 1
  const factor = failed <= maxDoublings ? 2 ** failed : 2 ** maxDoublings * (failed - maxDoublings + 1)
  return Math.min(maxBackoffSeconds, minBackoffSeconds * factor) * 1000
}

/** Lets so many deliveries begin within any second. Times are monotonic milliseconds. */
export class DispatchRate {
  readonly #perSecond: number
  /** When the latest deliveries began, ascending. */
  readonly #begun: number[] = []

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Takes the right to begin one delivery. Returns 0, or the milliseconds to wait before asking again. */
  take(nowMs: number): number {
    while (this.#begun[0] !== undefined && this.#begun[0] <= nowMs - 1000) this.#begun.shift()
    if (this.#begun.length >= this.#perSecond) return (this.#begun[0] ?? nowMs) + 1000 - nowMs
    this.#begun.push(nowMs)
    return 0
  }
}
