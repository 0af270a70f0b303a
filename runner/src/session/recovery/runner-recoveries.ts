import type { LossCause, StepTaken } from '@holdfast/core/session/recovery-ladder'
import { HearingPeers } from '../hearing/peers.ts'
import { type Total, Totals } from '../totals.ts'

/** Steps that are remembered. The budget of a runner is far below. */
const MAX_STEPS = 100

/** What the sessions of one runner know of one another: who is lost, who hears, and which steps were taken. */
export class RunnerRecoveries {
  readonly peers = new HearingPeers()
  readonly totals: Totals
  readonly #held = new Set<string>()
  readonly #lost = new Map<string, LossCause>()
  readonly #steps: StepTaken[] = []

  constructor(totals: Totals = new Totals()) {
    this.totals = totals
  }

  count(what: Total): void {
    this.totals.count(what)
  }

  /** Steps beyond `reconnect`, the oldest first. */
  get steps(): readonly StepTaken[] {
    return this.#steps
  }

  holds(sessionId: string): void {
    this.#held.add(sessionId)
  }

  left(sessionId: string): void {
    this.#held.delete(sessionId)
    this.#lost.delete(sessionId)
    this.peers.left(sessionId)
  }

  lost(sessionId: string, cause: LossCause): void {
    this.#lost.set(sessionId, cause)
  }

  returned(sessionId: string): void {
    this.#lost.delete(sessionId)
  }

  took(step: StepTaken): void {
    this.count('recovery_steps')
    if (step.step === 'reconnect') return
    this.#steps.push(step)
    if (this.#steps.length > MAX_STEPS) this.#steps.shift()
  }

  /** Whether most sessions of the runner, and more than one, are lost to this cause. */
  isSick(cause: LossCause): boolean {
    const same = [...this.#lost.values()].filter((other) => other === cause).length
    return same > 1 && same * 2 > this.#held.size
  }
}
