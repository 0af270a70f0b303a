import type { Clock, Random } from '@holdfast/core/ports'
import { type DisconnectContext, type ReconnectPolicy, type Verdict, verdict } from '@holdfast/core/verdict'
import { Failures } from './failures.ts'
import type { SessionMemory } from './session-memory.ts'

/** Whether the session may dial, and when: what the disconnects of the past allow. */
export class Reconnection {
  readonly #clock: Clock
  readonly #random: Random
  readonly #policy: ReconnectPolicy
  readonly #failures: Failures
  #halted: boolean
  #dialAtMs = 0

  constructor(options: { clock: Clock; random: Random; policy: ReconnectPolicy; halted: boolean }) {
    this.#clock = options.clock
    this.#random = options.random
    this.#policy = options.policy
    this.#halted = options.halted
    this.#failures = new Failures(options.clock)
  }

  /** Nothing is dialled until somebody acts. */
  get isHalted(): boolean {
    return this.#halted
  }

  /** When the next attempt may be made, ms; infinity while halted. */
  get dialAtMs(): number {
    return this.#halted ? Number.POSITIVE_INFINITY : this.#dialAtMs
  }

  /** What an earlier owner saw binds this one as well. */
  recall({ replaced }: SessionMemory): void {
    if (!replaced) return
    this.#failures.remember(replaced.atMs)
    this.#dialAtMs = replaced.dialAtMs
  }

  /** The session works. */
  opened(): void {
    this.#failures.opened()
  }

  halt(): void {
    this.#halted = true
  }

  /** What kept the session from dialling has ended. */
  release(): void {
    this.#halted = false
  }

  /** Somebody wants to try again what had been stopped for good. */
  resume(): void {
    this.#halted = false
    this.#dialAtMs = 0
    this.#failures.forget()
  }

  /** Decides what a disconnect means, and remembers it as far as the next owner has to know. */
  judge(code: number | undefined, known: Pick<DisconnectContext, 'paired' | 'qrShown'>, memory: SessionMemory): Verdict {
    const context = this.#failures.count(code, { ...known, everLoggedIn: memory.everLoggedIn })
    const decision = verdict({ code }, context, this.#policy, this.#random)
    if (decision.action === 'stop') {
      this.#halted = true
      if (decision.state === 'LOGGED_OUT') memory.rememberLogout()
      return decision
    }
    this.#dialAtMs = this.#clock.now() + decision.delayMs
    if (decision.action === 'reconnect' && decision.counts === 'replaced') {
      memory.rememberReplaced({ atMs: this.#failures.replacedAtMs, dialAtMs: this.#dialAtMs })
    }
    return decision
  }
}
