import type { Clock } from '@holdfast/core/platform/ports'
import { type Disconnect, type DisconnectContext, type Linking, classify } from '@holdfast/core/session/disconnect-policy'

/** The time after which an open connection counts as working. A process counts as started after the same time. */
const STABLE_MS = 10_000

const HOUR_MS = 60 * 60 * 1000

/** The failures of a session that the next owner has to know. Times are milliseconds since the epoch. */
export interface FailureRecord {
  readonly whatsapp: number
  readonly pairings: number
  /** When a connection opened after these failures; null when none has. */
  readonly openedAtMs: number | null
  readonly replacedAtMs: readonly number[]
}

const NO_FAILURES: FailureRecord = { whatsapp: 0, pairings: 0, openedAtMs: null, replacedAtMs: [] }

/** Counts the disconnects of a session since it last worked, for the next decision. */
export class Failures {
  readonly #clock: Clock
  #network = 0
  #whatsapp = 0
  #restarts = 0
  #pairings = 0
  #openedAtMs: number | null = null
  /** The times at which this owner counted failures of WhatsApp and of pairings, ms. Earlier owners' times are not known. */
  #countedAtMs: { readonly kind: 'whatsapp' | 'pairings'; readonly atMs: number }[] = []
  #replacedAtMs: readonly number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The counts that the next owner continues. */
  get record(): FailureRecord {
    return {
      whatsapp: this.#whatsapp,
      pairings: this.#pairings,
      openedAtMs: this.#openedAtMs,
      replacedAtMs: this.#replacedAtMs,
    }
  }

  /** Continues the counts of an earlier owner. */
  recall({ whatsapp, pairings, openedAtMs, replacedAtMs }: FailureRecord): void {
    this.#whatsapp = whatsapp
    this.#pairings = pairings
    this.#openedAtMs = openedAtMs
    this.#replacedAtMs = replacedAtMs
    this.#countedAtMs = []
  }

  /** Called when WhatsApp answered with a QR code or a login. The session counts as working once the connection has lasted. */
  opened(): void {
    this.#openedAtMs = this.#clock.now()
  }

  /** Forgets all failures, because an operator restarted the session. */
  forget(): void {
    this.recall(NO_FAILURES)
    this.#network = 0
    this.#restarts = 0
  }

  /** Takes back the attempts that were spent since a time, because an outage was the cause. Returns whether there were any. */
  excuse(sinceMs: number): boolean {
    const excused = this.#countedAtMs.filter(({ atMs }) => atMs >= sinceMs)
    for (const { kind } of excused) {
      if (kind === 'whatsapp') this.#whatsapp = Math.max(0, this.#whatsapp - 1)
      else this.#pairings = Math.max(0, this.#pairings - 1)
    }
    this.#countedAtMs = this.#countedAtMs.filter(({ atMs }) => atMs < sinceMs)
    return excused.length > 0
  }

  /**
   * Counts one more disconnect and returns the context for the verdict on it.
   *
   * @param outageSinceMs the first sign of an outage that lasts: neither this failure nor those since then spend an attempt
   */
  count(disconnect: Disconnect, linking: Linking, outageSinceMs: number | null = null): DisconnectContext {
    const now = this.#clock.now()
    // A connection that ended right after it opened does not count as working.
    const hasWorked = this.#openedAtMs !== null && now - this.#openedAtMs >= STABLE_MS
    if (hasWorked) this.#beginAnew(linking)
    this.#openedAtMs = null
    this.#replacedAtMs = this.#replacedAtMs.filter((at) => at > now - HOUR_MS)
    const replacedWithinHour = this.#replacedAtMs.length
    this.#add(disconnect, linking, now)
    const inOutage = outageSinceMs !== null
    // The pauses of the network grow instead, so that nobody dials in a loop.
    if (inOutage && this.excuse(Math.min(outageSinceMs, now))) this.#network++
    return {
      ...linking,
      networkFailures: Math.max(1, this.#network),
      whatsappFailures: Math.max(1, this.#whatsapp),
      restarts: Math.max(1, this.#restarts),
      pairingRounds: Math.max(1, this.#pairings),
      replacedWithinHour,
      inOutage,
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
        this.#countedAtMs.push({ kind: 'whatsapp', atMs: now })
        break
      case 'restart':
        this.#restarts++
        break
      case 'pairing':
        this.#pairings++
        this.#countedAtMs.push({ kind: 'pairings', atMs: now })
        break
      case 'replaced':
        this.#replacedAtMs = [...this.#replacedAtMs, now]
        break
      case 'logged-out':
      case 'banned':
      case 'client-outdated':
      case 'refused':
        // The verdict on these does not depend on their number.
        break
    }
  }

  /**
   * Ends the rows of failures. Replacements still count for an hour, and a QR code alone does not end a row of unscanned codes.
   */
  #beginAnew({ everLoggedIn }: Linking): void {
    this.#network = 0
    this.#whatsapp = 0
    this.#countedAtMs = []
    this.#restarts = 0
    if (everLoggedIn) this.#pairings = 0
  }
}
