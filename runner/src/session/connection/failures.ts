import type { Clock } from '@holdfast/core/platform/ports'
import { type Disconnect, type DisconnectContext, type Linking, classify } from '@holdfast/core/session/disconnect-policy'

/** As long as the process itself has to live to count as started. */
const STABLE_MS = 10_000

const HOUR_MS = 60 * 60 * 1000

/** What the next owner of a session has to know of its failures. Times are milliseconds since the epoch. */
export interface FailureRecord {
  readonly whatsapp: number
  readonly pairings: number
  /** When a connection had come about after them, if one had. */
  readonly openedAtMs: number | null
  readonly replacedAtMs: readonly number[]
}

const NO_FAILURES: FailureRecord = { whatsapp: 0, pairings: 0, openedAtMs: null, replacedAtMs: [] }

/** The disconnects of a session since it last worked, as far as the next decision needs them. */
export class Failures {
  readonly #clock: Clock
  #network = 0
  #whatsapp = 0
  #restarts = 0
  #pairings = 0
  #openedAtMs: number | null = null
  #replacedAtMs: readonly number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** For the next owner. */
  get record(): FailureRecord {
    return {
      whatsapp: this.#whatsapp,
      pairings: this.#pairings,
      openedAtMs: this.#openedAtMs,
      replacedAtMs: this.#replacedAtMs,
    }
  }

  /** What an earlier owner saw. */
  recall({ whatsapp, pairings, openedAtMs, replacedAtMs }: FailureRecord): void {
    this.#whatsapp = whatsapp
    this.#pairings = pairings
    this.#openedAtMs = openedAtMs
    this.#replacedAtMs = replacedAtMs
  }

  /** WhatsApp has answered, with a QR code or a login. Whether the session works again is known once that has lasted. */
  opened(): void {
    this.#openedAtMs = this.#clock.now()
  }

  /** Somebody asked for a new beginning. */
  forget(): void {
    this.recall(NO_FAILURES)
    this.#network = 0
    this.#restarts = 0
  }

  /** Counts one more disconnect and gives the context in which to judge it. */
  count(disconnect: Disconnect, linking: Linking): DisconnectContext {
    const now = this.#clock.now()
    // A connection that is ended right after it opened does not count as working.
    const hasWorked = this.#openedAtMs !== null && now - this.#openedAtMs >= STABLE_MS
    if (hasWorked) this.#beginAnew(linking)
    this.#openedAtMs = null
    this.#replacedAtMs = this.#replacedAtMs.filter((at) => at > now - HOUR_MS)
    const replacedWithinHour = this.#replacedAtMs.length
    this.#add(disconnect, linking, now)
    return {
      ...linking,
      networkFailures: Math.max(1, this.#network),
      whatsappFailures: Math.max(1, this.#whatsapp),
      restarts: Math.max(1, this.#restarts),
      pairingRounds: Math.max(1, this.#pairings),
      replacedWithinHour,
    }
  }

  #add(disconnect: Disconnect, linking: Linking, now: number): void {
    switch (classify(disconnect, linking)) {
      case 'network':
        this.#network++
        break
      case 'whatsapp':
      case 'bad-session':
        this.#whatsapp++
        break
      case 'restart':
        this.#restarts++
        break
      case 'pairing':
        this.#pairings++
        break
      case 'replaced':
        this.#replacedAtMs = [...this.#replacedAtMs, now]
        break
      case 'logged-out':
      case 'banned':
      case 'client-outdated':
      case 'refused':
        // Nothing depends on how often.
        break
    }
  }

  /** That it was replaced is remembered for an hour all the same, and a QR code alone does not end a row of those. */
  #beginAnew({ everLoggedIn }: Linking): void {
    this.#network = 0
    this.#whatsapp = 0
    this.#restarts = 0
    if (everLoggedIn) this.#pairings = 0
  }
}
