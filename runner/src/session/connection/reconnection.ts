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

/** Decides from past disconnects whether and when the session may dial. */
export class Reconnection {
  readonly #clock: Clock
  readonly #random: Random
  readonly #policy: ReconnectPolicy
  readonly #failures: Failures
  #halted: boolean
  #beginsAnew: boolean
  #hasRecalled = false
  #dialAtMs = 0

  /** @param options.beginsAnew the session was stopped and started again, which ends every earlier wait */
  constructor(options: { clock: Clock; random: Random; policy: ReconnectPolicy; halted: boolean; beginsAnew: boolean }) {
    this.#clock = options.clock
    this.#random = options.random
    this.#policy = options.policy
    this.#halted = options.halted
    this.#beginsAnew = options.beginsAnew
    this.#failures = new Failures(options.clock)
  }

  /** True when the session dials nothing until an operator acts. */
  get isHalted(): boolean {
    return this.#halted
  }

  /** When the next attempt may be made, ms; infinity while halted. */
  get dialAtMs(): number {
    return this.#halted ? Number.POSITIVE_INFINITY : this.#dialAtMs
  }

  /**
   * Continues the failures and the wait of an earlier owner, which bind this owner too. Returns the wait that is left. Must be
   * called with each state that is read; only the first call recalls, because this owner knows its own failures.
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
    // The clock of another machine wrote this time and may be ahead: no wait is longer than the policy allows.
    this.#dialAtMs = Math.min(remembered.wait.untilMs, now + longestBindingDelayMs(this.#policy))
    return this.#halted ? null : { ...remembered.wait, untilMs: this.#dialAtMs }
  }

  /** Called when WhatsApp answered with a QR code or a login. */
  opened(memory: SessionMemory): void {
    this.#failures.opened()
    this.#remember(memory, null)
  }

  halt(): void {
    this.#halted = true
  }

  /**
   * Ends the wait or the halt of the session, because an operator restarted it. Without a state, the
   * next `recall` forgets the rest.
   */
  resume(memory: SessionMemory | null): void {
    this.#halted = false
    this.#dialAtMs = 0
    this.#failures.forget()
    if (memory) this.#remember(memory, null)
    else this.#beginsAnew = true
  }

  /** Whether another connection replaced the one that ended. */
  isReplaced(disconnect: Disconnect, linking: Omit<Linking, 'everLoggedIn'>, { everLoggedIn }: SessionMemory): boolean {
    return classify(disconnect, { ...linking, everLoggedIn }) === 'replaced'
  }

  /** Decides what follows a disconnect, and remembers what the next owner has to know. */
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
