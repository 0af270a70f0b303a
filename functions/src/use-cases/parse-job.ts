import { type JobDocument, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { problem, sentenceOf } from '../app/problems.ts'

/** A job that a caller asked for. Nothing of one that is damaged can be relied on: not even what has become of it. */
export function parseJob(snapshot: DocumentSnapshot): JobDocument {
  const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
  if (!isHoldfastError(job)) return job
  throw problem('message-damaged', `What has become of it cannot be told. ${sentenceOf(job)}`)
}
