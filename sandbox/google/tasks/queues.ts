import { exists, noQueue } from './errors.ts'
import { blocked, Queue, type StoredQueue } from './queue.ts'
import { checkSettings, DEFAULT_SETTINGS, type QueueSettings } from './queue-settings.ts'
import { queueOf, type StoredTask } from './stored-task.ts'
import { TaskLog } from './task-log.ts'

/** What the file says, in its order. The last entry of a name counts. */
type Entry =
  | { queue: StoredQueue }
  | { deletedQueue: string }
  | { task: StoredTask }
  /** The end of a task, whether it was delivered, given up or deleted. */
  | { ended: string; at: number }

interface State {
  readonly queues: Map<string, Queue>
  readonly deleted: Set<string>
}

/** All queues with their tasks: in memory for reading, and on disk for the process that comes after this one. */
export class Queues {
  readonly #state: State
  readonly #log: TaskLog<Entry>

  private constructor(state: State, log: TaskLog<Entry>) {
    this.#state = state
    this.#log = log
  }

  static async load(path: string): Promise<Queues> {
    const state: State = { queues: new Map(), deleted: new Set() }
    const log = await TaskLog.open<Entry>(path, (entries) => {
      for (const entry of entries) apply(state, entry)
      return entriesOf(state)
    })
    return new Queues(state, log)
  }

  all(): Iterable<Queue> {
    return this.#state.queues.values()
  }

  get(name: string): Queue {
    const queue = this.#state.queues.get(name)
    if (!queue) throw noQueue()
    return queue
  }

  async create(name: string, changes: Partial<QueueSettings>): Promise<Queue> {
    if (this.#state.queues.has(name)) throw exists('Queue already exists')
    if (this.#state.deleted.has(name)) throw blocked()
    const settings = { ...DEFAULT_SETTINGS, ...changes }
    checkSettings(settings)
    const queue = new Queue({ name, state: 'RUNNING', settings, purgedAt: null }, Date.now())
    this.#state.queues.set(name, queue)
    await this.saveQueue(queue)
    return queue
  }

  /** Changes a queue, or creates it. */
  async update(name: string, changes: Partial<QueueSettings>): Promise<Queue> {
    const queue = this.#state.queues.get(name)
    if (!queue) return await this.create(name, changes)
    const settings = { ...queue.stored.settings, ...changes }
    checkSettings(settings)
    queue.stored.settings = settings
    await this.saveQueue(queue)
    return queue
  }

  async delete(name: string): Promise<void> {
    this.get(name)
    apply(this.#state, { deletedQueue: name })
    await this.#log.append({ deletedQueue: name })
  }

  async saveQueue(queue: Queue): Promise<void> {
    await this.#log.append({ queue: queue.stored })
  }

  /** Adds a task. Its name is taken at once, and it may be delivered when this resolves. */
  async add(queue: Queue, task: StoredTask): Promise<void> {
    try {
      queue.assertFree(task.name, Date.now())
    } catch (error) {
      // Whoever hears that the task is there may rely on it.
      await this.#log.written()
      throw error
    }
    queue.tasks.set(task.name, task)
    await this.save(task)
  }

  async save(task: StoredTask): Promise<void> {
    await this.#log.append({ task })
  }

  /** Ends a task. It is seen as gone when that is durable, so that no process brings back what was seen as gone. */
  async end(queue: Queue, { name }: StoredTask): Promise<void> {
    const at = Date.now()
    await this.#log.append({ ended: name, at })
    queue.end(name, at)
    queue.forget(at)
  }

  async close(): Promise<void> {
    await this.#log.close()
  }
}

function apply({ queues, deleted }: State, entry: Entry): void {
  if ('queue' in entry) {
    const { tasks, ended } = queues.get(entry.queue.name) ?? {}
    const queue = new Queue(entry.queue, Date.now())
    for (const [name, task] of tasks ?? []) queue.tasks.set(name, task)
    for (const [name, at] of ended ?? []) queue.ended.set(name, at)
    queues.set(entry.queue.name, queue)
  } else if ('deletedQueue' in entry) {
    queues.delete(entry.deletedQueue)
    deleted.add(entry.deletedQueue)
  } else if ('task' in entry) {
    queues.get(queueOf(entry.task.name))?.tasks.set(entry.task.name, entry.task)
  } else {
    queues.get(queueOf(entry.ended))?.end(entry.ended, entry.at)
  }
}

function entriesOf({ queues, deleted }: State): Entry[] {
  return [
    ...[...deleted].map((deletedQueue) => ({ deletedQueue })),
    ...[...queues.values()].flatMap((queue): Entry[] => {
      queue.forget(Date.now())
      return [
        { queue: queue.stored },
        ...[...queue.tasks.values()].map((task) => ({ task })),
        ...[...queue.ended].map(([ended, at]) => ({ ended, at })),
      ]
    }),
  ]
}
