import type { Clock } from '@holdfast/core/platform/ports'
import type { ReasonCode } from '@holdfast/core/session/session-states'
import type { AskToDial, DialKind, DialTurn } from '../session/connection/dial-place.ts'

/** Time after which a linking device gives up its place, so that a hanging one does not block the others. */
const PLACE_LIMIT_MS = 60_000

/** Keeps sessions from dialling during an outage. */
export interface DialGate {
  /** The reason that waiting sessions show. Null: they wait for their turn only. */
  readonly heldBecause: ReasonCode | null
  /** Time until the next dial may begin, ms; infinity while none may. */
  waitMs(): number
  /** Called with each dial that begins. */
  granted(): void
  /** Sets the function to call when the answers above have changed. */
  onChange(callback: () => void): void
}

const OPEN_GATE: DialGate = { heldBecause: null, waitMs: () => 0, granted() {}, onChange() {} }

interface Asking {
  readonly kind: DialKind
  /** Also called when the reason of the wait has changed. */
  readonly onGranted: () => void
  /** Position in the order of asking. */
  readonly number: number
  granted: boolean
  ended: boolean
  cancelLimit: () => void
}

/**
 * Paces the connection attempts of this runner: a burst at once, then a steady rate, in the order of asking. Linking a device is expensive,
 * so only a few are under way at a time; the others wait without blocking logins. A device whose phone has scanned goes before one that
 * has yet to show its QR code, because a person is waiting. During an outage the gate holds all of them.
 */
export class DialPacer {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #burst: number
  readonly #pairings: number
  readonly #gate: DialGate
  #waiting: Asking[] = []
  #asked = 0
  /** Number of devices that are being linked now. */
  #linking = 0
  /** Time at which the bucket would be full again, ms. */
  #fullAt = 0
  #cancelNext: (() => void) | null = null

  constructor(options: { clock: Clock; perSecond: number; burst: number; pairings: number; gate?: DialGate }) {
    this.#clock = options.clock
    this.#intervalMs = 1000 / options.perSecond
    this.#burst = options.burst
    this.#pairings = options.pairings
    this.#gate = options.gate ?? OPEN_GATE
    this.#gate.onChange(() => this.#gateChanged())
  }

  readonly ask: AskToDial = (kind, onGranted): DialTurn => {
    const asking: Asking = { kind, onGranted, number: this.#asked++, granted: false, ended: false, cancelLimit: () => {} }
    this.#waiting.push(asking)
    this.#scheduleNext()
    const gate = this.#gate
    return {
      get isGranted() {
        return asking.granted
      },
      get heldBecause() {
        return asking.granted ? null : gate.heldBecause
      },
      end: () => this.#end(asking),
    }
  }

  /** Grants all attempts that may begin now, and sets a timer for the next one. */
  #grant(): void {
    this.#cancelNext = null
    for (let next = this.#next(); next && this.#waitMs() <= 0; next = this.#next()) this.#give(next)
    this.#scheduleNext()
  }

  #scheduleNext(): void {
    if (this.#cancelNext || !this.#next()) return
    const waitMs = this.#waitMs()
    // The gate tells when it opens.
    if (waitMs === Number.POSITIVE_INFINITY) return
    this.#cancelNext = this.#clock.after(Math.max(0, waitMs), () => this.#grant(), 'dial-pacer')
  }

  #gateChanged(): void {
    this.#cancelNext?.()
    this.#cancelNext = null
    this.#scheduleNext()
    for (const { onGranted } of this.#waiting) onGranted()
  }

  /** The next attempt that may begin. Limited and unlimited attempts have separate rows; the earlier head goes first. */
  #next(): Asking | undefined {
    const login = this.#waiting.find(({ kind }) => kind === 'login')
    if (this.#linking >= this.#pairings) return login
    const scanned = this.#waiting.find(({ kind }) => kind === 'first-login')
    const linking = scanned ?? this.#waiting.find(({ kind }) => kind === 'pairing')
    if (!login || !linking) return login ?? linking
    return login.number < linking.number ? login : linking
  }

  /** Time until the rate and the gate allow one more attempt, ms. */
  #waitMs(): number {
    const now = this.#clock.monotonic()
    return Math.max(this.#gate.waitMs(), Math.max(this.#fullAt, now) + this.#intervalMs - now - this.#burst * this.#intervalMs)
  }

  #give(asking: Asking): void {
    this.#fullAt = Math.max(this.#fullAt, this.#clock.monotonic()) + this.#intervalMs
    this.#waiting = this.#waiting.filter((other) => other !== asking)
    asking.granted = true
    this.#gate.granted()
    if (asking.kind !== 'login') {
      this.#linking++
      asking.cancelLimit = this.#clock.after(PLACE_LIMIT_MS, () => this.#end(asking), 'dial-pacer')
    }
    asking.onGranted()
  }

  #end(asking: Asking): void {
    if (asking.ended) return
    asking.ended = true
    asking.cancelLimit()
    if (!asking.granted) this.#waiting = this.#waiting.filter((other) => other !== asking)
    else if (asking.kind !== 'login') this.#linking--
    if (this.#waiting.length === 0) this.#cancelNext?.()
    if (this.#waiting.length === 0) this.#cancelNext = null
    this.#scheduleNext()
  }
}
