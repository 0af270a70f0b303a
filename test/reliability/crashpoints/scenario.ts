import type { Chats } from './chats.ts'
import type { About } from './plan.ts'

/** A piece of a session's life in which something is to go wrong. */
export interface Scenario {
  readonly name: string
  readonly runnerEnv?: Record<string, string>
  /** What is struck: the process that works, or the next one from its first step on, when the one that works was killed. */
  readonly struck: 'working' | 'next'
  /** Whether it begins with a session that is not linked yet, another one each time. */
  readonly links?: boolean
  /** Whether what every runner does at its start and all the time is struck here. */
  readonly isWhole?: boolean
  /** Steps that many scenarios pass are struck in those that are about them. */
  readonly about?: About
  /** Where the rest of it is struck in other scenarios: the points that are died at in this one. All others are struck by chance. */
  readonly diedAt?: readonly string[]
  /** How long everything may take to come right again, where a minute is not enough by design. */
  readonly recoveryLimitMs?: number
  /** While a process works and nothing counts yet. */
  prepare?(chats: Chats): Promise<void>
  /** With `next`: while no process works. */
  meanwhile?(chats: Chats): Promise<void>
  /** Has it happen. */
  act?(chats: Chats): Promise<void>
  /** Whether it has come to its end, besides everything being with whom it is for. It must, whatever goes wrong. */
  isOver?(chats: Chats): Promise<boolean>
}
