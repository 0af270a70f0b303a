import { onTaskDispatched } from 'firebase-functions/v2/tasks'
import { createWorker } from '../app/worker.ts'
import { accountOf } from '../options.ts'
import { handleWebhookTask } from '../use-cases/webhooks/handle-task.ts'
import { WEBHOOKS } from './queues.ts'

const worker = createWorker('webhooks', { isTraced: true })

/**
 * Brings events to the end points that want to be told of them. Whoever runs this needs to read and write Firestore, to enqueue tasks, and
 * to reach the internet.
 */
export const webhooks = onTaskDispatched<unknown>(
  {
    secrets: ['SESSION_ENCRYPTION_KEY'],
    serviceAccount: accountOf('holdfast-webhooks'),
    concurrency: 80,
    timeoutSeconds: 60,
    // `invoker` is missing because it would replace whom the infrastructure lets in.
    ...WEBHOOKS,
  },
  async ({ data }) => {
    await worker((dependencies) => handleWebhookTask(dependencies, data))
  },
)
