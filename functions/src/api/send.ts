import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type ChatKind, parseChatId } from '@holdfast/core/message/chat-id'
import type { MessageContent } from '@holdfast/core/message/content'
import { type JobDocument, jobPath } from '@holdfast/core/message/job-document'
import { openJobContent, sealJobContent } from '@holdfast/core/message/sealed-content'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { DEFAULT_TENANT, jobIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { type Clock, SERVER_TIME } from '@holdfast/core/platform/ports'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from '../app/app.ts'
import { cipherOf, findSession } from '../use-cases/find-session.ts'
import { parseJob } from '../use-cases/parse-job.ts'
import { problem } from '../app/problems.ts'
import { readBody, unknownField } from '../app/request.ts'

const MAX_TEXT_LENGTH = 65_536
const MAX_KEY_LENGTH = 255

const sendTextSchema = z
  .object({
    session: z.string({ error: 'is required: the name of a session' }),
    chatId: z.string({ error: 'is required: like 491701234567@c.us' }),
    text: z
      .string({ error: 'is required' })
      .min(1, 'must not be empty')
      .max(MAX_TEXT_LENGTH, `must have at most ${MAX_TEXT_LENGTH} characters`)
      // Half a character is lost when it is encoded: another text would arrive.
      .refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
  })
  .catchall(unknownField)

interface NewMessage {
  readonly sessionId: string
  readonly chat: string
  readonly content: MessageContent
}

export function sendRoutes({ documents, wrappingKey, clock, logger }: ApiDependencies): Hono {
  const routes = new Hono()

  routes.post('/sendText', async (context) => {
    const { session, chatId, text } = await readBody(context, sendTextSchema)
    const key = idempotencyKeyOf(context.req.header('Idempotency-Key'))
    const chat = recipientOf(chatId)
    const { id: sessionId } = await findSession(documents, session)
    const cipher = await cipherOf(documents, sessionId, wrappingKey)
    const message: NewMessage = { sessionId, chat, content: { type: 'text', text } }
    const jobId = jobIdOf(DEFAULT_TENANT, key)

    let status: JobDocument['status'] = 'pending'
    try {
      await documents.commit([{ kind: 'create', path: jobPath(jobId), fields: newJob(jobId, message, cipher, clock) }])
      logger.info({ job: jobId, messageId: whatsappMessageIdOf(jobId) }, 'A message was accepted.')
    } catch (error) {
      // Taken already, lost a race, or written although the answer was lost: the document says which.
      const existing = await documents.read(jobPath(jobId))
      if (!existing) throw error
      const job = parseJob(existing)
      if (!isSameRequest(jobId, job, message, cipher)) {
        throw problem('idempotency-key-reused', 'Use a new Idempotency-Key for another message.')
      }
      status = job.status
    }
    return context.json({ id: jobId, messageId: whatsappMessageIdOf(jobId), status }, 202)
  })

  return routes
}

const KIND_NAMES: Record<Exclude<ChatKind, 'phone' | 'lid'>, string> = {
  group: 'a group',
  newsletter: 'a newsletter',
  broadcast: 'a broadcast list',
  status: 'the status updates',
}

const ONE_TO_ONE = '491701234567@c.us, a number@lid, or a bare number'

/** The JID of a one-to-one chat. */
function recipientOf(chatId: string): string {
  const chat = parseChatId(chatId)
  if (!chat) throw problem('unsupported-chat', `chatId must be a one-to-one chat: ${ONE_TO_ONE}.`)
  if (chat.kind === 'phone' || chat.kind === 'lid') return chat.jid
  throw problem('unsupported-chat', `chatId names ${KIND_NAMES[chat.kind]}, but must be a one-to-one chat: ${ONE_TO_ONE}.`)
}

function idempotencyKeyOf(header: string | undefined): string {
  if (header === undefined) return randomUUID()
  if (header.length >= 1 && header.length <= MAX_KEY_LENGTH) return header
  throw problem('bad-request', `The header Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters.`)
}

function newJob(jobId: string, message: NewMessage, cipher: SessionCipher, clock: Clock): Record<string, unknown> {
  const { sessionId, chat, content } = message
  return {
    v: 1,
    tenant: DEFAULT_TENANT,
    sessionId,
    chat,
    type: content.type,
    content: sealJobContent(cipher, jobId, content),
    requestHash: cipher.fingerprint(Buffer.from(JSON.stringify([sessionId, chat, content.text]))),
    messageId: whatsappMessageIdOf(jobId),
    status: 'pending',
    createdAt: SERVER_TIME,
    queuedAt: SERVER_TIME,
    // Firestore sets its own time only outside of lists.
    timeline: [{ status: 'pending', at: new Date(clock.now()) }],
    attempts: 0,
    lastAttemptAt: null,
    nextAttemptAt: null,
    failedAt: null,
    lastError: null,
  }
}

/** The content itself is compared, since the fingerprint beside it depends on a key that may have been rotated in between. */
function isSameRequest(jobId: string, job: JobDocument, message: NewMessage, cipher: SessionCipher): boolean {
  if (job.sessionId !== message.sessionId || job.chat !== message.chat) return false
  return isDeepStrictEqual(openJobContent(cipher, jobId, job), message.content)
}
