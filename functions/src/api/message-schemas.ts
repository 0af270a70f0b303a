import { PRIORITIES } from '@holdfast/core/message/job-document'
import { z } from 'zod'
import type { MessageRequest } from '../use-cases/new-message.ts'
import { jobStatusSchema, requiredString, time, timeWithOffset, unknownField } from './schemas.ts'

/** Schemas of messages to send, in requests and in answers. */

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

const retrySchema = z
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

const textFields = {
  session: requiredString().optional().meta({ description: 'The session that sends. Name it or a pool.' }),
  pool: requiredString().optional().meta({
    description: 'The pool whose first connected session sends. When that one cannot, another session of the pool does.',
  }),
  chatId: requiredString('like 491701234567@c.us'),
  text: textSchema,
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

const namesSender = ({ session, pool }: Sending): boolean => session !== undefined || pool !== undefined
const NO_SENDER = { path: ['session'], error: 'is required: the name of a session, or a pool', ...ofObjects }

const namesOneSender = ({ session, pool }: Sending): boolean => session === undefined || pool === undefined
const TWO_SENDERS = { path: ['pool'], error: 'must not be named together with a session', ...ofObjects }

const EXAMPLE = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }

export const textToSendSchema = z
  .object(textFields)
  .catchall(unknownField)
  .refine(namesSender, NO_SENDER)
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
  .refine(namesSender, NO_SENDER)
  .refine(namesOneSender, TWO_SENDERS)
  .meta({ id: 'BulkText', unusedIO: 'input' })

export const idempotencyHeaders = z.object({
  'Idempotency-Key': keySchema(KEY_LENGTH).optional().meta({
    description: 'Repeat a request with the same key, and the API accepts the message only once.',
    example: 'order-4711-confirmation',
  }),
})

/** Returns the message that a request describes. */
export const messageRequestOf = (text: z.output<typeof textToSendSchema>): MessageRequest => ({
  session: text.session ?? null,
  pool: text.pool ?? null,
  chatId: text.chatId,
  content: { type: 'text', text: text.text },
  sendAt: text.sendAt ?? null,
  expiresAt: text.expiresAt ?? null,
  priority: text.priority,
  retry: text.retry ?? null,
})

export const acceptedSchema = z
  .strictObject({
    id: z.string().meta({ description: 'The id of the job.' }),
    messageId: z.string().meta({ description: 'The id of the message at WhatsApp.' }),
    status: jobStatusSchema,
  })
  .meta({ id: 'AcceptedMessage' })

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
    id: z.string(),
    messageId: z.string(),
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
          .strictObject({ id: z.string(), damage: z.string().meta({ description: 'Why the stored message cannot be read.' }) })
          .meta({ id: 'DamagedMessage' }),
      ]),
    ),
    cursor: z.string().nullable().meta({ description: 'The place after the last message. Null at the end of the list.' }),
  })
  .meta({ id: 'MessageList' })

export const messageParams = z.object({
  id: z.string().meta({ description: 'The `id` or the `messageId` of the accepted message.', example: '0'.repeat(40) }),
})
