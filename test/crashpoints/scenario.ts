import type { Chats } from './chats.ts'

/** A piece of a session's life in which something is to go wrong. */
export interface Scenario {
  readonly name: string
  readonly runnerEnv?: Record<string, string>
  /** What is struck: the process that works, or the next one from its first step on, when the one that works was killed. */
  readonly struck: 'working' | 'next'
  /** Before the points count; with `next`, while no process works. */
  prepare?(chats: Chats): Promise<void>
  /** Has it happen. Nothing in it waits for a process that may die of it. */
  act?(chats: Chats): Promise<void>
  /** Whether it is over, for a run in which nothing goes wrong. */
  isOver?(chats: Chats): Promise<boolean>
}
