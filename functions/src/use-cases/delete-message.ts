import { isTombstone } from '@holdfast/core/message/archived-job'
import { OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Principal } from '../app/principal.ts'
import { archiveJob } from './archive-job.ts'
import type { Dependencies } from './dependencies.ts'
import { findJob } from './find-job.ts'
import type { MessageAnswer } from './message-answer.ts'
import { MessageViewer } from './message-viewer.ts'
import { parseJob } from './parse-job.ts'
import { Refusal, refusedInState } from './refusal.ts'

/** A receipt may change the job while it is archived. */
const ATTEMPTS = 3

/**
 * Archives a message that has come to its end. Nothing is lost: its ids still show it. Deleting it again has no further effect.
 *
 * @throws Refusal `unknown-message`, `message-damaged`, or `cannot-delete` for a message that waits or is on the wire
 */
export async function deleteMessage(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock' | 'logger'>,
  principal: Principal,
  id: string,
): Promise<MessageAnswer> {
  const { documents, archives, logger } = dependencies
  let snapshot = await findJob(documents, principal, id)
  for (let attempt = 1; !isTombstone(snapshot.fields); attempt++) {
    const { status, messageId } = parseJob(snapshot)
    if (OPEN_JOB_STATUSES.includes(status)) {
      const what = status === 'pending' ? 'waits. Cancel it first: POST /api/messages/{id}/cancel.' : 'is on the wire, or may be.'
      throw refusedInState('cannot-delete', `The message ${what}`, status)
    }
    if (!archives) throw new Refusal('no-archive', 'Set STORAGE_BUCKET: messages are archived in a bucket.')
    if (attempt > ATTEMPTS) throw new HoldfastError('unavailable', `Job ${snapshot.id} changed while it was archived.`)
    await archiveJob({ ...dependencies, archives }, snapshot)
    logger.info({ job: snapshot.id, messageId }, 'A message was archived on request.')
    snapshot = await findJob(documents, principal, snapshot.id)
  }
  return new MessageViewer(dependencies).show(snapshot)
}
