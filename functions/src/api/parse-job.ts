import { type JobDocument, jobDocumentSchema } from '@holdfast/core/documents/job-document'
import { parseUnlessDamaged } from '@holdfast/core/documents/parse'
import { isHoldfastError } from '@holdfast/core/errors'
import type { DocumentSnapshot } from '@holdfast/core/ports'
import { problem, sentenceOf } from './problems.ts'

/** A job that a caller asked for. Nothing of one that is damaged can be relied on: not even what has become of it. */
export function parseJob(snapshot: DocumentSnapshot): JobDocument {
  const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
  if (!isHoldfastError(job)) return job
  throw problem('message-damaged', `What has become of it cannot be told. ${sentenceOf(job)}`)
}
