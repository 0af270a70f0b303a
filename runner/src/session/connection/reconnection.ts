import type { Clock, Random } from '@holdfast/core/platform/ports'
import {
  type Disconnect,
  type Linking,
  type ReconnectPolicy,
  type Verdict,
  classify,
  longestBindingDelayMs,
  verdict,
} from '@holdfast/core/session/disconnect-policy'
import type { Wait } from '@holdfast/core/journal/state-values'
import { Failures } from './failures.ts'
import type { SessionMemory } from '../session-memory.ts'

/** Whether the session may dial, and when: what the disconnects of the past allow. */
export class Reconnection {
  readonly #clock: Clock
  readonly #random: Random
  readonly #policy: ReconnectPolicy
  readonly #failures: Failures
  #halted: boolean
  #beginsAnew: boolean
  #hasRecalled = false
  #dialAtMs = 0

  /** `beginsAnew`: somebody had stopped the session and started it again, which ends what it was waiting for. */
  constructor(options: { clock: Clock; random: Random; policy: ReconnectPolicy; halted: boolean; beginsAnew: boolean }) {
    this.#clock = options.clock
    this.#random = options.random
    this.#policy = options.policy
    this.#halted = options.halted
    this.#beginsAnew = options.beginsAnew
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

  /**
   * What an earlier owner saw binds this one as well. Gives what the session still waits for. To be called with each state that is
   * read: what this owner has seen itself it need not be told.
   */
  recall(memory: SessionMemory): Wait | null {
    if (this.#beginsAnew) {
      this.#beginsAnew = false
      this.#hasRecalled = true
      this.#remember(memory, null)
      return null
    }
    const remembered = this.#hasRecalled ? null : memory.failures
    this.#hasRecalled = true
    if (!remembered) return null
    this.#failures.recall(remembered.failures)
    const now = this.#clock.now()
    if (!remembered.wait || remembered.wait.untilMs <= now) return null
    // Another machine's clock wrote it.
    this.#dialAtMs = Math.min(remembered.wait.untilMs, now + longestBindingDelayMs(this.#policy))
    return this.#halted ? null : { ...remembered.wait, untilMs: this.#dialAtMs }
  }

  /** WhatsApp has answered. */
  opened(memory: SessionMemory): void {
    this.#failures.opened()
    this.#remember(memory, null)
  }

  halt(): void {
    this.#halted = true
  }

  /** Somebody wants to try again what was waiting, or had been stopped for good. Without a state, when it has been read. */
  resume(memory: SessionMemory | null): void {
    this.#halted = false
    this.#dialAtMs = 0
    this.#failures.forget()
    if (memory) this.#remember(memory, null)
    else this.#beginsAnew = true
  }

  /** Whether another connection has taken the place of the one that ended. */
  isReplaced(disconnect: Disconnect, linking: Omit<Linking, 'everLoggedIn'>, { everLoggedIn }: SessionMemory): boolean {
    return classify(disconnect, { ...linking, everLoggedIn }) === 'replaced'
  }

  /** Decides what a disconnect means, and remembers it as far as the next owner has to know. */
  judge(disconnect: Disconnect, linking: Omit<Linking, 'everLoggedIn'>, memory: SessionMemory): Verdict {
    const context = this.#failures.count(disconnect, { ...linking, everLoggedIn: memory.everLoggedIn })
    const decision = verdict(disconnect, context, this.#policy, this.#random)
    if (decision.action === 'stop') {
      this.#halted = true
      if (decision.state === 'LOGGED_OUT') memory.rememberLogout()
      this.#remember(memory, null)
      return decision
    }
    this.#dialAtMs = this.#clock.now() + decision.delayMs
    const { state, reason } = decision
    const binds = decision.action === 'reconnect' && decision.bindsNextOwner
    this.#remember(memory, binds ? { untilMs: this.#dialAtMs, state, reason } : null)
    return decision
  }

  #remember(memory: SessionMemory, wait: Wait | null): void {
    memory.rememberFailures({ failures: this.#failures.record, wait })
  }
}
