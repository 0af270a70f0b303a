import { status } from '@grpc/grpc-js'
import { CallError } from '../grpc-service.ts'
import { exists, noTask } from './errors.ts'
import type { QueueSettings } from './queue-settings.ts'
import { RateLimit } from './rate-limit.ts'
import type { StoredTask } from './stored-task.ts'

/** The service remembers a name for about an hour after its task has ended. */
const NAME_IS_TAKEN_MS = 3_600_000

export type QueueState = 'RUNNING' | 'PAUSED'

/** The durable facts of a queue. */
export interface StoredQueue {
  /** projects/P/locations/L/queues/Q */
  readonly name: string
  state: QueueState
  settings: QueueSettings
  purgedAt: number | null
}

/** A queue with its tasks, in memory. */
export class Queue {
  readonly stored: StoredQueue
  readonly tasks = new Map<string, StoredTask>()
  /** Names of tasks that have ended, with the time of the end. */
  readonly ended = new Map<string, number>()
  readonly rate: RateLimit
  /** Deliveries under way. */
  running = 0

  constructor(stored: StoredQueue, now: number) {
    this.stored = stored
    this.rate = new RateLimit(stored.settings, now)
  }

  task(name: string): StoredTask {
    const task = this.tasks.get(name)
    if (!task) throw noTask()
    return task
  }

  /** Throws ALREADY_EXISTS when a task has the name, or had it a short time ago. */
  assertFree(name: string, now: number): void {
    if (this.tasks.has(name)) throw exists('Requested entity already exists')
    const endedAt = this.ended.get(name)
    if (endedAt === undefined) return
    if (now - endedAt < NAME_IS_TAKEN_MS)
      throw exists('The task cannot be created because a task with this name existed too recently.')
    this.ended.delete(name)
  }

  end(name: string, now: number): void {
    this.tasks.delete(name)
    this.ended.set(name, now)
  }

  /** Forgets the names that are free again. The oldest end comes first. */
  forget(now: number): void {
    for (const [name, endedAt] of this.ended) {
      if (now - endedAt < NAME_IS_TAKEN_MS) return
      this.ended.delete(name)
    }
  }
}

/** A deleted queue's name stays blocked. */
export const blocked = () =>
  new CallError(status.FAILED_PRECONDITION, 'The queue cannot be created because a queue with this name existed too recently.')
