import type { CrashRecord } from '@holdfast/core/session/session-document'
import type { Clock } from '@holdfast/core/platform/ports'
import { type CrashPolicy, NO_CRASHES, mustQuarantine, isSuspect } from './crash-record.ts'

/** One at a time: while a suspect is on trial in this process, no other one is open in it. */
export interface TrialSlot {
  /** True when it is the session's turn; else `onTurn` is called when that may have changed. */
  take(sessionId: string, onTurn: () => void): boolean
  free(sessionId: string): void
}

/**
 * What a session is at, as far as its trial goes.
 *
 * holding     it is connected or shows a QR code, or nothing connects it before somebody acts
 * connecting  what endangers its runner may come at any moment
 * waiting     for the time of its next attempt, for its turn to dial, or for a state that cannot be had
 */
export type Activity = 'holding' | 'connecting' | 'waiting'

/**
 * Whether a session may be opened, as far as earlier owners died over it, and when it counts as harmless. What it is to be tried for
 * comes over its connection: only holding acquits it, and while it waits it does not keep others from their trials.
 */
export class Quarantine {
  readonly #options
  #record: CrashRecord
  #stage: 'free' | 'suspect' | 'on-trial' | 'quarantined'
  #activity: { readonly kind: Activity; readonly sinceMs: number } | null = null
  /** The slot was given to it while it was not looking. */
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

  /** When the session has held, or kept others waiting, for long enough, ms. */
  get dueAtMs(): number {
    if (!this.#activity || !this.#isCounted(this.#activity.kind)) return Number.POSITIVE_INFINITY
    return this.#activity.sinceMs + this.#options.policy.stableMs
  }

  /** Whether the session's state, or a connection of it, may be opened now. A trial is written down before it begins. */
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

  /** To be called by the session's loop after each step, with what the session is at now. */
  look(kind: Activity): void {
    const now = this.#options.clock.now()
    if (this.#activity?.kind !== kind) this.#activity = { kind, sinceMs: now }
    if (this.#isOffered) this.#passOn()
    if (now < this.dueAtMs) return
    if (kind === 'holding') this.#acquit()
    else this.#adjourn()
  }

  /** Somebody wants it to be tried again. */
  forgive(): void {
    if (this.#stage === 'quarantined') this.#acquit()
  }

  /** The session is given up by this process, which has not crashed over it. */
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

  /** It was about to be opened when it asked, and has not been: it may not be any more. If it is, it asks again. */
  #passOn(): void {
    this.#isOffered = false
    this.end()
    this.#options.wake()
  }

  /** Others have their turn until it is about to connect. If this process dies meanwhile, that is not its doing. */
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
