import type { Task, TaskQueues } from '@holdfast/core/platform/ports'

/** Queues that remember their tasks by name, as Cloud Tasks does, and call nothing. */
export class RecordedTasks implements TaskQueues {
  readonly all: Task[] = []

  enqueue(task: Task): Promise<'queued' | 'known'> {
    if (this.all.some(({ queue, name }) => queue === task.queue && name === task.name)) return Promise.resolve('known')
    this.all.push(task)
    return Promise.resolve('queued')
  }
}
