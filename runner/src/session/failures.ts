import type { Clock } from '@holdfast/core/ports'
import type { DisconnectContext } from '@holdfast/core/verdict'

/** As long as the process itself has to live to count as started. */
const STABLE_MS = 10_000

const HOUR_MS = 60 * 60 * 1000

const isNetwork = (code: number | undefined): boolean => code === undefined || code === 408 || code === 428

/** The disconnects of a session since it last worked, as far as the next decision needs them. */
export class Failures {
  readonly #clock: Clock
  #network = 0
  #whatsapp = 0
  #restarts = 0
  #openedAtMs: number | null = null
  #replacedAtMs: readonly number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** When it was replaced within the last hour. */
  get replacedAtMs(): readonly number[] {
    return this.#replacedAtMs
  }

  /** What an earlier owner saw. */
  remember(replacedAtMs: readonly number[]): void {
    this.#replacedAtMs = replacedAtMs
  }

  /** The session works again. That it was replaced is remembered for an hour all the same. */
  opened(): void {
    this.#network = 0
    this.#restarts = 0
    this.#openedAtMs = this.#clock.now()
  }

  /** Somebody asked for a new beginning. */
  forget(): void {
    this.#network = 0
    this.#whatsapp = 0
    this.#restarts = 0
    this.#replacedAtMs = []
  }

  /** Counts one more disconnect and gives the context in which to judge it. */
  count(code: number | undefined, known: Pick<DisconnectContext, 'everLoggedIn' | 'paired' | 'qrShown'>): DisconnectContext {
    const now = this.#clock.now()
    // A connection that WhatsApp ends right after it opened does not count as working.
    if (this.#openedAtMs !== null && now - this.#openedAtMs >= STABLE_MS) this.#whatsapp = 0
    this.#openedAtMs = null
    this.#replacedAtMs = this.#replacedAtMs.filter((at) => at > now - HOUR_MS)
    const replacedWithinHour = this.#replacedAtMs.length
    if (code === 440) this.#replacedAtMs = [...this.#replacedAtMs, now]
    else if (isNetwork(code)) this.#network++
    else if (code === 515) this.#restarts++
    else this.#whatsapp++
    return {
      ...known,
      networkFailures: Math.max(1, this.#network),
      whatsappFailures: Math.max(1, this.#whatsapp),
      restarts: this.#restarts,
      replacedWithinHour,
    }
  }
}
