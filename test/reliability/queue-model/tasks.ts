import type { Task, TaskQueues } from '@holdfast/core/platform/ports'
import type { Turns } from './turns.ts'

/** What becomes of a task: delivered at its time, twice, ten minutes late, or never. */
export const DELIVERIES = ['in time', 'twice', 'late', 'never'] as const

export type Delivery = (typeof DELIVERIES)[number]

const LATE_MS = 10 * 60_000
const REMEMBERED_MS = 60 * 60_000
const AGAIN_MS = 20_000
const MOST_TRIES = 5

/** Cloud Tasks: named tasks, each name once, remembered for an hour; a task whose handler fails is delivered again. */
export class TurnedTasks {
  readonly #turns: Turns
  readonly #deliveries: readonly Delivery[]
  readonly #handle: (task: Task) => Promise<unknown>
  /** The end of each task, ms; null while it waits. */
  readonly #known = new Map<string, number | null>()
  #count = 0
  /** The number of tasks that were never delivered, or late. */
  lost = 0

  /** @param deliveries what becomes of the first tasks; all later ones are delivered in time */
  constructor(turns: Turns, deliveries: readonly Delivery[], handle: (task: Task) => Promise<unknown>) {
    this.#turns = turns
    this.#deliveries = deliveries
    this.#handle = handle
  }

  queuesOf(actor: string): TaskQueues {
    return { enqueue: (task) => this.#turns.perform(actor, `task of ${actor}`, () => this.#enqueue(task)) }
  }

  #enqueue(task: Task): 'queued' | 'known' {
    const endedAt = this.#known.get(task.name)
    if (endedAt === null || (endedAt !== undefined && this.#turns.nowMs - endedAt < REMEMBERED_MS)) return 'known'
    this.#known.set(task.name, null)
    const delivery = this.#deliveries[this.#count++] ?? 'in time'
    const atMs = task.at?.getTime() ?? this.#turns.nowMs
    if (delivery === 'never' || delivery === 'late') this.lost++
    if (delivery === 'never') this.#known.set(task.name, atMs)
    else this.#deliver(task, atMs + (delivery === 'late' ? LATE_MS : 0), MOST_TRIES)
    if (delivery === 'twice') this.#deliver(task, atMs, MOST_TRIES)
    return 'queued'
  }

  #deliver(task: Task, atMs: number, tries: number): void {
    const again = (): void => {
      if (tries > 1) this.#deliver(task, this.#turns.nowMs + AGAIN_MS, tries - 1)
      else this.lost++
    }
    this.#turns.at('cloud tasks', atMs, () => {
      this.#handle(task).then(() => this.#known.set(task.name, this.#turns.nowMs), again)
    })
  }
}
