import { isExpired } from '@holdfast/core/message/attempts'
import type { JobDocument } from '@holdfast/core/message/job-document'
import { Append, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import { changeJob } from './change-job.ts'
import type { Dependencies } from './dependencies.ts'
import type { MessageAnswer } from './message-answer.ts'
import { MessageViewer } from './message-viewer.ts'
import { refusedInState } from './refusal.ts'

/**
 * Returns a failed message to the queue, with its ids and its content. Asked twice, it is done once.
 *
 * @throws Refusal `unknown-message`, `message-damaged`, `message-archived`, or `cannot-retry` in every other state and after `expiresAt`
 */
export async function retryMessage(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock' | 'logger'>,
  principal: Principal,
  id: string,
): Promise<MessageAnswer> {
  const { clock, logger } = dependencies
  const { snapshot, job, isChanged } = await changeJob(dependencies, principal, id, (found) => retried(found, clock.now()))
  if (isChanged) logger.info({ job: snapshot.id, messageId: job.messageId }, 'A failed message was returned to the queue.')
  return new MessageViewer(dependencies).show(snapshot)
}

function retried(job: JobDocument, nowMs: number): Fields | null {
  const { status } = job
  if (status === 'pending' && isRetriedSinceFailure(job)) return null
  if (status !== 'failed') throw refusedInState('cannot-retry', `The message is ${status}.`, status)
  if (isTooOld(job, nowMs)) {
    throw refusedInState('cannot-retry', 'The message has expired. Send it again as a new message.', status)
  }
  return fieldsOfRetry(job, nowMs)
}

function isRetriedSinceFailure({ timeline }: JobDocument): boolean {
  const last = timeline.findLast(({ status, why }) => why === 'retried' || status === 'failed')
  return last?.why === 'retried'
}

/** Returns whether the owner would not send the message any more. */
export const isTooOld = (job: JobDocument, nowMs: number): boolean => isExpired({ ...job, status: 'pending' }, nowMs)

/** Returns the update that gives a failed job back to its owner. */
export const fieldsOfRetry = ({ generation }: Pick<JobDocument, 'generation'>, nowMs: number): Fields => ({
  status: 'pending',
  queuedAt: SERVER_TIME,
  generation: generation + 1,
  nextAttemptAt: null,
  failedAt: null,
  lastError: null,
  hold: null,
  timeline: new Append({ status: 'pending', at: new Date(nowMs), by: 'api', why: 'retried' }),
})
