import { type JobDocument, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { Refusal, sentenceOf } from './refusal.ts'

/**
 * Parses the document of a job.
 *
 * @throws Refusal `message-damaged` when it does not parse: no field of a damaged job can be trusted, not even its status
 */
export function parseJob(snapshot: DocumentSnapshot): JobDocument {
  const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
  if (!isHoldfastError(job)) return job
  throw new Refusal('message-damaged', `The status of the message is unknown. ${sentenceOf(job)}`)
}
