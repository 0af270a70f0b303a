import type { DocumentStore } from '@holdfast/core/platform/ports'
import { pauseUnless } from '../chaos/troubles/pause-unless.ts'
import { retireJobs } from '../../support/retire-jobs.ts'

const EVERY_MS = 5_000

/** Keeps the queue short until the signal, and adds the jobs that are gone: of these no more word is to come. */
export async function keepQueueShort(documents: DocumentStore, retired: Set<string>, signal: AbortSignal): Promise<void> {
  while (await pauseUnless(signal, EVERY_MS)) {
    for (const id of await retireJobs(documents, 'delivered', 15_000)) retired.add(id)
    // Of contacts who tell nobody that they have received something.
    for (const id of await retireJobs(documents, 'sent', 60_000)) retired.add(id)
  }
}
