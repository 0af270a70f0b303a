import { jobPath } from '@holdfast/core/message/job-document'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { jobIdOf } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { enqueueLater, forLater } from './enqueue-later.ts'
import { cipherOf, isOfTenant } from './find-session.ts'
import { jobSpan } from './job-span.ts'
import { refusalOfTimes } from './message-times.ts'
import { knownChat } from './named-person.ts'
import {
  isSameRequest,
  isVeryJob,
  jobIdFor,
  jobOfChosenId,
  type MessageRequest,
  type NewMessage,
  newJob,
  recipientOf,
  retryDelaysOf,
} from './new-message.ts'
import { jobOrTombstone } from './parse-job.ts'
import { Refusal } from './refusal.ts'
import type { Accepted } from './send-answer.ts'
import { senderOf } from './sender.ts'

/**
 * Seals and stores a message to send. The session's owner sends it. Repeated requests with the same key, or the same id,
 * and the same message make one message.
 *
 * @throws Refusal `invalid-chat`, `unsupported-chat`, `invalid-time`, `unknown-session`, `unknown-pool`, `queue-disabled`, `tenant-deleting`, `daily-quota-exceeded`,
 * `idempotency-key-reused`, `too-large` or `message-damaged`
 */
export async function acceptMessage(
  dependencies: Pick<
    Dependencies,
    'documents' | 'tasks' | 'tenants' | 'limits' | 'acceptsMessages' | 'wrappingKey' | 'traces' | 'clock' | 'logger'
  >,
  principal: Principal,
  { idempotencyKey, ...request }: MessageRequest & { readonly idempotencyKey: string },
): Promise<Accepted> {
  const { documents, wrappingKey, clock, logger } = dependencies
  const namedChat = recipientOf(request.chatId, request.content)
  const sender = await senderOf(dependencies, principal, request)
  const cipher = await cipherOf(documents, sender.sessionId, wrappingKey)
  const chat = await knownChat(documents, { sessionId: sender.sessionId, cipher }, namedChat)
  const message: NewMessage = { tenant: principal.tenant, ...sender, chat, namedChat, request }
  const id = jobIdFor(request, principal.tenant, () => jobIdOf(principal.tenant, idempotencyKey))
  const earlier = await jobOfChosenId(documents, message, id)
  if (earlier) return acceptedBefore(dependencies, principal, earlier, { message, cipher })
  const nowMs = clock.now()
  const refusal = dependencies.acceptsMessages ? refusalOfTimes(request, nowMs) : queueDisabled()
  if (refusal) {
    // A repeated request is answered, also after its own times: its message is accepted already.
    const existing = await documents.read(jobPath(id))
    if (!existing) throw refusal
    return acceptedBefore(dependencies, principal, existing, { message, cipher })
  }
  const retries = request.retry && (await dependencies.tenants.settingsOf(principal.tenant)).retries
  const retryDelaysMs = retries && retryDelaysOf(request.retry, retries)
  const span = jobSpan(dependencies, id, sender.sessionId)
  const job = newJob(id, message, { cipher, nowMs, retryDelaysMs, traceparent: span.traceparent })
  if (job.content.length > MOST_CONTENT_BYTES) throw tooLarge()
  let giveBack = () => {}
  try {
    giveBack = await dependencies.limits.admitMessages(principal.tenant, 1)
    await documents.commit([{ kind: 'create', path: jobPath(id), fields: job }])
    span.end()
    logger.info({ job: id, messageId: job.messageId }, 'A message was accepted.')
  } catch (error) {
    // The quota is used up, the key was used before, another request was faster, or the commit succeeded without an answer. The
    // document says which.
    const existing = await documents.read(jobPath(id))
    if (!existing) throw error
    if (isVeryJob(existing, job)) span.end()
    else giveBack()
    const accepted = await acceptedBefore(dependencies, principal, existing, { message, cipher })
    await enqueueLater(dependencies, [forLater(existing)])
    return { ...accepted, isEarlier: !isVeryJob(existing, job) }
  }
  await enqueueLater(dependencies, [forLater({ id, fields: job })])
  return { jobId: id, messageId: job.messageId, status: 'pending', chat, acceptedAt: new Date(nowMs) }
}

export const queueDisabled = () =>
  new Refusal('queue-disabled', 'This installation accepts no new messages now; what it accepted before is sent.', 60)

/**
 * A document holds 1 MiB: the content, and later the message for WhatsApp that is made of it, which is about as large. Without this limit
 * the database would refuse the job at each attempt.
 */
const MOST_CONTENT_BYTES = 450 * 1024

const tooLarge = () =>
  new Refusal(
    'too-large',
    `What is sent has to be smaller than ${MOST_CONTENT_BYTES / 1024} KiB altogether: send it in several messages.`,
  )

/** Returns the answer to the request that made a job before. Throws a Refusal when another request made it. */
export async function acceptedBefore(
  { documents, wrappingKey }: Pick<Dependencies, 'documents' | 'wrappingKey'>,
  principal: Principal,
  existing: DocumentSnapshot,
  { message, cipher }: { readonly message: NewMessage; readonly cipher: SessionCipher },
): Promise<Accepted> {
  const reused = () => new Refusal('idempotency-key-reused', 'Use a new Idempotency-Key for another message.')
  const job = jobOrTombstone(existing)
  const { requestHash, messageId, status, sessionId, firstSession } = job
  if (!isOfTenant(principal, existing.fields)) throw reused()
  // The pool may have another session for the repeated request than it had for the first one, whose key made the hash.
  const hashing = message.pool === null ? cipher : await cipherOf(documents, firstSession ?? sessionId, wrappingKey)
  if (!isSameRequest(requestHash, message, hashing)) throw reused()
  const acceptedAt = 'acceptedAt' in job ? job.acceptedAt : (job.timeline[0]?.at ?? job.createdAt)
  return { jobId: existing.id, messageId, status, chat: 'chat' in job ? job.chat : message.chat, acceptedAt, isEarlier: true }
}
