import { within } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'

/** Interval of questions to Firestore over a fresh connection while heartbeats fail. */
const ASK_EVERY_MS = 5000
const ANSWER_WITHIN_MS = 5000

/**
 * Judges whether a restart of this process would help. A stuck event loop needs no judgement, because the probe then gets no answer. A
 * process whose heartbeat Firestore has not accepted for long is stuck only if Firestore answers others; while Firestore is away, a restart
 * would make things worse. WhatsApp has no say.
 */
export class Liveness {
  readonly #options
  #asking = false
  #askedAt = Number.NEGATIVE_INFINITY
  /** Since when Firestore answers fresh connections but not the heartbeat; null while it answers neither. */
  #onlyOursFailsSince: number | null = null

  constructor(options: {
    clock: Clock
    logger: Logger
    unrenewedForMs: () => number
    /** Time without a renewal after which the process is in doubt, and time in doubt after which it counts as stuck. */
    limitMs: number
    /** Asks Firestore over a connection of its own. Rejects when Firestore does not answer. */
    askAfresh: () => Promise<void>
  }) {
    this.#options = options
  }

  /** The reason why the process counts as stuck; null when it is alive. Answers at once, because a probe waits only a second. */
  get trouble(): string | null {
    const { clock, unrenewedForMs, limitMs } = this.#options
    if (unrenewedForMs() <= limitMs) {
      this.#onlyOursFailsSince = null
      return null
    }
    if (!this.#asking && clock.monotonic() - this.#askedAt >= ASK_EVERY_MS) void this.#ask()
    const since = this.#onlyOursFailsSince
    if (since === null || clock.monotonic() - since <= limitMs) return null
    return `Firestore answers, but has taken no heartbeat of this process for ${Math.round(unrenewedForMs() / 1000)} s.`
  }

  async #ask(): Promise<void> {
    const { clock, logger, askAfresh } = this.#options
    this.#asking = true
    this.#askedAt = clock.monotonic()
    try {
      await within(clock, ANSWER_WITHIN_MS, askAfresh())
      this.#onlyOursFailsSince ??= clock.monotonic()
      logger.warn('Firestore answers a new connection, but does not accept the heartbeat.')
    } catch {
      this.#onlyOursFailsSince = null
    } finally {
      this.#asking = false
    }
  }
}
