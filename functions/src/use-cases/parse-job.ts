import { isTombstone } from '@holdfast/core/message/archived-job'
import { type JobDocument, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { Refusal, sentenceOf } from './refusal.ts'

/**
 * Parses the document of a job that is not archived.
 *
 * @throws Refusal `message-damaged` when it does not parse: no field of a damaged job can be trusted, not even its status.
 * Refusal `message-archived` for an archived job, which nothing can change any more
 */
export function parseJob(snapshot: DocumentSnapshot): JobDocument {
  if (isTombstone(snapshot.fields)) throw new Refusal('message-archived', 'It can be read: GET /api/messages/{id}.')
  const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
  if (!isHoldfastError(job)) return job
  throw new Refusal('message-damaged', `The status of the message is unknown. ${sentenceOf(job)}`)
}
