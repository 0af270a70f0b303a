import { onTaskDispatched } from 'firebase-functions/v2/tasks'
import { createWorker } from '../app/worker.ts'
import { accountOf } from '../options.ts'
import { handleDueTask } from '../use-cases/make-due.ts'

const worker = createWorker('retries')

/** Makes a message due at its time. Whoever runs this needs to read and write Firestore. */
export const retries = onTaskDispatched<unknown>(
  {
    secrets: ['SESSION_ENCRYPTION_KEY'],
    serviceAccount: accountOf('holdfast-tasks'),
    concurrency: 40,
    timeoutSeconds: 60,
    // The sweep finds what has failed so often. `invoker` is missing because it would replace whom the infrastructure lets in.
    retryConfig: { maxAttempts: 20, minBackoffSeconds: 1, maxBackoffSeconds: 60, maxDoublings: 6 },
    rateLimits: { maxConcurrentDispatches: 40, maxDispatchesPerSecond: 100 },
  },
  async ({ data }) => {
    await worker((dependencies) => handleDueTask(dependencies, data))
  },
)
