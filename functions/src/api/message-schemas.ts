import type { ContentOf } from '@holdfast/core/message/content'
import { PRIORITIES } from '@holdfast/core/message/job-document'
import { parseMessageId } from '@holdfast/core/message/message-id'
import { type AckName, ACKS } from '@holdfast/core/message/waha-message'
import { CHOSEN_MESSAGE_ID } from '@holdfast/core/session/ids'
import { z } from 'zod'
import type { MessageRequest } from '../use-cases/new-message.ts'
import { ACK_STATUSES } from '../use-cases/send-answer.ts'
import { mentionsSchema, messageIdSchema, previewOf } from './naming-schemas.ts'
import { jobStatusSchema, requiredString, time, timeWithOffset, unknownField } from './schemas.ts'

/** Schemas of messages to send, in requests and in answers. */

/** The session of a request that names none, as in WAHA. */
export const DEFAULT_SESSION = 'default'

const MAX_TEXT_LENGTH = 65_536
const MAX_KEY_LENGTH = 255
const KEY_LENGTH = `The header Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters.`

const DAY_MS = 24 * 60 * 60 * 1000

export const textSchema = requiredString()
  .min(1, 'must not be empty')
  .max(MAX_TEXT_LENGTH, `must have at most ${MAX_TEXT_LENGTH} characters`)
  // UTF-8 cannot encode half of a surrogate pair: the recipient would get another text.
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')

export const sendAtSchema = timeWithOffset
  .nullish()
  .meta({ description: 'The message is not sent before this time. It can be canceled or replaced until then.' })

export const expiresAtSchema = timeWithOffset
  .nullish()
  .meta({ description: 'A message that was not sent by this time is `failed` with the code `expired`.' })

export const prioritySchema = z
  .enum(PRIORITIES, `must be one of ${PRIORITIES.join(', ')}`)
  .meta({ description: 'Messages to one chat keep their order, whatever their priority.' })

export const retrySchema = z
  .strictObject({
    delaysMs: z
      .array(
        z
          .int('must be a whole number')
          .min(0, 'must not be negative')
          .max(7 * DAY_MS, 'must be at most 7 days'),
      )
      .min(1, 'must have a delay')
      .max(50, 'must have at most 50 delays')
      .optional()
      .meta({ description: 'The delay before each retry, in milliseconds; the last one repeats.' }),
    maxRetries: z
      .int('must be a whole number')
      .min(0, 'must not be negative')
      .max(100, 'must be at most 100')
      .optional()
      .meta({ description: 'Attempts after the first one. Without it there are as many as delays.' }),
  })
  .nullish()
  .meta({ description: "When WhatsApp refuses the message for now. What is missing has the tenant's value." })

/** It is read from a serialized id, too. */
export const chosenIdSchema = z
  .string('must be a text')
  .transform((id) => parseMessageId(id)?.messageId ?? '')
  .refine((id) => CHOSEN_MESSAGE_ID.test(id), 'must be an id of GET /api/{session}/new-message-id')
  .meta({
    description:
      'The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message.',
  })

const textFields = {
  session: requiredString()
    .min(1, 'must not be empty')
    .optional()
    .meta({ description: 'The session that sends. Without it: the pool, or else the session `default`.' }),
  id: chosenIdSchema.optional(),
  pool: requiredString().min(1, 'must not be empty').optional().meta({
    description: 'The pool whose first connected session sends. When that one cannot, another session of the pool does.',
  }),
  chatId: requiredString('like 491701234567@c.us'),
  text: textSchema,
  mentions: mentionsSchema.optional(),
  linkPreview: z
    .boolean('must be true or false')
    .default(true)
    .meta({ description: 'Whether the first link of the text gets a preview, if its page has one.' }),
  sendAt: sendAtSchema,
  expiresAt: expiresAtSchema,
  priority: prioritySchema.default('normal'),
  retry: retrySchema,
}

interface Sending {
  readonly session?: string | undefined
  readonly pool?: string | undefined
}

/** The checks run beside those of the fields, so that an answer lists all mistakes at once. */
const ofObjects = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null }

const namesOneSender = ({ session, pool }: Sending): boolean => session === undefined || pool === undefined
const TWO_SENDERS = { path: ['pool'], error: 'must not be named together with a session', ...ofObjects }

const EXAMPLE = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }

export const textToSendSchema = z
  .object({ ...textFields, reply_to: messageIdSchema.optional() })
  .catchall(unknownField)
  .refine(namesOneSender, TWO_SENDERS)
  .meta({ id: 'TextToSend', example: EXAMPLE })

const keySchema = (message: string) => z.string().min(1, message).max(MAX_KEY_LENGTH, message)

/** A message of a request for many. */
export const bulkTextSchema = z
  .object({
    ...textFields,
    idempotencyKey: keySchema(`must have 1 to ${MAX_KEY_LENGTH} characters`)
      .optional()
      .meta({ description: 'The same as the header of POST /api/sendText. Without it the key of the whole request counts.' }),
  })
  .catchall(unknownField)
  .refine(namesOneSender, TWO_SENDERS)
  .meta({ id: 'BulkText', unusedIO: 'input' })

export const idempotencyHeaders = z.object({
  'Idempotency-Key': keySchema(KEY_LENGTH).optional().meta({
    description: 'Repeat a request with the same key, and the API accepts the message only once.',
    example: 'order-4711-confirmation',
  }),
})

/** Returns the message that a request describes. */
export const messageRequestOf = (text: z.output<typeof bulkTextSchema>): MessageRequest & { content: ContentOf<'text'> } => ({
  session: text.session ?? (text.pool === undefined ? DEFAULT_SESSION : null),
  pool: text.pool ?? null,
  messageId: text.id ?? null,
  chatId: text.chatId,
  content: {
    type: 'text',
    text: text.text,
    ...(text.mentions?.length ? { mentions: text.mentions } : {}),
    ...previewOf(text.text, text.linkPreview),
  },
  sendAt: text.sendAt ?? null,
  expiresAt: text.expiresAt ?? null,
  priority: text.priority,
  retry: text.retry ?? null,
})

const ackFields = {
  ack: z
    .int()
    .meta({ description: '-1 it failed, 0 it waits, 1 WhatsApp has it, 2 a device has it, 3 it is read, 4 it is played.' }),
  ackName: z.enum(Object.keys(ACKS) as [AckName, ...AckName[]]),
  status: z.enum(ACK_STATUSES).meta({ description: 'The ack in the words of a WAHA engine.' }),
}

const idFields = {
  id: z.string().meta({ description: 'The serialized id of the message: the same text in lists, webhooks, replies.' }),
  jobId: z.string().meta({ description: 'The id of the job, for GET /api/messages/{id}.' }),
  messageId: z.string().meta({ description: 'The bare id of the message at WhatsApp.' }),
}

const wireKeySchema = z.strictObject({ remoteJid: z.string(), fromMe: z.literal(true), id: z.string() })

/** The answer of every request that sends something. */
export const sentSchema = z
  .strictObject({
    ...idFields,
    timestamp: z.int().meta({ description: 'The time of acceptance, in seconds.' }),
    from: z.string().meta({ description: 'The chat.' }),
    to: z.string().meta({ description: 'The chat.' }),
    fromMe: z.literal(true),
    body: z.string().meta({ description: 'The text or the caption.' }),
    hasMedia: z.boolean(),
    media: z.strictObject({ url: z.string().nullable(), mimetype: z.string(), filename: z.string().nullable() }).nullable(),
    ...ackFields,
    replyTo: z.strictObject({ id: z.string(), participant: z.string().nullable() }).nullable(),
    key: wireKeySchema,
    messageTimestamp: z.string().meta({ description: 'The timestamp as a text.' }),
    _data: z.strictObject({
      key: wireKeySchema,
      id: z.strictObject({ fromMe: z.literal(true), remote: z.string(), id: z.string(), _serialized: z.string() }),
    }),
  })
  .meta({ id: 'AcceptedMessage' })

/** The same in a request for many. */
export const acceptedInBulkFields = { ...idFields, ...ackFields }

const timelineEntrySchema = z.strictObject({
  status: jobStatusSchema,
  at: time,
  attempt: z.int().optional(),
  by: z.string().optional().meta({ description: 'Who made the change. Absent when it was the owner of the session.' }),
  why: z
    .string()
    .optional()
    .meta({ description: 'Why, as a code: `retried`, `replaced`, `expired`; of a move `session-down`, `refused`, `locked`.' }),
  session: z.string().optional().meta({ description: 'The session that sends the message from here on.' }),
})

const waitingSchema = z
  .strictObject({
    reason: z.string().meta({
      description:
        '`scheduled` (for `sendAt`), `retry` (for the next attempt), `session-not-connected`, `queue` (for its turn), or what its ' +
        'pace waits for: `pacing-delay`, `daily-limit`, `ramp-limit`, `recipient-gap`, `reach-out-lock`, `message-cap`.',
    }),
    until: time.nullable().meta({ description: 'Null when the end is not known.' }),
  })
  .meta({ id: 'Waiting' })

export const messageSchema = z
  .strictObject({
    ...idFields,
    session: z.string().meta({ description: 'The session that sends the message, or has sent it.' }),
    pool: z.string().nullable().meta({ description: 'The pool whose sessions may send it. Null when only `session` may.' }),
    chatId: z.string(),
    text: z.string().nullable(),
    textError: z.string().optional().meta({ description: 'Why the text cannot be shown. Otherwise absent.' }),
    status: jobStatusSchema,
    waiting: waitingSchema.nullable().meta({ description: 'Why a pending message is not sent yet. Null for all others.' }),
    priority: z.enum(PRIORITIES),
    sendAt: time.nullable(),
    expiresAt: time.nullable(),
    timeline: z.array(timelineEntrySchema),
    attempts: z.int(),
    createdAt: time,
    lastAttemptAt: time.nullable(),
    nextAttemptAt: time.nullable(),
    failedAt: time.nullable(),
    archivedAt: time.optional().meta({ description: 'Present when the message is archived: it can be read, but not changed.' }),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Message' })

export const messageListSchema = z
  .strictObject({
    messages: z.array(
      z.union([
        messageSchema,
        z
          .strictObject({
            id: z.string(),
            jobId: z.string(),
            damage: z.string().meta({ description: 'Why the stored message cannot be read.' }),
          })
          .meta({ id: 'DamagedMessage' }),
      ]),
    ),
    cursor: z.string().nullable().meta({ description: 'The place after the last message. Null at the end of the list.' }),
  })
  .meta({ id: 'MessageList' })

export const messageParams = z.object({
  id: z
    .string()
    .meta({ description: 'The `id`, the `jobId` or the `messageId` of the accepted message.', example: '0'.repeat(40) }),
})
