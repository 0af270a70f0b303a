import { within } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'

/** How often Firestore is asked over a connection of its own while our heartbeats fail. */
const ASK_EVERY_MS = 5000
const ANSWER_WITHIN_MS = 5000

/**
 * Whether a restart of this process would help. A stuck event loop needs no judgement: then nobody answers the probe. A process
 * whose heartbeat Firestore has not taken for long is stuck only if Firestore takes what others write; when it is away, a restart
 * would make things worse. WhatsApp has no say in this.
 */
export class Liveness {
  readonly #options
  #asking = false
  #askedAt = Number.NEGATIVE_INFINITY
  /** Since when a fresh connection is answered while our heartbeat is not; null while it is not answered either. */
  #onlyOursFailsSince: number | null = null

  constructor(options: {
    clock: Clock
    logger: Logger
    unrenewedForMs: () => number
    /** After so long without a renewal it is doubted, and after as long again in doubt it is over. */
    limitMs: number
    /** Asks Firestore over a connection that nothing else uses; rejects when it does not answer. */
    askAfresh: () => Promise<void>
  }) {
    this.#options = options
  }

  /** Null when the process is alive, or why it is not. Never waits: whoever probes is patient for a second. */
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
      logger.warn('Firestore answers a new connection, but does not take our heartbeat.')
    } catch {
      this.#onlyOursFailsSince = null
    } finally {
      this.#asking = false
    }
  }
}
