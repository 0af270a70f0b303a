import { deliver } from './delivery.ts'
import { deliveriesOf, NO_FAULTS, type Faults } from './faults.ts'
import type { Queue } from './queue.ts'
import type { Queues } from './queues.ts'
import { nextPauseMs } from './retry-policy.ts'
import { lastPart, type StoredTask } from './stored-task.ts'

/** The longest delay of a timer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Delivers the tasks of all queues at their times, within the limits of each queue. */
export class Dispatcher {
  readonly #queues: Queues
  readonly #underWay = new Set<StoredTask>()
  #timer: NodeJS.Timeout | null = null
  #isWoken = false
  #isClosed = false
  faults: Faults = NO_FAULTS

  constructor(queues: Queues) {
    this.#queues = queues
  }

  /** Looks at all tasks soon: after a change of tasks, of a queue, or of the time. */
  wake(): void {
    if (this.#isWoken) return
    this.#isWoken = true
    setImmediate(() => {
      this.#isWoken = false
      if (!this.#isClosed) this.#look()
    })
  }

  /** Delivers nothing more. Deliveries under way belong to the next process. */
  close(): void {
    this.#isClosed = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  #look(): void {
    if (this.#timer) clearTimeout(this.#timer)
    const now = Date.now()
    const next = Math.min(...[...this.#queues.all()].map((queue) => this.#lookAt(queue, now)))
    if (next < Infinity) this.#timer = setTimeout(() => this.wake(), Math.min(next - now, LONGEST_TIMER_MS))
  }

  /** Starts what may start. Returns the time of the next look at this queue; Infinity when a call or an answer brings it about. */
  #lookAt(queue: Queue, now: number): number {
    const { state, settings } = queue.stored
    if (state !== 'RUNNING') return Infinity
    let next = Infinity
    for (const task of queue.tasks.values()) {
      if (this.#underWay.has(task)) continue
      if (task.scheduledAt > now) {
        next = Math.min(next, task.scheduledAt)
        continue
      }
      if (queue.running >= settings.maxConcurrentDispatches) return next
      const waitMs = queue.rate.take(settings, now)
      if (waitMs > 0) return Math.min(next, now + waitMs)
      void this.#attempt(queue, task)
    }
    return next
  }

  async #attempt(queue: Queue, task: StoredTask): Promise<void> {
    this.#underWay.add(task)
    queue.running++
    const dispatchedAt = Date.now()
    const { scheduledAt } = task
    task.attempts++
    task.firstAttemptAt ??= dispatchedAt
    void this.#queues.save(task)
    const status = await this.#deliver(task)
    queue.running--
    if (this.#isClosed) return
    const respondedAt = status === null ? null : Date.now()
    task.lastAttempt = { scheduledAt, dispatchedAt, respondedAt, status }
    if (status !== null) task.responses++
    if (status !== null && (status < 500 || status > 599)) task.executions++
    await this.#conclude(queue, task, status)
    this.#underWay.delete(task)
    this.wake()
  }

  /** Delivers as often as the faults want, the same for the same name in every sandbox. A task that is dropped counts as delivered. */
  async #deliver(task: StoredTask): Promise<number | null> {
    const times = deliveriesOf(this.faults, lastPart(task.name), task.attempts)
    if (times !== 1) console.log(JSON.stringify({ fault: times === 0 ? 'dropped' : 'doubled', task: task.name }))
    if (times === 0) return 200
    const [status = null] = await Promise.all(Array.from({ length: times }, () => deliver(task)))
    return status
  }

  async #conclude(queue: Queue, task: StoredTask, status: number | null): Promise<void> {
    // Meanwhile the task was deleted, or its queue was purged.
    if (queue.tasks.get(task.name) !== task) return
    if (status !== null && status >= 200 && status <= 299) return await this.#queues.end(queue, task)
    const now = Date.now()
    const pauseMs = nextPauseMs(queue.stored.settings, {
      attempts: task.attempts,
      sinceFirstMs: now - (task.firstAttemptAt ?? now),
    })
    if (pauseMs === null) return await this.#queues.end(queue, task)
    task.scheduledAt = now + pauseMs
    await this.#queues.save(task)
  }
}
