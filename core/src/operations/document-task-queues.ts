import { HoldfastError } from '../platform/errors.ts'
import type { Clock, DocumentStore, Task, TaskQueues } from '../platform/ports.ts'
import { dueTaskPath } from './due-task-document.ts'

/** The embedded queue: its tasks are documents, which the API server delivers. */
export class DocumentTaskQueues implements TaskQueues {
  readonly #documents: Pick<DocumentStore, 'commit' | 'read'>
  readonly #clock: Clock

  constructor(options: { documents: Pick<DocumentStore, 'commit' | 'read'>; clock: Clock }) {
    this.#documents = options.documents
    this.#clock = options.clock
  }

  /**
   * Resolves with `known` also when this call has created the task and did not hear of it: nobody can tell that from a task of another.
   *
   * @throws HoldfastError `unavailable` when Firestore does not take the task; it may exist all the same
   */
  async enqueue(task: Task): Promise<'queued' | 'known'> {
    const { queue, payload, at = new Date(this.#clock.now()) } = task
    const path = dueTaskPath(task)
    try {
      await this.#documents.commit([{ kind: 'create', path, fields: { v: 1, queue, payload, dueAt: at, attempts: 0 } }])
      return 'queued'
    } catch (cause) {
      const known = await this.#documents.read(path).catch(() => null)
      if (known) return 'known'
      throw new HoldfastError('unavailable', `The queue ${queue} did not take a task.`, { cause })
    }
  }
}
