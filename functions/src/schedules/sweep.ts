import { onSchedule } from 'firebase-functions/v2/scheduler'
import { createWorker } from '../app/worker.ts'
import { accountOf } from '../options.ts'
import { sweep as sweepJobs } from '../use-cases/sweep.ts'
import { EACH_MINUTE } from './times.ts'

const worker = createWorker('sweep')

/** Finds what fell through. Whoever runs this needs to read and write Firestore, and to enqueue tasks. */
export const sweep = onSchedule(
  {
    ...EACH_MINUTE,
    secrets: ['SESSION_ENCRYPTION_KEY'],
    serviceAccount: accountOf('holdfast-sweeper'),
    // A run that takes longer than a minute delays the next one.
    maxInstances: 1,
    timeoutSeconds: 120,
  },
  async () => {
    await worker(sweepJobs)
  },
)
