import { JOBS, jobPath, type JobStatus } from '@holdfast/core/message/job-document'
import type { DocumentStore } from '@holdfast/core/platform/ports'

/** Firestore takes this many changes in a commit. */
const AT_ONCE = 500

/**
 * Deletes jobs of this status that are older, as a policy of retention would after a month; returns their ids. Firestore's emulator
 * needs it much sooner: with each commit that touches a job it scans all jobs for every listener on them, and for one that names
 * sessions (see `JobListener`) once for each of these.
 */
export async function retireJobs(documents: DocumentStore, status: JobStatus, olderThanMs: number): Promise<string[]> {
  const found = await documents.query({ collection: JOBS, where: [['status', '==', status]] })
  const isOld = ({ createdAtMicros }: (typeof found)[number]) => Date.now() - createdAtMicros / 1000 > olderThanMs
  const ids = found.filter(isOld).map(({ id }) => id)
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    await documents.commit(ids.slice(start, start + AT_ONCE).map((id) => ({ kind: 'delete', path: jobPath(id) })))
  }
  return ids
}
