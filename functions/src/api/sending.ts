import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { sentenceOfIssues } from '../app/request.ts'
import { acceptBulk, type BulkItem } from '../use-cases/accept-bulk.ts'
import { acceptMessage } from '../use-cases/accept-message.ts'
import { acceptedSchema, bulkTextSchema, idempotencyHeaders, messageRequestOf, textToSendSchema } from './message-schemas.ts'
import { type Route, route, SENDERS } from './route.ts'
import { unknownField } from './schemas.ts'

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
          acceptedSchema.extend({ index: indexSchema }).meta({ id: 'AcceptedInBulk' }),
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
    answers: { 201: { description: 'The message is accepted.', schema: acceptedSchema } },
    problems: [
      'unknown-session',
      'unknown-pool',
      'unsupported-chat',
      'invalid-chat',
      'invalid-time',
      'queue-disabled',
      'tenant-deleting',
      'daily-quota-exceeded',
      'idempotency-key-reused',
      'message-damaged',
    ],
    async run({ dependencies, principal, headers, body }) {
      const idempotencyKey = headers['Idempotency-Key'] ?? randomUUID()
      const accepted = await acceptMessage(dependencies, principal, { ...messageRequestOf(body), idempotencyKey })
      return { status: 201, body: accepted }
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
      const results = await acceptBulk(dependencies, principal, { items: body.messages.map(itemOf), idempotencyKey })
      const accepted = results.filter((result) => 'id' in result).length
      return { status: 200, body: { accepted, refused: results.length - accepted, results } }
    },
  }),
]

function itemOf(given: unknown): BulkItem {
  const parsed = bulkTextSchema.safeParse(given)
  if (!parsed.success) return { mistakes: sentenceOfIssues(parsed.error) }
  return { message: messageRequestOf(parsed.data), idempotencyKey: parsed.data.idempotencyKey ?? null }
}
