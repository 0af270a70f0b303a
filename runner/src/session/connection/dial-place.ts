import type { Clock } from '@holdfast/core/platform/ports'
import type { ReasonCode } from '@holdfast/core/session/session-states'

/**
 * login        a device that has logged in before: cheap
 * pairing      a device without a phone: expensive until the QR code is shown
 * first-login  a device whose code was scanned: expensive, it makes and uploads keys, and the phone sends its history
 */
export type DialKind = 'login' | 'pairing' | 'first-login'

/** One session's turn at dialling. */
export interface DialTurn {
  readonly isGranted: boolean
  /** Why no session may dial at the moment, an outage. Null or absent: the session only waits for its turn. */
  readonly heldBecause?: ReasonCode | null
  /**
   * Frees the place for the next session: the attempt ended, was given up, or is past its expensive part. Later calls do nothing.
   */
  end(): void
}

/**
 * Asks for a turn. It limits the dials of all sessions of a runner. `onGranted` is also called when `heldBecause` has changed, and never
 * before this function returns.
 */
export type AskToDial = (kind: DialKind, onGranted: () => void) => DialTurn

/** The silence of WhatsApp that ends a first login: the phone has then sent all that it sends after pairing. */
const QUIET_MS = 3000

/**
 * The place of one session among the dialling sessions of a runner. The session asks for it, gets it in turn, and keeps it during
 * the expensive part of the connection. A shown QR code keeps no place, because a scan may take any time.
 */
export class DialPlace {
  readonly #ask: AskToDial
  readonly #clock: Clock
  readonly #wake: () => void
  #turn: DialTurn | null = null
  #kind: DialKind = 'login'
  #isOpen = false
  #heardAtMs = 0

  /** @param options.wake called when the turn is granted */
  constructor(options: { ask: AskToDial; clock: Clock; wake: () => void }) {
    this.#ask = options.ask
    this.#clock = options.clock
    this.#wake = options.wake
  }

  /** True while the session waits for its place or holds it. */
  get isTaken(): boolean {
    return this.#turn !== null
  }

  /** The outage for which the session waits; null when it does not wait for the end of one. */
  get heldBecause(): ReasonCode | null {
    return this.#turn?.heldBecause ?? null
  }

  /** When a first login counts as settled if WhatsApp stays quiet, ms; infinity when none is under way. */
  get settlesAtMs(): number {
    return this.#turn && this.#isOpen ? this.#heardAtMs + QUIET_MS : Number.POSITIVE_INFINITY
  }

  /** Returns whether the session may dial now. Asks for a turn at the first call. */
  mayDial(kind: DialKind): boolean {
    if (!this.#turn) {
      this.#kind = kind
      this.#isOpen = false
      this.#turn = this.#ask(kind, this.#wake)
    }
    return this.#turn.isGranted
  }

  /** Called when the connection was started. */
  dialled(): void {
    if (this.#kind === 'login') this.leave()
  }

  qrShown(): void {
    if (this.#kind === 'pairing') this.leave()
  }

  opened(): void {
    this.#isOpen = true
    this.heard()
  }

  /** Called for each frame of WhatsApp. */
  heard(): void {
    this.#heardAtMs = this.#clock.now()
  }

  leaveWhenSettled(): void {
    if (this.#clock.now() >= this.settlesAtMs) this.leave()
  }

  leave(): void {
    this.#turn?.end()
    this.#turn = null
  }
}
