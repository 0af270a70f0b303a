import { JOBS, jobPath, type JobStatus } from '@holdfast/core/message/job-document'
import type { DocumentStore } from '@holdfast/core/platform/ports'

/** The most changes in one commit of Firestore. */
const AT_ONCE = 500

/**
 * Deletes older jobs of this status, as a retention policy does after a month. Their ids are in `retired` before, because a deletion that
 * fails may have had its effect. Firestore's emulator needs that much sooner: at each commit of a job it scans all jobs once for every
 * listener on them, and for a listener that names sessions (see `JobListener`) once for each session.
 */
export async function retireJobs(
  documents: DocumentStore,
  { status, olderThanMs, retired }: { status: JobStatus; olderThanMs: number; retired?: Set<string> },
): Promise<void> {
  const found = await documents.query({ collection: JOBS, where: [['status', '==', status]] })
  const isOld = ({ createdAtMicros }: (typeof found)[number]) => Date.now() - createdAtMicros / 1000 > olderThanMs
  const ids = found.filter(isOld).map(({ id }) => id)
  for (const id of ids) retired?.add(id)
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    await documents.commit(ids.slice(start, start + AT_ONCE).map((id) => ({ kind: 'delete', path: jobPath(id) })))
  }
}
