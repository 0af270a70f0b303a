import { DocumentTaskQueues } from '../operations/document-task-queues.ts'
import type { Clock, DocumentStore, TaskQueues } from '../platform/ports.ts'
import type { TaskQueueType, TasksConfig } from '../platform/tasks-settings.ts'
import { createTaskQueues, type TaskQueuesClient } from './google/clients.ts'
import type { OperationCounter } from './google/operation-counter.ts'

/** Opens the queue that the configuration names. Closing it leaves the documents open. */
export function openTaskQueues(options: {
  readonly type: TaskQueueType
  readonly cloud: TasksConfig
  readonly documents: Pick<DocumentStore, 'commit' | 'read'>
  readonly clock: Clock
  /** Counts the tasks of Cloud Tasks. */
  readonly operations?: OperationCounter
}): TaskQueuesClient {
  if (options.type === 'cloud') return createTaskQueues(options.cloud, options.operations)
  const queues: TaskQueues = new DocumentTaskQueues(options)
  return { enqueue: (task) => queues.enqueue(task), close: () => Promise.resolve() }
}
