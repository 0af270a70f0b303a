import { type JobDocument, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { Refusal, sentenceOf } from './refusal.ts'

/**
 * A job that a caller asked for.
 *
 * @throws Refusal `message-damaged`: nothing of a damaged job can be relied on, not even what has become of it
 */
export function parseJob(snapshot: DocumentSnapshot): JobDocument {
  const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
  if (!isHoldfastError(job)) return job
  throw new Refusal('message-damaged', `What has become of it cannot be told. ${sentenceOf(job)}`)
}
