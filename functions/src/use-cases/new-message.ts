import { type ChatKind, parseChatId } from '@holdfast/core/message/chat-id'
import type { MessageContent } from '@holdfast/core/message/content'
import type { Priority } from '@holdfast/core/message/job-document'
import { sealJobContent } from '@holdfast/core/message/sealed-content'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { type DocumentSnapshot, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { isForLater, type MessageTimes } from './message-times.ts'
import { Refusal } from './refusal.ts'
import type { Sender, SenderRequest } from './sender.ts'

/** A message to send, as a caller gives it. */
export interface MessageRequest extends MessageTimes, SenderRequest {
  readonly chatId: string
  readonly content: MessageContent
  readonly priority: Priority
  readonly retry: RetryRequest | null
}

/** How often and when the owner tries again. What is missing has the tenant's value. */
export interface RetryRequest {
  readonly delaysMs?: readonly number[] | undefined
  readonly maxRetries?: number | undefined
}

/** A request whose session and chat are known. */
export interface NewMessage extends Sender {
  readonly tenant: string
  readonly chat: string
  readonly request: MessageRequest
}

const KIND_NAMES: Record<Exclude<ChatKind, 'phone' | 'lid'>, string> = {
  group: 'a group',
  newsletter: 'a newsletter',
  broadcast: 'a broadcast list',
  status: 'the status updates',
}

const ONE_TO_ONE = '491701234567@c.us, a number@lid, or a bare number'

/** Returns the JID of a one-to-one chat. Throws Refusal `invalid-chat` for what names no chat, `unsupported-chat` for all other chats. */
export function recipientOf(chatId: string): string {
  const chat = parseChatId(chatId)
  if (!chat) throw new Refusal('invalid-chat', `chatId must be a one-to-one chat: ${ONE_TO_ONE}.`)
  if (chat.kind === 'phone' || chat.kind === 'lid') return chat.jid
  throw new Refusal('unsupported-chat', `chatId names ${KIND_NAMES[chat.kind]}, but must be a one-to-one chat: ${ONE_TO_ONE}.`)
}

/**
 * Returns the delays of a message's retries, one for each. Null: those of the tenant, which may change.
 *
 * @param tenant the tenant's own values, for what the request does not say
 */
export function retryDelaysOf(retry: RetryRequest | null, tenant: TenantSettings['retries']): readonly number[] | null {
  if (!retry || (retry.delaysMs === undefined && retry.maxRetries === undefined)) return null
  const { delaysMs = tenant.delaysMs, maxRetries = delaysMs.length } = retry
  const last = delaysMs.at(-1) ?? 0
  return Array.from({ length: maxRetries }, (_, index) => delaysMs[index] ?? last)
}

export interface Making {
  readonly cipher: SessionCipher
  readonly nowMs: number
  /** The place among the messages of one request. */
  readonly index?: number
  readonly retryDelaysMs: readonly number[] | null
}

/** Makes the fields of a job. One for later has no `queuedAt`: its owner does not load it. */
export function newJob(jobId: string, message: NewMessage, { cipher, nowMs, index = 0, retryDelaysMs }: Making) {
  const { tenant, sessionId, pool, chat, request } = message
  const { content, priority, sendAt, expiresAt } = request
  return {
    v: 1,
    tenant,
    sessionId,
    chat,
    type: content.type,
    content: sealJobContent(cipher, jobId, content),
    requestHash: cipher.fingerprint(hashedTextOf(message)),
    messageId: whatsappMessageIdOf(jobId),
    status: 'pending',
    createdAt: SERVER_TIME,
    queuedAt: isForLater(request, nowMs) ? null : SERVER_TIME,
    // Firestore cannot write its server time into a list.
    timeline: [{ status: 'pending', at: new Date(nowMs) }],
    attempts: 0,
    lastAttemptAt: null,
    nextAttemptAt: null,
    failedAt: null,
    lastError: null,
    priority,
    index,
    sendAt,
    expiresAt,
    retryDelaysMs,
    generation: 0,
    pool,
    hold: null,
  } as const
}

/** Returns whether a stored job is the very one of these fields. Content is never sealed twice to the same bytes. */
export const isVeryJob = ({ fields }: DocumentSnapshot, { content }: { readonly content: Buffer }): boolean =>
  fields['content'] instanceof Uint8Array && content.equals(fields['content'])

/**
 * PERSISTED CONTRACT v1: the text that `requestHash` covers. A request without options has the text of the first version. A request for
 * a pool names the pool, because a repeated one may find another session.
 */
function hashedTextOf({ sessionId, pool, chat, request }: NewMessage): Buffer {
  const { content, sendAt, expiresAt, priority, retry } = request
  const options = {
    ...(sendAt ? { sendAt: sendAt.getTime() } : {}),
    ...(expiresAt ? { expiresAt: expiresAt.getTime() } : {}),
    ...(priority === 'normal' ? {} : { priority }),
    ...(retry?.delaysMs ? { retryDelaysMs: retry.delaysMs } : {}),
    ...(retry?.maxRetries === undefined ? {} : { maxRetries: retry.maxRetries }),
  }
  const parts = [
    pool === null ? sessionId : `pool:${pool}`,
    chat,
    content.text,
    ...(Object.keys(options).length > 0 ? [options] : []),
  ]
  return Buffer.from(JSON.stringify(parts))
}

/** Returns whether the job with this hash was made by the same request. Its content may have been replaced since, and its session changed. */
export const isSameRequest = (requestHash: string, message: NewMessage, cipher: SessionCipher): boolean =>
  cipher.isFingerprint(requestHash, hashedTextOf(message))
