import { CloudTaskQueues } from '@holdfast/core/adapters/google/cloud-tasks'
import { nameOfTask } from '../labels.ts'
import { replace } from './replace.ts'
import { step } from './step.ts'

/** Makes each task that is enqueued a point. */
export function watchTasks(): void {
  replace(CloudTaskQueues.prototype, 'enqueue', (enqueue) => {
    return function (this: CloudTaskQueues, task) {
      return step([nameOfTask(task)], () => enqueue.call(this, task))
    }
  })
}
