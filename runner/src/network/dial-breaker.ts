import { doubledMs } from '@holdfast/core/platform/backoff'
import type { ReasonCode } from '@holdfast/core/session/session-states'
import type { Clock } from '@holdfast/core/platform/ports'
import type { DialGate } from '../supervisor/dial-pacer.ts'

/** The pauses before a session may try whether WhatsApp lets anybody in. */
const PAUSES = { firstMs: 5000, limitMs: 60_000 }

/**
 * The time after which the breaker gives up on a trial that tells nothing, and lets another session try: during an outage, and after one,
 * when a session that hangs must not keep the others waiting.
 */
const TRIAL_MS = { during: 45_000, after: 5000 }

/** The time in which the rate of the ramp doubles. */
const RAMP_STEP_MS = 1000

/** What the breaker is told of the network. */
export interface Weather {
  /** The reason that sessions show while an outage keeps them from dialling. Null: none does. */
  readonly holds: ReasonCode | null
  /** Whether the last probe of WhatsApp, or a frame after it, says that WhatsApp can be reached. */
  readonly isReachable: boolean
}

/*
 * closed     every session may dial, at the pace of the runner
 * open       no session dials
 * half-open  one session dials, and its result decides
 * ramp       one dial in the first second, two in the next, then four, until the pace of the runner
 *
 * closed, ramp → open       an outage began
 * open → half-open          the outage is over; or it lasts, but WhatsApp can be reached, and the pause is over
 * half-open → ramp          the session came through
 * half-open → open          it failed during an outage, after a longer pause each time; or WhatsApp cannot be reached any more
 * half-open → half-open     it failed for a reason of its own, or told nothing: another session tries
 */
type Phase = 'closed' | 'open' | 'half-open' | 'ramp'

/** The circuit breaker of a runner: keeps its sessions from dialling WhatsApp while an outage is the cause of their failures. */
export class DialBreaker implements DialGate {
  readonly #clock: Clock
  readonly #perSecond: number
  #phase: Phase = 'closed'
  #holds: ReasonCode | null = null
  #isReachable = true
  /** Trials in a row that failed. */
  #trips = 0
  /** When the present phase began, and when the last dial was granted in it, by the monotonic clock. */
  #sinceMs = 0
  #grantedAtMs: number | null = null
  #cancelPause: () => void = () => {}
  #tell: () => void = () => {}

  constructor(options: { clock: Clock; perSecond: number }) {
    this.#clock = options.clock
    this.#perSecond = options.perSecond
  }

  get phase(): Phase {
    return this.#phase
  }

  get heldBecause(): ReasonCode | null {
    return this.#phase === 'open' || this.#phase === 'half-open' ? (this.#holds ?? 'outage-whatsapp') : null
  }

  onChange(callback: () => void): void {
    this.#tell = callback
  }

  waitMs(): number {
    const nowMs = this.#clock.monotonic()
    switch (this.#phase) {
      case 'closed':
        return 0
      case 'open':
        return Number.POSITIVE_INFINITY
      case 'half-open':
        return this.#grantedAtMs === null
          ? 0
          : Math.max(0, this.#grantedAtMs + (this.#holds === null ? TRIAL_MS.after : TRIAL_MS.during) - nowMs)
      case 'ramp':
        return this.#rampWaitMs(nowMs)
    }
  }

  granted(): void {
    this.#grantedAtMs = this.#clock.monotonic()
  }

  /** Hears of each change of the network. */
  judge({ holds, isReachable }: Weather): void {
    const isOtherReason = this.#holds !== holds
    this.#holds = holds
    this.#isReachable = isReachable
    if (holds === null) {
      if (this.#phase === 'open') this.#enter('half-open')
      return
    }
    if (this.#phase === 'closed' || this.#phase === 'ramp') return this.#open()
    if (this.#phase === 'half-open' && !isReachable) return this.#open()
    if (this.#phase === 'open' && isReachable && this.#isPauseOver) return this.#enter('half-open')
    if (isOtherReason) this.#tell()
  }

  /** A session came through. */
  cameThrough(): void {
    if (this.#phase !== 'half-open') return
    this.#trips = 0
    this.#enter('ramp')
  }

  /**
   * An attempt to connect failed. Only that of the trial tells something.
   *
   * @param dialledAtMs when it began, by the monotonic clock
   */
  failed(dialledAtMs: number): void {
    if (this.#phase !== 'half-open' || this.#grantedAtMs === null || dialledAtMs < this.#grantedAtMs) return
    if (this.#holds === null) return this.#enter('half-open')
    this.#trips++
    this.#open()
  }

  stop(): void {
    this.#cancelPause()
    this.#tell = () => {}
  }

  get #isPauseOver(): boolean {
    return this.#clock.monotonic() - this.#sinceMs >= doubledMs(PAUSES, this.#trips + 1)
  }

  #open(): void {
    this.#enter('open')
    const pauseMs = doubledMs(PAUSES, this.#trips + 1)
    this.#cancelPause = this.#clock.after(
      pauseMs,
      () => {
        if (this.#phase === 'open' && this.#isReachable) this.#enter('half-open')
      },
      'network',
    )
  }

  #enter(phase: Phase): void {
    this.#cancelPause()
    this.#phase = phase
    this.#sinceMs = this.#clock.monotonic()
    this.#grantedAtMs = null
    this.#tell()
  }

  #rampWaitMs(nowMs: number): number {
    const rate = 2 ** Math.floor((nowMs - this.#sinceMs) / RAMP_STEP_MS)
    if (rate >= this.#perSecond) {
      this.#phase = 'closed'
      return 0
    }
    return this.#grantedAtMs === null ? 0 : Math.max(0, this.#grantedAtMs + 1000 / rate - nowMs)
  }
}
