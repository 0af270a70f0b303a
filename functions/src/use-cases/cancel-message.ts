import { isCertainlyUnsent } from '@holdfast/core/message/attempts'
import { type JobDocument, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import { Append, type Fields } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import { changeJob } from './change-job.ts'
import type { Dependencies } from './dependencies.ts'
import type { MessageAnswer } from './message-answer.ts'
import { MessageViewer } from './message-viewer.ts'
import { refusedInState } from './refusal.ts'

/**
 * Cancels a message that is not on the wire: it waits in the queue, for its time, for its pace, or for another attempt. Canceling it
 * again has no further effect.
 *
 * @throws Refusal `unknown-message`, `message-damaged`, `message-archived`, or `cannot-cancel` in every other state
 */
export async function cancelMessage(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock' | 'logger'>,
  principal: Principal,
  id: string,
): Promise<MessageAnswer> {
  const { clock, logger } = dependencies
  const { snapshot, job, isChanged } = await changeJob(dependencies, principal, id, (found) => canceled(found, clock.now()))
  if (isChanged) logger.info({ job: snapshot.id, messageId: job.messageId }, 'A message was canceled.')
  return new MessageViewer(dependencies).show(snapshot)
}

function canceled(job: JobDocument, nowMs: number): Fields | null {
  const { status } = job
  if (status === 'canceled') return null
  if (status === 'pending' && isCertainlyUnsent(job)) {
    const timeline = new Append({ status: 'canceled', at: new Date(nowMs), by: 'api' })
    return { status: 'canceled', nextAttemptAt: null, hold: null, timeline }
  }
  // A waiting one, too, when an attempt got no answer and a later one was refused.
  const why = OPEN_JOB_STATUSES.includes(status) ? 'on the wire, or may be: WhatsApp may have it already' : status
  throw refusedInState('cannot-cancel', `The message is ${why}.`, status)
}
