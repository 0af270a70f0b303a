import { onTaskDispatched } from 'firebase-functions/v2/tasks'
import { createWorker } from '../app/worker.ts'
import { accountOf } from '../options.ts'
import { handleDueTask } from '../use-cases/make-due.ts'
import { RETRIES } from './queues.ts'

const worker = createWorker('retries')

/** Makes a message due at its time. Whoever runs this needs to read and write Firestore, and to enqueue tasks. */
export const retries = onTaskDispatched<unknown>(
  {
    secrets: ['SESSION_ENCRYPTION_KEY'],
    serviceAccount: accountOf('holdfast-tasks'),
    concurrency: 40,
    timeoutSeconds: 60,
    // `invoker` is missing because it would replace whom the infrastructure lets in.
    ...RETRIES,
  },
  async ({ data }) => {
    await worker((dependencies) => handleDueTask(dependencies, data))
  },
)
