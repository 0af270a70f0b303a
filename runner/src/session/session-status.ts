import type { LastDisconnect } from '@holdfast/core/session/session-document'
import type { Clock } from '@holdfast/core/platform/ports'
import { isHalted, type ReasonCode, type SessionState } from '@holdfast/core/session/session-states'
import type { Claim } from './claim.ts'
import type { Engine } from './engine.ts'
import type { SessionEvent, SessionFigures, StatusDetails } from './events/session-event.ts'
import { mustQuarantine } from './quarantine/crash-record.ts'
import { CLAIMS, TRANSITIONS, stateAfterClaim } from './session-lifecycle.ts'

/** What a session says of itself: in its document, along with journal records, and in its runner's heartbeat. */
export class SessionStatus {
  readonly #claim: Claim
  readonly #clock: Clock
  readonly #onUnknown: (change: StateChange) => void
  #state: SessionState
  #reason: ReasonCode | null = null
  #lastProofOfLifeMs: number | null = null
  #lastDisconnect: LastDisconnect | null = null
  /** What was counted before, by earlier owners and by engines of this one. */
  #counted: { sent: number; received: number }

  constructor(options: { claim: Claim; clock: Clock; onUnknown: (change: StateChange) => void }) {
    const { claim, clock, onUnknown } = options
    this.#claim = claim
    this.#clock = clock
    this.#onUnknown = onUnknown
    this.#counted = claim.session.counters
    const from = claim.session.state
    this.#state = stateAfterClaim(from, mustQuarantine(claim.crashes))
    if (!CLAIMS[from].includes(this.#state)) onUnknown({ from, to: this.#state, reason: 'claimed' })
  }

  /** The engine's figures end with it. */
  absorb(engine: Engine): void {
    this.#counted = this.#counters(engine)
  }

  /** For the heartbeat, which vouches for it every few seconds: here the figures are fresh. */
  snapshot(muted: boolean, engine: Engine | null): SessionSnapshot {
    return {
      state: muted ? 'MUTED' : this.#state,
      epoch: this.#claim.head.epoch,
      lastProofOfLifeAt: dateOf(this.#lastProofOfLifeMs),
      lastInboundAt: dateOf(engine?.inbox.figures.lastReceivedMs ?? null),
      counters: this.#counters(engine),
    }
  }

  /** WhatsApp's server was heard. */
  provedAlive(): void {
    this.#lastProofOfLifeMs = this.#clock.now()
  }

  /** Told with whatever is written next. */
  disconnected(disconnect: LastDisconnect): void {
    this.#lastDisconnect = disconnect
  }

  get state(): SessionState {
    return this.#state
  }

  /** Null before this owner has said anything. */
  get reason(): ReasonCode | null {
    return this.#reason
  }

  /** It waits for somebody. */
  get isHalted(): boolean {
    return isHalted(this.#state)
  }

  /** Nobody owns the session from now on. A state that waits for somebody may keep saying so: `shown` is null then. */
  released(shown: { state: SessionState; reason: ReasonCode } | null, engine: Engine | null): SessionEvent {
    if (shown) this.#check(shown.state, shown.reason)
    return { type: 'session.released', shown, figures: this.#figures(engine) }
  }

  /** The session is in this state from now on. What belonged to the state before ends with it. */
  enter(state: SessionState, reason: ReasonCode, details: StatusDetails, engine: Engine | null): SessionEvent {
    this.#change(state, reason)
    return { type: 'session.status', state, reason, details, figures: this.#figures(engine) }
  }

  /** The session waits for a phone from now on. */
  showQr(qr: string, expiresAt: Date, engine: Engine | null): SessionEvent {
    this.#change('PAIRING', 'scan-qr')
    return { type: 'session.qr', qr, expiresAt, figures: this.#figures(engine) }
  }

  #change(state: SessionState, reason: ReasonCode): void {
    this.#check(state, reason)
    this.#state = state
    this.#reason = reason
  }

  /** What happened has happened: a change that the table does not have is reported, and made all the same. */
  #check(to: SessionState, reason: ReasonCode): void {
    const from = this.#state
    if (!TRANSITIONS[from].includes(to)) this.#onUnknown({ from, to, reason })
  }

  #figures(engine: Engine | null): SessionFigures {
    return {
      counters: this.#counters(engine),
      lastProofOfLifeAt: dateOf(this.#lastProofOfLifeMs),
      lastInboundAt: dateOf(engine?.inbox.figures.lastReceivedMs ?? null),
      lastDisconnect: this.#lastDisconnect,
    }
  }

  /** A crash forgets what was counted since the session's document was last written. */
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
