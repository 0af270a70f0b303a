import { randomUUID } from 'node:crypto'
import { JOB_STATUSES } from '@holdfast/core/message/job-document'
import { z } from 'zod'
import { acceptMessage } from '../use-cases/accept-message.ts'
import { findMessage } from '../use-cases/find-message.ts'
import { listReceived } from '../use-cases/received-messages.ts'
import { READERS, type Route, route, SENDERS } from './route.ts'
import { named, pageLimit, requiredString, time, unknownField } from './schemas.ts'

const MAX_TEXT_LENGTH = 65_536
const MAX_KEY_LENGTH = 255
const KEY_LENGTH = `The header Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters.`

const textToSendSchema = z
  .object({
    session: requiredString('the name of a session'),
    chatId: requiredString('like 491701234567@c.us'),
    text: requiredString()
      .min(1, 'must not be empty')
      .max(MAX_TEXT_LENGTH, `must have at most ${MAX_TEXT_LENGTH} characters`)
      // UTF-8 cannot encode half of a surrogate pair: the recipient would get another text.
      .refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
  })
  .catchall(unknownField)
  .meta({ id: 'TextToSend', example: { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' } })

const idempotencyHeaders = z.object({
  'Idempotency-Key': z.string().min(1, KEY_LENGTH).max(MAX_KEY_LENGTH, KEY_LENGTH).optional().meta({
    description: 'Repeat a request with the same key, and the API accepts the message only once.',
    example: 'order-4711-confirmation',
  }),
})

const jobStatusSchema = z.enum(JOB_STATUSES).meta({ id: 'JobStatus' })

const acceptedSchema = z
  .strictObject({
    id: z.string().meta({ description: 'The id of the job.' }),
    messageId: z.string().meta({ description: 'The id of the message at WhatsApp.' }),
    status: jobStatusSchema,
  })
  .meta({ id: 'AcceptedMessage' })

const messageSchema = z
  .strictObject({
    id: z.string(),
    messageId: z.string(),
    session: z.string(),
    chatId: z.string(),
    text: z.string().nullable(),
    textError: z.string().optional().meta({ description: 'Why the text cannot be shown. Otherwise absent.' }),
    status: jobStatusSchema,
    timeline: z.array(z.strictObject({ status: jobStatusSchema, at: time, attempt: z.int().optional() })),
    attempts: z.int(),
    createdAt: time,
    lastAttemptAt: time.nullable(),
    nextAttemptAt: time.nullable(),
    failedAt: time.nullable(),
    archivedAt: time.optional().meta({ description: 'Present when the message is archived: it can be read, but not changed.' }),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Message' })

const receivedSchema = z
  .strictObject({
    id: z
      .string()
      .nullable()
      .meta({ description: 'The id that the sender gave the message. Null when the document is damaged.' }),
    chatId: z.string().optional(),
    from: z.string().optional(),
    fromMe: z.boolean().optional(),
    participant: z.string().nullable().optional().meta({ description: 'The sender of a group message.' }),
    pushName: z.string().nullable().optional(),
    type: z.string().optional(),
    timestamp: z.int().optional().meta({ description: 'When the message was sent, in seconds since 1970.' }),
    order: z.string().meta({ description: 'The place of the message in the list. It serves as a cursor.' }),
    body: z.string().nullable().meta({ description: 'The text of the message.' }),
    tooLarge: z
      .strictObject({ bytes: z.int(), textIsCut: z.boolean() })
      .optional()
      .meta({
        description:
          'Present when the message was too large to be stored whole. `bytes` is its size. Only its text was stored, or the ' +
          'beginning of its text when `textIsCut` is true.',
      }),
    fromHistory: z
      .literal(true)
      .optional()
      .meta({ description: "The message comes from the phone's history, sent when the device was linked." }),
    error: z.string().optional().meta({ description: 'Why the message cannot be read. Otherwise absent.' }),
  })
  .meta({ id: 'ReceivedMessage' })

const pageQuery = z.object({
  since: z
    .string()
    .regex(/^\d{20}-\d{6}$/, 'must be a cursor from an earlier answer')
    .optional()
    .meta({ description: 'The cursor of an earlier answer. The list starts after it.' }),
  limit: pageLimit,
})

export const MESSAGE_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/sendText',
    operationId: 'sendText',
    tag: 'Messages',
    summary: 'Send a text',
    description: 'The API stores the message before it answers. A session that is not connected sends it later.',
    sendsMessages: true,
    roles: SENDERS,
    request: { headers: idempotencyHeaders, body: textToSendSchema },
    answers: { 201: { description: 'The message is accepted.', schema: acceptedSchema } },
    problems: [
      'unknown-session',
      'unsupported-chat',
      'queue-disabled',
      'tenant-deleting',
      'daily-quota-exceeded',
      'idempotency-key-reused',
      'message-damaged',
    ],
    async run({ dependencies, principal, headers, body: { session, chatId, text } }) {
      const idempotencyKey = headers['Idempotency-Key'] ?? randomUUID()
      const accepted = await acceptMessage(dependencies, principal, {
        session,
        chatId,
        content: { type: 'text', text },
        idempotencyKey,
      })
      return { status: 201, body: accepted }
    },
  }),
  route({
    method: 'GET',
    path: '/api/messages/:id',
    operationId: 'getMessage',
    tag: 'Messages',
    summary: 'Show a message to send and its status',
    roles: READERS,
    request: {
      params: z.object({
        id: z.string().meta({ description: 'The `id` or the `messageId` of the accepted message.', example: '0'.repeat(40) }),
      }),
    },
    answers: { 200: { description: 'The message.', schema: messageSchema } },
    problems: ['unknown-message', 'message-damaged'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await findMessage(dependencies, principal, params.id),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/:name/messages',
    operationId: 'listMessages',
    tag: 'Messages',
    summary: 'List received messages',
    description: 'Oldest first. A client that keeps the cursor gets each message once.',
    roles: READERS,
    request: { params: named, query: pageQuery },
    answers: {
      200: {
        description: 'One page of messages.',
        schema: z
          .strictObject({
            messages: z.array(receivedSchema),
            cursor: z
              .string()
              .nullable()
              .meta({ description: 'The position after the last message. Null while there are no messages.' }),
          })
          .meta({ id: 'MessagePage' }),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name }, query: { since, limit } }) => ({
      status: 200,
      body: await listReceived(dependencies, principal, { name, since, limit }),
    }),
  }),
]
