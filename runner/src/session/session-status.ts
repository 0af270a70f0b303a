import type { LastDisconnect } from '@holdfast/core/session/session-document'
import type { Clock } from '@holdfast/core/platform/ports'
import { isHalted, type ReasonCode, type SessionState } from '@holdfast/core/session/session-states'
import type { Claim } from './claim.ts'
import type { Engine } from './engine.ts'
import type { SessionEvent, SessionFigures, StatusDetails } from './events/session-event.ts'
import { mustQuarantine } from './quarantine/crash-record.ts'
import { CLAIMS, TRANSITIONS, stateAfterClaim } from './session-lifecycle.ts'

/** The status of a session, as its document shows it with each journal record, and its runner's heartbeat. */
export class SessionStatus {
  readonly #claim: Claim
  readonly #clock: Clock
  readonly #onUnknown: (change: StateChange) => void
  #state: SessionState
  #reason: ReasonCode | null = null
  /** When the session lost its connection; null while it has one. An outage goes on under the next owner. */
  #downSinceMs: number | null
  #lastProofOfLifeMs: number | null = null
  #lastDisconnect: LastDisconnect | null = null
  /** The counters of earlier owners and of earlier engines of this owner. */
  #counted: { sent: number; received: number }

  constructor(options: { claim: Claim; clock: Clock; onUnknown: (change: StateChange) => void }) {
    const { claim, clock, onUnknown } = options
    this.#claim = claim
    this.#clock = clock
    this.#onUnknown = onUnknown
    this.#counted = claim.session.counters
    this.#downSinceMs = claim.session.downSince?.getTime() ?? clock.now()
    const from = claim.session.state
    this.#state = stateAfterClaim(from, mustQuarantine(claim.crashes))
    if (!CLAIMS[from].includes(this.#state)) onUnknown({ from, to: this.#state, reason: 'claimed' })
  }

  /** Adds the counters of an engine that ends. */
  absorb(engine: Engine): void {
    this.#counted = this.#counters(engine)
  }

  /** Returns the current figures for the heartbeat, which is renewed every few seconds. */
  snapshot(muted: boolean, engine: Engine | null): SessionSnapshot {
    return {
      state: muted ? 'MUTED' : this.#state,
      epoch: this.#claim.head.epoch,
      lastProofOfLifeAt: dateOf(this.#lastProofOfLifeMs),
      lastInboundAt: dateOf(engine?.inbox.figures.lastReceivedMs ?? null),
      counters: this.#counters(engine),
    }
  }

  /** Called for each sign of life of WhatsApp's server. */
  provedAlive(): void {
    this.#lastProofOfLifeMs = this.#clock.now()
  }

  /** Stores a disconnect, which the next event of the session reports. */
  disconnected(disconnect: LastDisconnect): void {
    this.#lastDisconnect = disconnect
  }

  get state(): SessionState {
    return this.#state
  }

  /** Null before this owner's first change of state. */
  get reason(): ReasonCode | null {
    return this.#reason
  }

  /** True when the session waits for an operator. */
  get isHalted(): boolean {
    return isHalted(this.#state)
  }

  /**
   * Returns the event of a release. `shown` is null when the document keeps its state, as that of a
   * session that waits for an operator.
   */
  released(shown: { state: SessionState; reason: ReasonCode } | null, engine: Engine | null): SessionEvent {
    if (shown) {
      this.#check(shown.state, shown.reason)
      this.#downSinceMs = this.#downSinceAs(shown.state)
    }
    return { type: 'session.released', shown, figures: this.#figures(engine) }
  }

  /** Changes the state and returns the event. The details of the state before end with it. */
  enter(state: SessionState, reason: ReasonCode, details: StatusDetails, engine: Engine | null): SessionEvent {
    this.#change(state, reason)
    return { type: 'session.status', state, reason, details, figures: this.#figures(engine) }
  }

  /** Changes the state to PAIRING, with a QR code for the phone, and returns the event. */
  showQr(qr: string, expiresAt: Date, engine: Engine | null): SessionEvent {
    this.#change('PAIRING', 'scan-qr')
    return { type: 'session.qr', qr, expiresAt, figures: this.#figures(engine) }
  }

  #change(state: SessionState, reason: ReasonCode): void {
    this.#check(state, reason)
    this.#state = state
    this.#reason = reason
    this.#downSinceMs = this.#downSinceAs(state)
  }

  #downSinceAs(state: SessionState): number | null {
    return state === 'CONNECTED' ? null : (this.#downSinceMs ?? this.#clock.now())
  }

  /** Reports a change that the table does not list. The change is made all the same, because its cause has already happened. */
  #check(to: SessionState, reason: ReasonCode): void {
    const from = this.#state
    if (!TRANSITIONS[from].includes(to)) this.#onUnknown({ from, to, reason })
  }

  #figures(engine: Engine | null): SessionFigures {
    return {
      counters: this.#counters(engine),
      downSince: dateOf(this.#downSinceMs),
      lastProofOfLifeAt: dateOf(this.#lastProofOfLifeMs),
      lastInboundAt: dateOf(engine?.inbox.figures.lastReceivedMs ?? null),
      lastDisconnect: this.#lastDisconnect,
    }
  }

  /** Returns all counters. A crash loses the counts since the last write of the session's document. */
  #counters(engine: Engine | null): { sent: number; received: number } {
    const { sent, received } = this.#counted
    return { sent: sent + (engine?.outbox.sent ?? 0), received: received + (engine?.inbox.figures.received ?? 0) }
  }
}

/** A change of a session's state. */
export interface StateChange {
  readonly from: SessionState
  readonly to: SessionState
  readonly reason: ReasonCode
}

export interface SessionSnapshot {
  readonly state: SessionState
  readonly epoch: number
  readonly lastProofOfLifeAt: Date | null
  readonly lastInboundAt: Date | null
  readonly counters: { readonly sent: number; readonly received: number }
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
