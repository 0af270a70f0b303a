import { isDeepStrictEqual } from 'node:util'
import type { ContentOf, MessageContent } from '@holdfast/core/message/content'
import type { JobDocument, Priority } from '@holdfast/core/message/job-document'
import { openJobContent, sealJobContent } from '@holdfast/core/message/sealed-content'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { Append, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import { changeJob } from './change-job.ts'
import type { Dependencies } from './dependencies.ts'
import { enqueueLater, forLater } from './enqueue-later.ts'
import { cipherOf } from './find-session.ts'
import type { MessageAnswer } from './message-answer.ts'
import { isForLater, refusalOfTimes } from './message-times.ts'
import { MessageViewer } from './message-viewer.ts'
import { refusedInState } from './refusal.ts'

/** The new values of a message. A time that is undefined stays as it is; null removes it. */
export interface Replacement {
  readonly text: string
  readonly sendAt?: Date | null | undefined
  readonly expiresAt?: Date | null | undefined
  readonly priority?: Priority | undefined
}

/**
 * Replaces the content of a message that waits and was never attempted. Its ids stay, and so does the request that its idempotency
 * key belongs to.
 *
 * @throws Refusal `unknown-message`, `message-damaged`, `message-archived`, `invalid-time`, or `cannot-replace` in every other state
 */
export async function replaceMessage(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'tasks' | 'wrappingKey' | 'clock' | 'logger'>,
  principal: Principal,
  id: string,
  replacement: Replacement,
): Promise<MessageAnswer> {
  const { documents, wrappingKey, clock, logger } = dependencies
  const { snapshot, job, isChanged } = await changeJob(dependencies, principal, id, async (found, { id: jobId }) => {
    if (found.status !== 'pending') throw refused(`The message is ${found.status}.`, found)
    if (found.attempts > 0 || found.proto) throw refused('An attempt to send the message was made. It keeps its content.', found)
    const cipher = await cipherOf(documents, found.sessionId, wrappingKey)
    const scheduling = schedulingOf(found, replacement, clock.now())
    const { priority = found.priority, text } = replacement
    const present = textToReplace(found, () => openJobContent(cipher, jobId, found))
    const isSame = present?.text === text && priority === found.priority && Object.keys(scheduling).length === 0
    if (isSame) return null
    const timeline = new Append({ status: 'pending', at: new Date(clock.now()), by: 'api', why: 'replaced' })
    return { content: sealJobContent(cipher, jobId, { ...present, type: 'text', text }), priority, ...scheduling, timeline }
  })
  if (isChanged) logger.info({ job: snapshot.id, messageId: job.messageId }, 'A message was replaced.')
  await enqueueLater(dependencies, [forLater(snapshot)])
  return new MessageViewer(dependencies).show(snapshot)
}

const refused = (detail: string, { status }: JobDocument) => refusedInState('cannot-replace', detail, status)

/** Returns the text to replace, with what belongs to it; null when it cannot be opened. Throws a Refusal for other content. */
function textToReplace(job: JobDocument, open: () => MessageContent): ContentOf<'text'> | null {
  if (job.type !== 'text') throw refused(`Only a text can be replaced, but the message is of the type ${job.type}.`, job)
  try {
    const content = open()
    return content.type === 'text' ? content : null
  } catch (error) {
    if (isHoldfastError(error)) return null
    throw error
  }
}

/** Returns the fields that change with the times. Throws a Refusal when the times make no sense. */
function schedulingOf(job: JobDocument, { sendAt = job.sendAt, expiresAt = job.expiresAt }: Replacement, nowMs: number): Fields {
  const isSendAtKept = isDeepStrictEqual(sendAt, job.sendAt)
  const isPast = sendAt !== null && sendAt.getTime() <= nowMs
  // The time that the message has may have come.
  const refusal = refusalOfTimes({ sendAt: isSendAtKept && isPast ? null : sendAt, expiresAt }, nowMs)
  if (refusal) throw refusal
  const expiry = isDeepStrictEqual(expiresAt, job.expiresAt) ? {} : { expiresAt }
  if (isSendAtKept) return expiry
  const isLater = isForLater({ sendAt }, nowMs)
  // A message that is in the queue already keeps its time there.
  const queue = isLater ? { queuedAt: null, hold: null } : job.queuedAt === null ? { queuedAt: SERVER_TIME } : {}
  return { sendAt, ...queue, ...expiry }
}
