import { isDeepStrictEqual } from 'node:util'
import { type ChatKind, parseChatId } from '@holdfast/core/message/chat-id'
import type { ContentOf, ContentType, MessageContent } from '@holdfast/core/message/content'
import { JOBS, type Priority } from '@holdfast/core/message/job-document'
import type { Media } from '@holdfast/core/message/media-document'
import { sealJobContent } from '@holdfast/core/message/sealed-content'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { type DocumentSnapshot, type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { jobIdOfMessage, receivedMessageIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { isForLater, type MessageTimes } from './message-times.ts'
import { Refusal } from './refusal.ts'
import type { Sender, SenderRequest } from './sender.ts'

/** A message to send, as a caller gives it. */
export interface MessageRequest extends MessageTimes, SenderRequest {
  readonly chatId: string
  readonly content: MessageContent
  readonly priority: Priority
  readonly retry: RetryRequest | null
  /** The id at WhatsApp that the caller chose; null: one is made. */
  readonly messageId: string | null
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
  /** The chat as the request names it. */
  readonly namedChat: string
  readonly request: MessageRequest
}

const FORMS = '491701234567@c.us, a number@lid, a group@g.us, a channel@newsletter, or a bare number'

/** Where a channel differs from a chat, it is not supported: it has no quotes, votes or reactions of the same kind. */
const INTO_CHANNELS: readonly ContentType[] = ['text', 'image', 'video', 'voice', 'document', 'sticker']

/**
 * Returns the JID of the chat that gets a message.
 *
 * @throws Refusal `invalid-chat` for what names no chat, `unsupported-chat` for a chat that does not get content of this kind
 */
export function recipientOf(chatId: string, content: MessageContent): string {
  const chat = parseChatId(chatId)
  if (!chat) throw new Refusal('invalid-chat', `chatId must be a chat: ${FORMS}.`)
  const unsupported = unsupportedIn(chat.kind, content)
  if (unsupported === null) return chat.jid
  throw new Refusal('unsupported-chat', `chatId names ${unsupported}.`)
}

/** Says why a chat of this kind does not get the content. Null when it does. */
function unsupportedIn(kind: ChatKind, content: MessageContent): string | null {
  if (kind === 'broadcast') return 'a broadcast list, to which nothing can be sent'
  const isForStatus = 'audience' in content && content.audience !== undefined
  if (kind === 'status') return isForStatus ? null : 'the status: use POST /api/{session}/status/…'
  if (isForStatus) return 'a chat, but the content is a status'
  if (kind !== 'newsletter') return null
  if (!INTO_CHANNELS.includes(content.type)) return `a channel, to which no ${content.type} can be sent`
  return 'replyTo' in content && content.replyTo ? 'a channel, where nothing can be answered' : null
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
  /** The span that made the job. Absent or null: nobody traces it. */
  readonly traceparent?: string | null
}

/** Makes the fields of a job. One for later has no `queuedAt`: its owner does not load it. */
export function newJob(jobId: string, message: NewMessage, { cipher, nowMs, index = 0, retryDelaysMs, traceparent }: Making) {
  const { tenant, sessionId, pool, chat, request } = message
  const { content, priority, sendAt, expiresAt } = request
  const messageId = request.messageId ?? whatsappMessageIdOf(jobId)
  return {
    v: 1,
    tenant,
    sessionId,
    chat,
    type: content.type,
    content: sealJobContent(cipher, jobId, content),
    requestHash: cipher.fingerprint(hashedTextOf(message)),
    messageId,
    ...('media' in content ? { mediaId: mediaIdOf({ chat, messageId }) } : {}),
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
    ...(traceparent ? { traceparent } : {}),
  } as const
}

/**
 * Returns the id in the address of a message's file. For a chat with a person it is the id of the message's document, as in events. The
 * names of a chat that only the owner knows would give another id, under which the file is found, too.
 */
export const mediaIdOf = ({ chat, messageId }: { readonly chat: string; readonly messageId: string }): string =>
  receivedMessageIdOf(chat, '', messageId)

/** Returns the id of the job that a request makes. A message of a chosen id has one job, whatever the idempotency key. */
export const jobIdFor = ({ messageId }: MessageRequest, tenant: string, otherwise: () => string): string =>
  messageId === null ? otherwise() : jobIdOfMessage(tenant, messageId)

/** Finds the other job that has the id that a caller chose, as when it is the id of an earlier answer: no two messages have one id. */
export async function jobOfChosenId(
  documents: Pick<DocumentStore, 'query'>,
  { tenant, request: { messageId } }: NewMessage,
  jobId: string,
): Promise<DocumentSnapshot | null> {
  if (messageId === null) return null
  const where = [['tenant', '==', tenant] as const, ['messageId', '==', messageId] as const]
  const found = await documents.query({ collection: JOBS, where, limit: 2 })
  return found.find(({ id }) => id !== jobId) ?? null
}

/** Returns whether a stored job is the very one of these fields. Content is never sealed twice to the same bytes. */
export const isVeryJob = ({ fields }: DocumentSnapshot, { content }: { readonly content: Buffer }): boolean =>
  fields['content'] instanceof Uint8Array && content.equals(fields['content'])

/**
 * PERSISTED CONTRACT v1: the text that `requestHash` covers. A request without options has the text of the first version. A request for
 * a pool names the pool, because a repeated one may find another session.
 */
function hashedTextOf({ sessionId, pool, namedChat, request }: NewMessage): Buffer {
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
    namedChat,
    hashedContentOf(content),
    ...(Object.keys(options).length > 0 ? [options] : []),
  ]
  return Buffer.from(JSON.stringify(parts))
}

/** A repeated request has the same bytes, and they lie elsewhere. */
function withoutPlace<Content extends { readonly media: Media }>(content: Content): Content {
  const { source } = content.media
  return source.kind === 'url' ? content : { ...content, media: { ...content.media, source: { ...source, object: '' } } }
}

/**
 * A plain text stands for itself, as in the first version, which had no previews. Everything else is a list of its type and its fields.
 */
function hashedContentOf(content: MessageContent): string | readonly [string, object] {
  const { type, ...fields } = 'media' in content ? withoutPlace(content) : content
  if (content.type !== 'text') return [type, fields]
  const { preview, ...ofText } = { preview: undefined, ...fields } as ContentOf<'text'>
  const told = preview?.kind === 'given' ? { ...ofText, preview } : ofText
  return isDeepStrictEqual(told, { text: content.text }) ? content.text : [type, told]
}

/** Returns whether the job with this hash was made by the same request. Its content may have been replaced since, and its session changed. */
export const isSameRequest = (requestHash: string, message: NewMessage, cipher: SessionCipher): boolean =>
  cipher.isFingerprint(requestHash, hashedTextOf(message))
