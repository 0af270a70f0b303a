import { isDeepStrictEqual } from 'node:util'
import { type ChatKind, parseChatId } from '@holdfast/core/message/chat-id'
import type { MessageContent } from '@holdfast/core/message/content'
import { type JobDocument, jobPath } from '@holdfast/core/message/job-document'
import { openJobContent, sealJobContent } from '@holdfast/core/message/sealed-content'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { jobIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { type Clock, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, isOfTenant } from './find-session.ts'
import { Refusal } from './refusal.ts'
import { type StoredJob, storedJob } from './stored-job.ts'

interface MessageRequest {
  /** The name of the session that sends. */
  readonly session: string
  readonly chatId: string
  readonly content: MessageContent
  /** Repeated requests with the same key and message make one message. */
  readonly idempotencyKey: string
}

interface Accepted {
  /** The id of the job. */
  readonly id: string
  /** The id of the message at WhatsApp. */
  readonly messageId: string
  readonly status: JobDocument['status']
}

/**
 * Seals and stores a message to send. The session's owner sends it.
 *
 * @throws Refusal `unsupported-chat`, `unknown-session`, `queue-disabled`, `tenant-deleting`, `daily-quota-exceeded`, `idempotency-key-reused` or `message-damaged`
 */
export async function acceptMessage(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'limits' | 'wrappingKey' | 'acceptsMessages' | 'clock' | 'logger'>,
  principal: Principal,
  { session, chatId, content, idempotencyKey }: MessageRequest,
): Promise<Accepted> {
  const { documents, wrappingKey, clock, logger } = dependencies
  const chat = recipientOf(chatId)
  const { id: sessionId } = await findSession(documents, principal, session)
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const message: NewMessage = { tenant: principal.tenant, sessionId, chat, content }
  const jobId = jobIdOf(principal.tenant, idempotencyKey)
  const messageId = whatsappMessageIdOf(jobId)
  let giveBack = () => {}
  try {
    if (!dependencies.acceptsMessages) throw queueDisabled()
    giveBack = await dependencies.limits.admitMessages(principal.tenant, 1)
    await documents.commit([{ kind: 'create', path: jobPath(jobId), fields: newJob(jobId, message, cipher, clock) }])
    logger.info({ job: jobId, messageId }, 'A message was accepted.')
    return { id: jobId, messageId, status: 'pending' }
  } catch (error) {
    // The queue is closed to new messages, the key was used before, another request was faster, or the commit succeeded without an answer. The document says which.
    const existing = await documents.read(jobPath(jobId))
    if (!existing) throw error
    giveBack()
    const stored = isOfTenant(principal, existing.fields) ? await storedJob(dependencies, existing) : null
    if (!stored || !isSameRequest(jobId, stored, message)) {
      throw new Refusal('idempotency-key-reused', 'Use a new Idempotency-Key for another message.')
    }
    return { id: jobId, messageId, status: stored.job.status }
  }
}

/** A repeated request is still answered, because its message is accepted already. */
const queueDisabled = () =>
  new Refusal('queue-disabled', 'This installation accepts no new messages now; what it accepted before is sent.', 60)

const KIND_NAMES: Record<Exclude<ChatKind, 'phone' | 'lid'>, string> = {
  group: 'a group',
  newsletter: 'a newsletter',
  broadcast: 'a broadcast list',
  status: 'the status updates',
}

const ONE_TO_ONE = '491701234567@c.us, a number@lid, or a bare number'

/** Returns the JID of a one-to-one chat. Throws Refusal `unsupported-chat` for all other chats. */
function recipientOf(chatId: string): string {
  const chat = parseChatId(chatId)
  if (!chat) throw new Refusal('unsupported-chat', `chatId must be a one-to-one chat: ${ONE_TO_ONE}.`)
  if (chat.kind === 'phone' || chat.kind === 'lid') return chat.jid
  throw new Refusal('unsupported-chat', `chatId names ${KIND_NAMES[chat.kind]}, but must be a one-to-one chat: ${ONE_TO_ONE}.`)
}

interface NewMessage {
  readonly tenant: string
  readonly sessionId: string
  readonly chat: string
  readonly content: MessageContent
}

function newJob(jobId: string, message: NewMessage, cipher: SessionCipher, clock: Clock): Record<string, unknown> {
  const { tenant, sessionId, chat, content } = message
  return {
    v: 1,
    tenant,
    sessionId,
    chat,
    type: content.type,
    content: sealJobContent(cipher, jobId, content),
    requestHash: cipher.fingerprint(Buffer.from(JSON.stringify([sessionId, chat, content.text]))),
    messageId: whatsappMessageIdOf(jobId),
    status: 'pending',
    createdAt: SERVER_TIME,
    queuedAt: SERVER_TIME,
    // Firestore cannot write its server time into a list.
    timeline: [{ status: 'pending', at: new Date(clock.now()) }],
    attempts: 0,
    lastAttemptAt: null,
    nextAttemptAt: null,
    failedAt: null,
    lastError: null,
  }
}

/** Compares the content itself, because the stored fingerprint depends on a key that may have been rotated since. */
function isSameRequest(jobId: string, { job, cipher }: StoredJob, message: NewMessage): boolean {
  if (job.sessionId !== message.sessionId || job.chat !== message.chat) return false
  return isDeepStrictEqual(openJobContent(cipher, jobId, job), message.content)
}
