import { isTombstone, type Tombstone, tombstoneSchema } from '@holdfast/core/message/archived-job'
import { type JobDocument, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { z } from 'zod'
import { Refusal, sentenceOf } from './refusal.ts'

/**
 * Parses the document of a job that is not archived.
 *
 * @throws Refusal `message-damaged` when it does not parse: no field of a damaged job can be trusted, not even its status.
 * Refusal `message-archived` for an archived job, which nothing can change any more
 */
export function parseJob(snapshot: DocumentSnapshot): JobDocument {
  if (isTombstone(snapshot.fields)) throw new Refusal('message-archived', 'It can be read: GET /api/messages/{id}.')
  return unlessDamaged(jobDocumentSchema, snapshot)
}

/** Parses the document of a job, or what is left there of an archived one. Throws Refusal `message-damaged`. */
export const jobOrTombstone = (snapshot: DocumentSnapshot): JobDocument | Tombstone =>
  isTombstone(snapshot.fields) ? unlessDamaged(tombstoneSchema, snapshot) : unlessDamaged(jobDocumentSchema, snapshot)

function unlessDamaged<Schema extends z.ZodType>(schema: Schema, snapshot: DocumentSnapshot): z.infer<Schema> {
  const parsed = parseUnlessDamaged(schema, snapshot)
  if (!isHoldfastError(parsed)) return parsed
  throw new Refusal('message-damaged', `The status of the message is unknown. ${sentenceOf(parsed)}`)
}
