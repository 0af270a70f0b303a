import { onSchedule } from 'firebase-functions/v2/scheduler'
import { createWorker } from '../app/worker.ts'
import { accountOf } from '../options.ts'
import { maintain as putOldThingsAway } from '../use-cases/maintain.ts'
import { EACH_NIGHT } from './times.ts'

const worker = createWorker('maintain')

/** Puts old things away, and reads backups back. Whoever runs this needs to read and write Firestore, and to create and read objects in the bucket. */
export const maintain = onSchedule(
  {
    ...EACH_NIGHT,
    secrets: ['SESSION_ENCRYPTION_KEY'],
    serviceAccount: accountOf('holdfast-maintainer'),
    maxInstances: 1,
    timeoutSeconds: 1800,
  },
  async () => {
    await worker(putOldThingsAway)
  },
)
