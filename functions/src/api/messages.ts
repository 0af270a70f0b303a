import { chatIdOf } from '@holdfast/core/message/chat-id'
import { type JobDocument, JOBS, jobPath } from '@holdfast/core/message/job-document'
import { type MessageDocument, messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { openJobContent, openReceivedContent } from '@holdfast/core/message/sealed-content'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/platform/logging'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from '../app/app.ts'
import { cipherOf, findSession } from '../use-cases/find-session.ts'
import { parseJob } from '../use-cases/parse-job.ts'
import { problem } from '../app/problems.ts'
import { readQuery } from '../app/request.ts'
import { concerns } from '../app/request-context.ts'

const JOB_ID = /^[0-9a-f]{40}$/
const WHATSAPP_ID = /^[0-9A-F]{8,40}$/

const receivedQuerySchema = z.object({
  since: z
    .string()
    .regex(/^\d{20}-\d{6}$/, 'must be a cursor from an earlier answer')
    .optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(1000, 'must be at most 1000')
    .default(100),
})

export function messageRoutes({ documents, wrappingKey, logger }: ApiDependencies): Hono {
  const routes = new Hono()

  routes.get('/messages/:id', async (context) => {
    const id = context.req.param('id')
    const snapshot = await findJob(documents, id)
    if (!snapshot) throw problem('unknown-message', 'The id is one of those that POST /api/sendText answered: id or messageId.')
    const job = parseJob(snapshot)
    concerns(ofSession(job.sessionId))
    const cipher = await cipherOf(documents, job.sessionId, wrappingKey)
    return context.json(jobAnswer(snapshot.id, job, cipher))
  })

  routes.get('/:name/messages', async (context) => {
    const { since, limit } = readQuery(context, receivedQuerySchema)
    const { id: sessionId } = await findSession(documents, context.req.param('name'))
    const cipher = await cipherOf(documents, sessionId, wrappingKey)
    const found = await documents.query({
      collection: messagesPath(sessionId),
      orderBy: ['order', 'asc'],
      ...(since === undefined ? {} : { startAfter: since }),
      limit,
    })
    const messages = found.map((snapshot) => {
      const answer = receivedAnswer(snapshot, cipher)
      if (answer.error) logger.error({ document: snapshot.id, code: answer.error }, 'A received message is damaged.')
      return answer
    })
    // The query orders by this field, so every document that it finds has it.
    const last = found.at(-1)?.fields['order'] ?? since ?? null
    return context.json({ messages, cursor: last })
  })

  return routes
}

async function findJob(documents: DocumentStore, id: string): Promise<DocumentSnapshot | null> {
  if (JOB_ID.test(id)) return documents.read(jobPath(id))
  if (!WHATSAPP_ID.test(id)) return null
  const [found] = await documents.query({ collection: JOBS, where: [['messageId', '==', id]], limit: 1 })
  return found ?? null
}

function jobAnswer(id: string, job: JobDocument, cipher: SessionCipher) {
  const { messageId, sessionId, chat, status, timeline, attempts, createdAt, lastAttemptAt, nextAttemptAt, failedAt } = job
  const session = sessionId.slice(DEFAULT_TENANT.length + 1)
  const { text, error } = openOrSay(() => openJobContent(cipher, id, job).text)
  return {
    id,
    messageId,
    session,
    chatId: chatIdOf(chat),
    text,
    // Only when the text cannot be shown.
    ...(error === undefined ? {} : { textError: error }),
    status,
    timeline,
    attempts,
    createdAt,
    lastAttemptAt,
    nextAttemptAt,
    failedAt,
    error: job.lastError,
  }
}

/** A message that cannot be read is shown as far as it can be: it must neither hide the others nor be passed over. */
function receivedAnswer(snapshot: DocumentSnapshot, cipher: SessionCipher) {
  const parsed = messageDocumentSchema.safeParse(snapshot.fields)
  if (!parsed.success) return { id: null, body: null, order: snapshot.fields['order'], error: 'bad-document' }
  const message = parsed.data
  const { text, error } = openOrSay(() => openReceivedContent(cipher, snapshot.id, message).text)
  return { ...envelopeOf(message), body: text, ...(error === undefined ? {} : { error }) }
}

const envelopeOf = (message: MessageDocument) => ({
  id: message.messageId,
  chatId: chatIdOf(message.chat),
  from: chatIdOf(message.participant ?? message.chat),
  fromMe: message.fromMe,
  participant: message.participant && chatIdOf(message.participant),
  pushName: message.pushName,
  type: message.type,
  timestamp: Math.floor(message.sentAt.getTime() / 1000),
  order: message.order,
  ...(message.tooLarge ? { tooLarge: message.tooLarge } : {}),
  ...(message.fromHistory ? { fromHistory: true } : {}),
})

function openOrSay(open: () => string | null): { text: string | null; error?: string } {
  try {
    return { text: open() }
  } catch (error) {
    if (isHoldfastError(error)) return { text: null, error: error.code }
    throw error
  }
}
