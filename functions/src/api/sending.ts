import { randomBytes, randomUUID } from 'node:crypto'
import { chosenMessageId } from '@holdfast/core/session/ids'
import { z } from 'zod'
import { readIgnoring } from '../app/ignored-fields.ts'
import { sentenceOfIssues } from '../app/request.ts'
import { acceptBulk, type BulkItem } from '../use-cases/accept-bulk.ts'
import { acceptMessage } from '../use-cases/accept-message.ts'
import { findSession } from '../use-cases/find-session.ts'
import { answeringTo } from '../use-cases/references.ts'
import { sendAnswer, shortAnswer } from '../use-cases/send-answer.ts'
import {
  acceptedInBulkFields,
  bulkTextSchema,
  idempotencyHeaders,
  messageRequestOf,
  sentSchema,
  textToSendSchema,
} from './message-schemas.ts'
import { type Route, route, SENDERS } from './route.ts'
import { SENDING_PROBLEMS } from './send-content.ts'
import { named, unknownField } from './schemas.ts'

const MAX_MESSAGES = 1000
const MIB = 1024 * 1024
const MAX_BULK_BYTES = 8 * MIB
/** Enough for all messages with texts of the greatest length. */
const MAX_BULK_BYTES_ON_SERVER = 64 * MIB

const bulkSchema = z
  .object({
    messages: z
      // The route reads each message by itself: a wrong one is a result, and no wrong request.
      .array(z.unknown().meta({ override: { $ref: '#/components/schemas/BulkText' } }), 'must be a list of messages')
      .min(1, 'must have a message')
      .max(MAX_MESSAGES, `must have at most ${MAX_MESSAGES} messages`),
  })
  .catchall(unknownField)
  .meta({
    id: 'BulkToSend',
    example: {
      messages: [
        { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' },
        { session: 'main', chatId: '5511999990001@c.us', text: 'Hello', idempotencyKey: 'order-4712' },
      ],
    },
  })

const indexSchema = z.int().meta({ description: 'The place of the message in the request, from 0.' })

const bulkAnswerSchema = z
  .strictObject({
    accepted: z.int(),
    refused: z.int(),
    results: z
      .array(
        z.union([
          z
            .strictObject({
              index: indexSchema,
              ...acceptedInBulkFields,
              ignored: z.array(z.string()).optional().meta({ description: 'The fields of the message that were ignored.' }),
            })
            .meta({ id: 'AcceptedInBulk' }),
          z
            .strictObject({
              index: indexSchema,
              code: z.string().meta({ description: 'The code of the problem that POST /api/sendText answers in this case.' }),
              detail: z.string(),
            })
            .meta({ id: 'RefusedInBulk' }),
        ]),
      )
      .meta({ description: 'One for each message, in the order of the request.' }),
  })
  .meta({ id: 'BulkAnswer' })

export const SENDING_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/sendText',
    operationId: 'sendText',
    tag: 'Messages',
    summary: 'Send a text',
    description:
      'The API stores the message before it answers. A session that is not connected sends it later. ' +
      'Of a pool, the first session that is connected gets the message; while it cannot send it, another one takes it over.',
    sendsMessages: true,
    roles: SENDERS,
    request: { headers: idempotencyHeaders, body: textToSendSchema },
    answers: { 201: { description: 'The message is accepted.', schema: sentSchema } },
    problems: ['unknown-pool', ...SENDING_PROBLEMS],
    async run({ dependencies, principal, headers, body }) {
      const idempotencyKey = headers['Idempotency-Key'] ?? randomUUID()
      const request = await answeringTo(dependencies, principal, messageRequestOf(body), body.reply_to)
      const accepted = await acceptMessage(dependencies, principal, { ...request, idempotencyKey })
      return { status: 201, body: sendAnswer(accepted, request.content, null) }
    },
  }),
  route({
    method: 'POST',
    path: '/api/sendBulk',
    operationId: 'sendBulk',
    tag: 'Messages',
    summary: 'Send up to 1,000 texts',
    description:
      'Each message has a result of its own; one that is refused hinders no other. Messages to one chat are sent in the order of the ' +
      'request. When a part of them is `unavailable`, repeat the whole request with the same Idempotency-Key: no message is sent twice.',
    sendsMessages: true,
    roles: SENDERS,
    request: { headers: idempotencyHeaders, body: bulkSchema, items: bulkTextSchema },
    maxBodyBytes: MAX_BULK_BYTES,
    maxBodyBytesOnServer: MAX_BULK_BYTES_ON_SERVER,
    answers: { 200: { description: 'The results.', schema: bulkAnswerSchema } },
    problems: ['queue-disabled'],
    async run({ dependencies, principal, headers, body }) {
      const idempotencyKey = headers['Idempotency-Key'] ?? randomUUID()
      const items = body.messages.map(itemOf)
      const results = await acceptBulk(dependencies, principal, { items, idempotencyKey })
      const shown = results.map((result) => {
        if (!('jobId' in result)) return result
        const ignored = items[result.index]?.ignored ?? []
        return { index: result.index, ...shortAnswer(result), ...(ignored.length > 0 ? { ignored } : {}) }
      })
      const accepted = shown.filter((result) => 'id' in result).length
      return { status: 200, body: { accepted, refused: shown.length - accepted, results: shown } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/new-message-id',
    operationId: 'newMessageId',
    tag: 'Messages',
    summary: 'Make an id for a message',
    description:
      'A request that sends may carry it as `id`: the message then has this id at WhatsApp, and the same request again makes no second one.',
    roles: SENDERS,
    request: { params: named },
    answers: { 200: { description: 'A new id.', schema: z.strictObject({ id: z.string() }).meta({ id: 'NewMessageId' }) } },
    problems: ['unknown-session'],
    async run({ dependencies, principal, params }) {
      await findSession(dependencies.documents, principal, params.name)
      return { status: 200, body: { id: chosenMessageId(randomBytes(9)) } }
    },
  }),
]

function itemOf(given: unknown): BulkItem & { readonly ignored: readonly string[] } {
  const { result, ignored } = readIgnoring(bulkTextSchema, given)
  if (!result.success) return { mistakes: sentenceOfIssues(result.error), ignored }
  return { message: messageRequestOf(result.data), idempotencyKey: result.data.idempotencyKey ?? null, ignored }
}
