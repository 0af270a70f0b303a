import { taskFor } from '@holdfast/core/message/due'
import { messageOf } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, TaskQueues } from '@holdfast/core/platform/ports'
import type { OpenJob } from './open-jobs.ts'

/**
 * Returns the function that leaves a job's next attempt to a task. A lost task is found by the sweep, so a queue that does not answer
 * is a reason for a log line only.
 */
export function retryByTask(options: { tasks: TaskQueues; clock: Clock; logger: Logger }): (job: OpenJob) => void {
  const { tasks, clock, logger } = options
  return ({ id, document, attempts, notBeforeMs }) => {
    const waiting = { ...document, status: 'pending' as const, attempts, nextAttemptAt: new Date(notBeforeMs) }
    const task = taskFor(id, waiting, clock.now())
    if (!task) return
    tasks.enqueue(task).catch((error: unknown) => {
      logger.warn(
        { job: id, error: messageOf(error) },
        'The task of a retry was not queued; the sweep makes the job due instead.',
      )
    })
  }
}
