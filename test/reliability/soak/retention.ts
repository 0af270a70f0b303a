import type { DocumentStore } from '@holdfast/core/platform/ports'
import { pauseUnless } from '../chaos/troubles/pause-unless.ts'
import { retireJobs } from '../../support/retire-jobs.ts'

const EVERY_MS = 5_000

/** Removes settled jobs from the queue until the signal, and adds their ids to `retired`. The run expects no status of them. */
export async function keepQueueShort(documents: DocumentStore, retired: Set<string>, signal: AbortSignal): Promise<void> {
  while (await pauseUnless(signal, EVERY_MS)) {
    await retireJobs(documents, { status: 'delivered', olderThanMs: 15_000, retired })
    // Jobs to contacts that send no delivery receipts stay `sent`.
    await retireJobs(documents, { status: 'sent', olderThanMs: 60_000, retired })
  }
}
