import { isDeepStrictEqual } from 'node:util'
import { readArchive, tombstoneSchema } from '@holdfast/core/message/archived-job'
import type { JobDocument } from '@holdfast/core/message/job-document'
import { HoldfastError, isDamage } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Dependencies } from './dependencies.ts'
import { cipherOf } from './find-session.ts'
import { Refusal, sentenceOf } from './refusal.ts'

interface ArchivedJob {
  readonly job: JobDocument
  /** Opens the content of the job. */
  readonly cipher: SessionCipher
  readonly archivedAt: Date
}

/**
 * Returns a job from the archive. A receipt that came after the archiving is in the tombstone.
 *
 * @throws Refusal `message-damaged`
 */
export async function archivedJob(
  { documents, archives, wrappingKey }: Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey'>,
  snapshot: DocumentSnapshot,
): Promise<ArchivedJob> {
  if (!archives) {
    throw new HoldfastError('store-missing', 'The message is archived in a bucket, and this process knows no bucket.', {
      advice: 'Set STORAGE_BUCKET to the bucket that it had when the message was archived.',
    })
  }
  try {
    const { sessionId, status, timeline, archivedAt, archive } = parseStored(tombstoneSchema, snapshot.fields, snapshot.path)
    const cipher = await cipherOf(documents, sessionId, wrappingKey)
    const job = await readArchive(archives, cipher, snapshot.id, { archive })
    // The directory of storage mode `local` may repeat what is in the archive already.
    const since = timeline.filter((entry) => !job.timeline.some((known) => isDeepStrictEqual(known, entry)))
    return { job: { ...job, status, timeline: [...job.timeline, ...since] }, cipher, archivedAt }
  } catch (error) {
    if (!isDamage(error)) throw error
    throw new Refusal('message-damaged', `The message is archived, and cannot be read. ${sentenceOf(error)}`)
  }
}
