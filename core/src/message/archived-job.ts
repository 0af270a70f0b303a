import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { decodeFields, encodeFields } from '../platform/document-json.ts'
import { HoldfastError, isHoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import { REMOVED, type DocumentSnapshot, type Fields, type ObjectStore } from '../platform/ports.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { JOB_STATUSES, type JobDocument, jobDocumentSchema, timelineEntrySchema } from './job-document.ts'

/**
 * An archived job: the whole job as a sealed object in Cloud Storage, and a tombstone in its document. The tombstone keeps the ids, so
 * that the message is found and its idempotency key makes no second message. It has no `createdAt` and no `queuedAt`: a query that
 * orders or filters by one of them finds no tombstones.
 */

/** PERSISTED CONTRACT v1: the document `message_queue_jobs/{jobId}` of an archived job. */
export const tombstoneSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  sessionId: z.string(),
  firstSession: z.string().nullable().default(null),
  requestHash: z.string(),
  messageId: z.string(),
  /** Receipts may still advance it. */
  status: z.enum(JOB_STATUSES),
  /** The `createdAt` of the job. */
  acceptedAt: z.date(),
  archivedAt: z.date(),
  archive: z.object({ object: z.string(), generation: z.string() }),
  /** What happened since. The object has the timeline before. */
  timeline: z.array(timelineEntrySchema).default([]),
})

export type Tombstone = z.infer<typeof tombstoneSchema>

/** Whether a document of `message_queue_jobs` is a tombstone. */
export const isTombstone = ({ archivedAt }: Fields): boolean => archivedAt instanceof Date

/**
 * Returns the name of the object. It contains the version of the document, so that an archiving that did not come to its end never
 * takes the name of a later version.
 */
export const archiveName = ({ id, updatedAtMicros }: DocumentSnapshot, { tenant, createdAt }: JobDocument): string =>
  `archive/${tenant}/${createdAt.toISOString().slice(0, 7)}/${id}-${updatedAtMicros}.job`

/** PERSISTED CONTRACT v1: the sealed JSON of an archive, bound to the name of its object. `fields` are those of the document. */
const archiveSchema = z.object({ v: z.literal(1), job: z.string(), fields: z.record(z.string(), z.unknown()) })

/** Writes the object of a job and reads it back. An object of an earlier try is read only. Returns its place. */
export async function writeArchive(
  archives: ObjectStore,
  cipher: SessionCipher,
  snapshot: DocumentSnapshot,
  name: string,
): Promise<Tombstone['archive']> {
  const json = JSON.stringify({ v: 1, job: snapshot.id, fields: encodeFields(snapshot.fields) })
  try {
    await archives.create(name, cipher.sealContent(Buffer.from(json), name))
  } catch (error) {
    if (!isHoldfastError(error, 'already-exists')) throw error
  }
  const { fields, generation } = await readFields(archives, cipher, snapshot.id, { object: name })
  if (!isDeepStrictEqual(fields, snapshot.fields)) {
    throw new HoldfastError('store-unfit', `The archive ${name} does not have the content that was written.`)
  }
  return { object: name, generation }
}

/**
 * Reads an archived job.
 *
 * @throws HoldfastError `bad-document` when the object is missing or has another shape, `cannot-decrypt` when it was altered
 */
export async function readArchive(
  archives: ObjectStore,
  cipher: SessionCipher,
  jobId: string,
  { archive }: Pick<Tombstone, 'archive'>,
): Promise<JobDocument> {
  const { fields } = await readFields(archives, cipher, jobId, archive)
  return parseStored(jobDocumentSchema, fields, archive.object)
}

async function readFields(
  archives: ObjectStore,
  cipher: SessionCipher,
  jobId: string,
  { object, generation }: { readonly object: string; readonly generation?: string },
): Promise<{ fields: Record<string, unknown>; generation: string }> {
  const found = await archives.read(object, generation)
  if (!found) throw new HoldfastError('bad-document', `The archive ${archives.placeOf(object)} of a job is missing.`)
  const { job, fields } = parseStored(archiveSchema, jsonOf(cipher.openContent(found.bytes, object), object), object)
  if (job !== jobId) throw new HoldfastError('bad-document', `The archive ${object} is that of another job.`)
  return { fields: decodeFields(fields), generation: found.generation }
}

/** Throws an error without a cause, because a JSON parser quotes its input. */
function jsonOf(opened: Buffer, object: string): unknown {
  try {
    return JSON.parse(opened.toString('utf8'))
  } catch {
    throw new HoldfastError('bad-document', `The archive ${object} is not JSON.`)
  }
}

/** Returns the update that makes a tombstone of the document. */
export function tombstoneOf(
  { fields }: DocumentSnapshot,
  { v, tenant, sessionId, firstSession, requestHash, messageId, status, createdAt }: JobDocument,
  archive: Tombstone['archive'],
  archivedAt: Date,
): Fields {
  const kept = { v, tenant, sessionId, firstSession, requestHash, messageId, status }
  const removed = Object.keys(fields).map((name) => [name, REMOVED] as const)
  return { ...Object.fromEntries(removed), ...kept, acceptedAt: createdAt, archivedAt, archive, timeline: [] }
}
