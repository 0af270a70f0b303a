import { onSchedule } from 'firebase-functions/v2/scheduler'
import { createWorker } from '../app/worker.ts'
import { accountOf } from '../options.ts'
import { cleanUp } from '../use-cases/clean-up.ts'
import { EACH_NIGHT } from './times.ts'

const worker = createWorker('cleanup')

/**
 * Removes what is past its time. Its account is the only one that deletes objects, and only media, archives and backups:
 * it reads, changes and deletes documents, and lists and deletes objects.
 */
export const cleanup = onSchedule(
  {
    ...EACH_NIGHT,
    secrets: ['SESSION_ENCRYPTION_KEY'],
    serviceAccount: accountOf('holdfast-cleaner'),
    maxInstances: 1,
    timeoutSeconds: 1800,
  },
  async () => {
    await worker(cleanUp)
  },
)
