import type { Clock } from '@holdfast/core/platform/ports'
import type { AskToDial, DialKind, DialTurn } from '../session/connection/dial-place.ts'

/** A device that is being linked leaves its place after this at the latest, so that one that hangs does not keep the others. */
const PLACE_LIMIT_MS = 60_000

interface Asking {
  readonly kind: DialKind
  readonly onGranted: () => void
  /** In the order of asking. */
  readonly number: number
  granted: boolean
  ended: boolean
  cancelLimit: () => void
}

/**
 * Spaces out the connection attempts of this runner: a burst at once, then a steady rate, in the order of asking. Devices that are
 * being linked are dear, so of those only a few are under way at a time; the others wait without holding anybody else up. One whose
 * phone has scanned goes before one that has yet to show its QR code: there a person is waiting.
 */
export class DialPacer {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #burst: number
  readonly #pairings: number
  #waiting: Asking[] = []
  #asked = 0
  /** Devices that are being linked at the moment. */
  #linking = 0
  /** When the bucket would be full again. */
  #fullAt = 0
  #cancelNext: (() => void) | null = null

  constructor(options: { clock: Clock; perSecond: number; burst: number; pairings: number }) {
    this.#clock = options.clock
    this.#intervalMs = 1000 / options.perSecond
    this.#burst = options.burst
    this.#pairings = options.pairings
  }

  readonly ask: AskToDial = (kind, onGranted): DialTurn => {
    const asking: Asking = { kind, onGranted, number: this.#asked++, granted: false, ended: false, cancelLimit: () => {} }
    this.#waiting.push(asking)
    this.#scheduleNext()
    return {
      get isGranted() {
        return asking.granted
      },
      end: () => this.#end(asking),
    }
  }

  /** Grants what may be granted now, and comes back when the next one may. */
  #grant(): void {
    this.#cancelNext = null
    for (let next = this.#next(); next && this.#waitMs() <= 0; next = this.#next()) this.#give(next)
    this.#scheduleNext()
  }

  #scheduleNext(): void {
    if (this.#cancelNext || !this.#next()) return
    this.#cancelNext = this.#clock.after(Math.max(0, this.#waitMs()), () => this.#grant(), 'dial-pacer')
  }

  /** The first that may go: rows of their own for what is limited and what is not, in the order of asking between their heads. */
  #next(): Asking | undefined {
    const login = this.#waiting.find(({ kind }) => kind === 'login')
    if (this.#linking >= this.#pairings) return login
    const scanned = this.#waiting.find(({ kind }) => kind === 'first-login')
    const linking = scanned ?? this.#waiting.find(({ kind }) => kind === 'pairing')
    if (!login || !linking) return login ?? linking
    return login.number < linking.number ? login : linking
  }

  /** How long until the rate allows one more. */
  #waitMs(): number {
    const now = this.#clock.monotonic()
    return Math.max(this.#fullAt, now) + this.#intervalMs - now - this.#burst * this.#intervalMs
  }

  #give(asking: Asking): void {
    this.#fullAt = Math.max(this.#fullAt, this.#clock.monotonic()) + this.#intervalMs
    this.#waiting = this.#waiting.filter((other) => other !== asking)
    asking.granted = true
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
