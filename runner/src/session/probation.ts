import type { CrashRecord } from '@holdfast/core/documents/session-document'
import type { Clock } from '@holdfast/core/ports'
import { type CrashPolicy, NO_CRASHES, isConvicted, isSuspect } from './crash-record.ts'

/** One at a time: while a suspect is on trial in this process, no other one is open in it. */
export interface TrialSlot {
  /** True when it is the session's turn; else `onTurn` is called when that may have changed. */
  take(sessionId: string, onTurn: () => void): boolean
  free(sessionId: string): void
}

/** Whether a session may be opened, as far as earlier owners died over it, and when it counts as harmless. */
export class Probation {
  readonly #options
  #record: CrashRecord
  #stage: 'free' | 'waiting' | 'on-trial' | 'quarantined'
  #stableAtMs: number

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
    const { record, policy, clock } = options
    this.#options = options
    this.#record = record
    this.#stage = isConvicted(record) ? 'quarantined' : isSuspect(record, policy) ? 'waiting' : 'free'
    this.#stableAtMs = this.#stage === 'free' && record.shortLives > 0 ? clock.now() + policy.stableMs : Number.POSITIVE_INFINITY
  }

  get isQuarantined(): boolean {
    return this.#stage === 'quarantined'
  }

  get isOnTrial(): boolean {
    return this.#stage === 'on-trial'
  }

  /** When the session has held for long enough, ms. */
  get dueAtMs(): number {
    return this.#stableAtMs
  }

  /** Whether the session may be opened now. A trial is written down before it begins. */
  async mayOpen(): Promise<boolean> {
    const { sessionId, slot, clock, policy, write, wake } = this.#options
    if (this.#stage === 'quarantined') return false
    if (this.#stage !== 'waiting') return true
    if (!slot.take(sessionId, wake)) return false
    this.#stage = 'on-trial'
    this.#record = { ...this.#record, onTrial: true }
    await write(this.#record)
    this.#stableAtMs = clock.now() + policy.stableMs
    return true
  }

  /** To be called by the session's loop: acquits a session that has held for long enough. */
  look(): void {
    if (this.#options.clock.now() >= this.#stableAtMs) this.#acquit()
  }

  /** Somebody wants it to be tried again. */
  forgive(): void {
    if (this.#stage === 'quarantined') this.#acquit()
  }

  /** The session is given up by this process, which has not crashed over it. */
  end(): void {
    this.#options.slot.free(this.#options.sessionId)
  }

  #acquit(): void {
    this.#stage = 'free'
    this.#stableAtMs = Number.POSITIVE_INFINITY
    this.#record = NO_CRASHES
    this.#options.write(NO_CRASHES).catch(() => {})
    this.end()
  }
}
