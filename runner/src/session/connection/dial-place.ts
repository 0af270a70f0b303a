import type { Clock } from '@holdfast/core/platform/ports'

/**
 * login        a device that has logged in before: costs little
 * pairing      no phone is linked yet: dear until the QR code is shown
 * first-login  a phone has scanned: keys are made and uploaded, and the phone sends what it has
 */
export type DialKind = 'login' | 'pairing' | 'first-login'

/** One session's turn at dialling. */
export interface DialTurn {
  readonly isGranted: boolean
  /** The attempt is over, not wanted any more, or so far that it leaves its place to the next one. Further calls change nothing. */
  end(): void
}

/** What limits the dials of all sessions of a runner. `onGranted` is not called before this has returned. */
export type AskToDial = (kind: DialKind, onGranted: () => void) => DialTurn

/** A first login has settled when WhatsApp has been quiet for so long: the phone has told what it had to tell. */
const QUIET_MS = 3000

/**
 * The place of one session among those that dial: asked for, given in turn, and kept as long as what follows is dear. A QR code
 * that is shown keeps no place: nobody knows when somebody scans it.
 */
export class DialPlace {
  readonly #ask: AskToDial
  readonly #clock: Clock
  readonly #wake: () => void
  #turn: DialTurn | null = null
  #kind: DialKind = 'login'
  #isOpen = false
  #heardAtMs = 0

  /** `wake` is called when the turn has come. */
  constructor(options: { ask: AskToDial; clock: Clock; wake: () => void }) {
    this.#ask = options.ask
    this.#clock = options.clock
    this.#wake = options.wake
  }

  /** It is waited for, or held. */
  get isTaken(): boolean {
    return this.#turn !== null
  }

  /** When there is reason to look whether the first login has settled, ms; infinity when none is under way. */
  get settlesAtMs(): number {
    return this.#turn && this.#isOpen ? this.#heardAtMs + QUIET_MS : Number.POSITIVE_INFINITY
  }

  /** Whether the session may dial now. Asks for its turn, if it has not yet. */
  mayDial(kind: DialKind): boolean {
    if (!this.#turn) {
      this.#kind = kind
      this.#isOpen = false
      this.#turn = this.#ask(kind, this.#wake)
    }
    return this.#turn.isGranted
  }

  /** The connection is on its way. */
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

  /** WhatsApp said something. */
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
