import { onTaskDispatched } from 'firebase-functions/v2/tasks'
import { createWorker } from '../app/worker.ts'
import { accountOf } from '../options.ts'
import { handleAlertTask } from '../use-cases/alerts/deliver.ts'
import { ALERTS } from './queues.ts'

const worker = createWorker('alerts')

/**
 * Brings notices of alerts to their channels. Whoever runs this needs to read and write Firestore, to enqueue tasks, and to reach the
 * internet.
 */
export const alerts = onTaskDispatched<unknown>(
  {
    secrets: ['SESSION_ENCRYPTION_KEY', 'NOTIFICATION_SECRETS'],
    serviceAccount: accountOf('holdfast-alerts'),
    concurrency: 40,
    timeoutSeconds: 60,
    // `invoker` is missing because it would replace whom the infrastructure lets in.
    ...ALERTS,
  },
  async ({ data }) => {
    await worker((dependencies) => handleAlertTask(dependencies, data))
  },
)
