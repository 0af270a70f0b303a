import { archiveName, isTombstone, tombstoneOf, writeArchive } from '@holdfast/core/message/archived-job'
import { OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import type { DocumentSnapshot, ObjectStore } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'
import { cipherOf } from './find-session.ts'
import { parseJob } from './parse-job.ts'

export type Archiving = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'> & { readonly archives: ObjectStore }

/**
 * Archives a job that has come to its end: first the object, then the tombstone in the place of the document. Each step can be
 * repeated: an object of an earlier try is used, and a document that has changed since it was read stays as it is.
 *
 * @returns `changed` when the document has changed since the snapshot
 * @throws Refusal `message-damaged` or `message-archived`
 */
export async function archiveJob(
  { documents, archives, wrappingKey, clock, logger }: Archiving,
  snapshot: DocumentSnapshot,
): Promise<'archived' | 'changed'> {
  const job = parseJob(snapshot)
  if (OPEN_JOB_STATUSES.includes(job.status)) throw new Error(`Job ${snapshot.id} is ${job.status} and cannot be archived.`)
  const cipher = await cipherOf(documents, job.sessionId, wrappingKey)
  const archive = await writeArchive(archives, cipher, snapshot, archiveName(snapshot, job))
  const fields = tombstoneOf(snapshot, job, archive, new Date(clock.now()))
  try {
    await documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
  } catch (error) {
    // Somebody else was faster, or the commit succeeded without an answer. The document says which.
    const found = await documents.read(snapshot.path)
    if (found?.updatedAtMicros === snapshot.updatedAtMicros) throw error
    if (!found || !isTombstone(found.fields)) return 'changed'
  }
  logger.debug({ job: snapshot.id, messageId: job.messageId, status: job.status }, 'A job was archived.')
  return 'archived'
}
