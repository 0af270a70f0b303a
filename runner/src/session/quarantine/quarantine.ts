import type { CrashRecord } from '@holdfast/core/session/session-document'
import type { Clock } from '@holdfast/core/platform/ports'
import { type CrashPolicy, NO_CRASHES, isSuspect, mustQuarantine, nextTrialMs } from './crash-record.ts'

/** The trial slot of a process. While one suspect is on trial, no other suspect is open in the process. */
export interface TrialSlot {
  /** Returns true when the session gets the slot. Otherwise calls `onTurn` later, when the session may ask again. */
  take(sessionId: string, onTurn: () => void): boolean
  free(sessionId: string): void
}

/**
 * The activity of a session, as its trial counts it.
 *
 * holding     the session is connected, shows a QR code, or waits for an operator
 * connecting  the session opens a connection, and a stanza that crashes its runner may come at any moment
 * waiting     the session waits for its next attempt, for its turn to dial, or for a state that cannot be opened
 */
export type Activity = 'holding' | 'connecting' | 'waiting'

/**
 * Decides from the crash record of a session whether it may be opened, and when it counts as harmless. The stanza
 * that crashes a runner comes over the session's connection: only a connection that holds acquits the session, and a
 * waiting session frees the trial slot.
 */
export class Quarantine {
  readonly #options
  #record: CrashRecord
  #stage: 'free' | 'suspect' | 'on-trial' | 'quarantined'
  #activity: { readonly kind: Activity; readonly sinceMs: number } | null = null
  /** True when the slot was offered and the session has not asked for it again yet. */
  #isOffered = false

  constructor(options: {
    sessionId: string
    clock: Clock
    policy: CrashPolicy
    slot: TrialSlot
    record: CrashRecord
    /** Writes the record into the session's document; resolves when that is durable. */
    write: (record: CrashRecord) => Promise<void>
    wake: () => void
  }) {
    const { record, policy } = options
    this.#options = options
    this.#record = record
    this.#stage = mustQuarantine(record) ? 'quarantined' : isSuspect(record, policy) ? 'suspect' : 'free'
  }

  get isQuarantined(): boolean {
    return this.#stage === 'quarantined'
  }

  get isOnTrial(): boolean {
    return this.#stage === 'on-trial'
  }

  /** Whether a quarantined session is due for its next trial. */
  get isTrialDue(): boolean {
    return this.#stage === 'quarantined' && this.#options.clock.now() >= nextTrialMs(this.#record)
  }

  /** When the session has held, or kept the slot while waiting, for long enough, or when its next trial is due, ms. */
  get dueAtMs(): number {
    if (this.#stage === 'quarantined') return nextTrialMs(this.#record)
    if (!this.#activity || !this.#isCounted(this.#activity.kind)) return Number.POSITIVE_INFINITY
    return this.#activity.sinceMs + this.#options.policy.stableMs
  }

  /** Returns whether the session's state, or a connection, may be opened now. Records a trial before it begins. */
  async mayOpen(): Promise<boolean> {
    const { sessionId, slot, write } = this.#options
    if (this.#stage === 'quarantined') return false
    if (this.#stage !== 'suspect') return true
    if (!slot.take(sessionId, () => this.#offer())) return false
    this.#isOffered = false
    this.#stage = 'on-trial'
    this.#activity = null
    this.#record = { ...this.#record, onTrial: true }
    await write(this.#record)
    return true
  }

  /** Counts the current activity. The session's loop calls it after each step. */
  look(kind: Activity): void {
    const now = this.#options.clock.now()
    if (this.#activity?.kind !== kind) this.#activity = { kind, sinceMs: now }
    if (this.#isOffered) this.#passOn()
    if (this.#stage === 'quarantined' || now < this.dueAtMs) return
    if (kind === 'holding') this.#acquit()
    else this.#adjourn()
  }

  /** Makes a quarantined session a suspect again, which has one more trial. */
  retry(): void {
    if (this.#stage === 'quarantined') this.#stage = 'suspect'
  }

  /** Ends the quarantine, because an operator restarted the session. */
  forgive(): void {
    if (this.#stage === 'quarantined') this.#acquit()
  }

  /** Frees the slot, because this process gives the session up without a crash. */
  end(): void {
    this.#options.slot.free(this.#options.sessionId)
  }

  #isCounted(kind: Activity): boolean {
    if (kind === 'waiting') return this.#stage === 'on-trial'
    return kind === 'holding' && (this.#stage === 'on-trial' || (this.#stage === 'free' && this.#record.shortLives > 0))
  }

  #offer(): void {
    this.#isOffered = true
    this.#options.wake()
  }

  /** Passes an offered slot on. The session asked for it earlier and may not need it any more; if it does, it asks again. */
  #passOn(): void {
    this.#isOffered = false
    this.end()
    this.#options.wake()
  }

  /** Ends the trial without a result, until the session connects again. A crash of this process in between does not accuse it. */
  #adjourn(): void {
    this.#stage = 'suspect'
    this.#record = { ...this.#record, onTrial: false }
    this.#options.write(this.#record).catch(() => {})
    this.end()
  }

  #acquit(): void {
    this.#stage = 'free'
    this.#record = NO_CRASHES
    this.#options.write(NO_CRASHES).catch(() => {})
    this.end()
  }
}
