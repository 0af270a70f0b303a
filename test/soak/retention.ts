import { JOBS, jobPath } from '@holdfast/core/documents/job-document'
import type { DocumentStore } from '@holdfast/core/ports'
import { pauseUnless } from '../chaos/troubles/pause-unless.ts'

const EVERY_MS = 5_000
/** Firestore takes this many changes in a commit. */
const AT_ONCE = 500

/** What becomes of a job of which no more word is to come. */
const KEPT_MS = { delivered: 15_000, sent: 60_000 } as const

/**
 * Deletes jobs that are settled, as a policy of retention does after a month. Firestore's emulator needs it within seconds: with each
 * commit it reads all jobs once for each session that a listener is on, 65 ms for 1,000 jobs and 20 sessions on one core.
 */
export async function retireJobs(documents: DocumentStore, retired: Set<string>, signal: AbortSignal): Promise<void> {
  while (await pauseUnless(signal, EVERY_MS)) {
    for (const [status, keptMs] of Object.entries(KEPT_MS)) {
      const settled = await documents.query({ collection: JOBS, where: [['status', '==', status]] })
      const isOld = ({ fields }: (typeof settled)[number]) => Date.now() - (fields['createdAt'] as Date).getTime() > keptMs
      const old = settled.filter(isOld).slice(0, AT_ONCE)
      if (old.length > 0) await documents.commit(old.map(({ id }) => ({ kind: 'delete', path: jobPath(id) })))
      for (const { id } of old) retired.add(id)
    }
  }
}
