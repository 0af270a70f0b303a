import type { Clock, Random } from '@holdfast/core/platform/ports'
import {
  type Disconnect,
  type DisconnectClass,
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

/** The time after the first connection of a moved session in which another connection can only be that of its old owner. */
const ARRIVAL_MS = 10 * 60_000

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
    memory.rememberArrival(this.#clock.now())
    this.#remember(memory, null)
  }

  halt(): void {
    this.#halted = true
  }

  /** Ends the halt and keeps everything else: what binds the session binds it in its trial too. */
  goOn(): void {
    this.#halted = false
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

  classOf(disconnect: Disconnect, linking: Omit<Linking, 'everLoggedIn'>, { everLoggedIn }: SessionMemory): DisconnectClass {
    return classify(disconnect, { ...linking, everLoggedIn })
  }

  /** Takes back the attempts that were spent since the first sign of an outage, and ends the wait that followed from them. */
  excuse(sinceMs: number, memory: SessionMemory): void {
    if (!this.#failures.excuse(sinceMs)) return
    this.#dialAtMs = 0
    this.#remember(memory, null)
  }

  /**
   * Decides what follows a disconnect, and remembers what the next owner has to know.
   *
   * @param outageSinceMs the first sign of an outage that lasts, which spends no attempts; null without one
   */
  judge(
    disconnect: Disconnect,
    linking: Omit<Linking, 'everLoggedIn'>,
    memory: SessionMemory,
    outageSinceMs: number | null = null,
  ): Verdict {
    const counted = this.#failures.count(disconnect, { ...linking, everLoggedIn: memory.everLoggedIn }, outageSinceMs)
    const context = { ...counted, isArriving: this.#isArriving(memory) }
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

  /** Whether the program that the session was moved in from may show itself by a connection. */
  #isArriving({ movedIn }: SessionMemory): boolean {
    if (movedIn === null) return false
    return movedIn.connectedAtMs === null || this.#clock.now() - movedIn.connectedAtMs < ARRIVAL_MS
  }

  #remember(memory: SessionMemory, wait: Wait | null): void {
    memory.rememberFailures({ failures: this.#failures.record, wait })
  }
}
