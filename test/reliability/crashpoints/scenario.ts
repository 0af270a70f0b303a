import type { Chats } from './chats.ts'
import type { About } from './plan.ts'

/** A part of a session's life into which the cases inject faults. */
export interface Scenario {
  readonly name: string
  readonly runnerEnv?: Record<string, string>
  /** Whether time passes fast while the scenario waits, for delays of minutes. */
  readonly timePasses?: boolean
  /** Whether the scenario moves the clock by itself, for delays of days. */
  readonly isClockMovable?: boolean
  /** The process that gets the fault: the working one, or, after a kill of that one, the next one from its first step on. */
  readonly struck: 'working' | 'next'
  /** Whether each case begins with a new session that is not linked yet. */
  readonly links?: boolean
  /** Whether the cases strike the start and the periodic steps of every runner. */
  readonly isWhole?: boolean
  /** The topic of the scenario. It strikes the steps of its topic that many scenarios pass. */
  readonly about?: About
  /** The points with a death in this scenario, when other scenarios cover the rest. It strikes all others at random. */
  readonly diedAt?: readonly string[]
  /** Whether a process dies at each passage of these points, and not only at the first. */
  readonly strikesEachPassage?: boolean
  /** The time limit of the recovery, where a minute is too short by design. */
  readonly recoveryLimitMs?: number
  /** Runs before the count starts, while a process works. */
  prepare?(chats: Chats): Promise<void>
  /** Runs with `next` only, while no process works. */
  meanwhile?(chats: Chats): Promise<void>
  /** Triggers the event of the scenario. */
  act?(chats: Chats): Promise<void>
  /** Returns whether the event has completed, besides the delivery of all messages. It has to complete after any fault. */
  isOver?(chats: Chats): Promise<boolean>
}
