import type { LastDisconnect, RecoveryMemory } from '@holdfast/core/session/session-document'
import type { RecordCounts } from '@holdfast/core/session/record-counts'
import type { Clock } from '@holdfast/core/platform/ports'
import { nextStatuses, type StatusAt } from '@holdfast/core/session/status-webhook'
import { isHalted, type ReasonCode, type SessionState } from '@holdfast/core/session/session-states'
import type { Claim } from './claim.ts'
import type { Engine } from './engine.ts'
import type {
  Move,
  SessionEvent,
  SessionFigures,
  SessionQrShown,
  SessionStatusChanged,
  StatusDetails,
} from './events/session-event.ts'
import { mustQuarantine } from './quarantine/crash-record.ts'
import { CLAIMS, TRANSITIONS, stateAfterClaim } from './session-lifecycle.ts'

/** The status of a session, as its document shows it with each journal record, and its runner's heartbeat. */
export class SessionStatus {
  readonly #claim: Claim
  readonly #clock: Clock
  readonly #onUnknown: (change: StateChange) => void
  readonly #watched: () => WatchedFigures
  #state: SessionState
  #reason: ReasonCode | null = null
  /** The last event about the state. Null before this owner's first change of state. */
  #stated: SessionStatusChanged | SessionQrShown | null = null
  /** The last statuses that were told, also by earlier owners. */
  #statuses: readonly StatusAt[]
  /** When the session lost its connection; null while it has one. An outage goes on under the next owner. */
  #downSinceMs: number | null
  #lastProofOfLifeMs: number | null = null
  #lastDisconnect: LastDisconnect | null = null
  /** The counters of earlier owners and of earlier engines of this owner. */
  #counted: { sent: number; received: number }

  constructor(options: { claim: Claim; clock: Clock; onUnknown: (change: StateChange) => void; watched: () => WatchedFigures }) {
    const { claim, clock, onUnknown } = options
    this.#watched = options.watched
    this.#claim = claim
    this.#clock = clock
    this.#onUnknown = onUnknown
    this.#counted = claim.session.counters
    this.#statuses = claim.session.statuses
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
      downSince: dateOf(this.#downSinceMs),
      deafSince: this.#watched().deafSince,
      phoneSeenAt: this.#watched().phoneSeenAt,
      ...(engine?.archive.waitsSince ? { archiveWaitSince: engine.archive.waitsSince } : {}),
      ...(engine ? { records: engine.records.counts() } : {}),
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
  released(
    shown: { state: SessionState; reason: ReasonCode } | null,
    engine: Engine | null,
    movesTo: Move | null = null,
  ): SessionEvent {
    if (shown) {
      this.#check(shown.state, shown.reason)
      this.#downSinceMs = this.#downSinceAs(shown.state)
    }
    const statuses = shown && this.#tell(shown.state)
    return { type: 'session.released', shown, movesTo, figures: this.#figures(engine), statuses }
  }

  /** Changes the state and returns the event. The details of the state before end with it. */
  enter(state: SessionState, reason: ReasonCode, details: StatusDetails, engine: Engine | null): SessionEvent {
    this.#change(state, reason)
    const statuses = this.#tell(state)
    return (this.#stated = { type: 'session.status', state, reason, details, figures: this.#figures(engine), statuses })
  }

  /**
   * Returns the last event about the state again, because somebody else has written another state into the document. Null when this
   * owner has stated none, because an earlier owner halted the session.
   *
   * @param shown the last statuses that the document shows. Whoever was told of a later one than this owner's is told anew
   */
  restated(engine: Engine | null, shown: readonly StatusAt[]): SessionEvent | null {
    if (!this.#stated && this.isHalted) return null
    const statuses = this.#tellAfter(shown)
    if (this.#stated) return { ...this.#stated, figures: this.#figures(engine), statuses }
    const stated = { type: 'session.status', state: this.#state, reason: 'claimed', details: {} } as const
    return { ...stated, figures: this.#figures(engine), statuses }
  }

  #tellAfter(shown: readonly StatusAt[]): readonly StatusAt[] | null {
    const [theirs, own] = [shown, this.#statuses].map((list) => list.at(-1)?.at.getTime() ?? 0)
    if (Number(theirs) <= Number(own)) return null
    this.#statuses = shown
    return this.#tell(this.#state)
  }

  /** Changes the state to PAIRING, with a QR code for the phone, and returns the event. */
  showQr(qr: string, expiresAt: Date, engine: Engine | null): SessionEvent {
    this.#change('PAIRING', 'scan-qr')
    const statuses = this.#tell('PAIRING')
    return (this.#stated = { type: 'session.qr', qr, expiresAt, figures: this.#figures(engine), statuses })
  }

  /** Returns the last three statuses if the API shows another one from now on, or another QR code; otherwise null. */
  #tell(state: SessionState): readonly StatusAt[] | null {
    const next = nextStatuses(this.#statuses, state, this.#clock.now())
    if (next) this.#statuses = next
    return next
  }

  #change(state: SessionState, reason: ReasonCode): void {
    this.#check(state, reason)
    this.#state = state
    this.#reason = reason
    this.#downSinceMs = this.#downSinceAs(state)
  }

  #downSinceAs(state: SessionState): number | null {
    // A stopped session misses nothing. Its next outage begins when it is wanted again.
    return state === 'CONNECTED' || state === 'STOPPED' ? null : (this.#downSinceMs ?? this.#clock.now())
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
      phoneSeenAt: this.#watched().phoneSeenAt,
      recovery: this.#watched().recovery,
      records: engine ? engine.records.counts() : null,
    }
  }

  /** Returns all counters. A crash loses the counts since the last write of the session's document. */
  #counters(engine: Engine | null): { sent: number; received: number } {
    const { sent, received } = this.#counted
    return { sent: sent + (engine?.outbox.sent ?? 0), received: received + (engine?.inbox.figures.received ?? 0) }
  }
}

/** What the watch of a session knows. */
export interface WatchedFigures {
  readonly deafSince: Date | null
  readonly phoneSeenAt: Date | null
  readonly recovery: RecoveryMemory | null
}

/** The figures of a session that nobody watches. */
export const UNWATCHED: WatchedFigures = { deafSince: null, phoneSeenAt: null, recovery: null }

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
  readonly downSince: Date | null
  readonly deafSince: Date | null
  readonly phoneSeenAt: Date | null
  /** Absent while no message waits for an archive of a later version. */
  readonly archiveWaitSince?: Date
  /** Absent while no state is in memory. */
  readonly records?: RecordCounts
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
