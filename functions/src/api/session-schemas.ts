import { DISCONNECT_CLASSES } from '@holdfast/core/session/disconnect-policy'
import { SESSION_NAME } from '@holdfast/core/session/ids'
import { API_STATUSES, SESSION_STATES } from '@holdfast/core/session/session-states'
import { z } from 'zod'
import { actionSchema, whySchema } from './action-schemas.ts'
import { reasonSchema, requiredString, time, unknownField } from './schemas.ts'
import { isStorableConfig } from './storable-config.ts'

/** Schemas of sessions, in requests and in answers. */

/**
 * Words that cannot be names of sessions, because routes below `/api` begin with them or with a session's name. Besides the words of
 * today it has those of WAHA, whose routes will follow.
 */
const RESERVED_NAMES = new Set(
  (
    'sessions messages queue whatsapp keys tenants tenant pools purges audit alerts recoveries session-info fleet status cleanup backups ' +
    'backup-session cleanup-backups ' +
    'apps connections contacts files forwardMessage ping reaction reply screenshot send server star startTyping stopTyping version ' +
    'webhooks ws sign-in events docs graphql'
  ).split(' '),
)

/** Every route that sends begins like this. */
const SENDS = /^send[A-Z]/

const nameSchema = requiredString()
  .regex(SESSION_NAME, 'must begin with a letter or digit and have at most 54 letters, digits, "-" and "_"')
  .refine((name) => !RESERVED_NAMES.has(name) && !SENDS.test(name), 'is a reserved word')

const configSchema = z
  .record(z.string(), z.unknown())
  .refine(isStorableConfig, 'is too large or too deep, or has texts or lists that cannot be stored')
  .meta({
    description:
      "In WAHA's words: `webhooks`, `metadata`, `ignore`, … It comes back as it was given, also where this version has no use for it.",
  })

export const newSessionSchema = z
  .object({
    name: nameSchema.optional().meta({ description: 'Without it, a name is made.' }),
    start: z
      .boolean('must be true or false')
      .default(true)
      .meta({ description: 'True: the session connects at once. False: it stays stopped until it is started.' }),
    config: configSchema.optional(),
  })
  .catchall(unknownField)
  .meta({ id: 'NewSession', example: { name: 'another' } })

export const configurationSchema = z
  .object({ config: configSchema.default({}) })
  .catchall(unknownField)
  .meta({ id: 'SessionConfiguration', example: { config: { metadata: { customer: '4711' } } } })

export const startedSchema = z
  .object({ name: nameSchema, config: configSchema.optional() })
  .catchall(unknownField)
  .meta({ id: 'SessionToStart', example: { name: 'another' } })

export const actionRequestSchema = z
  .object({ reason: whySchema })
  .catchall(unknownField)
  .meta({ id: 'ActionRequest', example: { reason: 'For a test.' } })

export const apiStatusSchema = z.enum(API_STATUSES)

const pacingSchema = z.strictObject({
  day: z.string().meta({ description: 'The counted day, in `timeZone`. A later day has a new count.', example: '2026-12-01' }),
  timeZone: z.string(),
  sentToday: z.int(),
  dailyLimit: z.int().meta({ description: 'The limit of that day. It is lower while the session is young.' }),
  firstSentAt: time.nullable(),
  nextSendAt: time.nullable().meta({ description: 'The end of the pause after the last message.' }),
  announced: z
    .strictObject({
      reachOutLock: z
        .strictObject({ type: z.string(), until: time.nullable(), announcedAt: time })
        .nullable()
        .meta({ description: 'A lock against new chats. `until` is null when it was lifted.' }),
      messageCap: z
        .strictObject({
          status: z.string().meta({ description: '`CAPPED`: no new chats before `until`.' }),
          used: z.number().nullable(),
          total: z.number().nullable(),
          until: time.nullable(),
          announcedAt: time,
        })
        .nullable()
        .meta({ description: 'The quota of messages that begin new chats.' }),
    })
    .meta({ description: 'What WhatsApp announced about the account. Messages in chats that exist are not concerned.' }),
})

export const meSchema = z.strictObject({ id: z.string(), pushName: z.string() })

export const sessionSchema = z
  .strictObject({
    name: z.string(),
    status: apiStatusSchema.meta({ description: "The status in WAHA's words." }),
    state: z
      .enum(SESSION_STATES)
      .meta({ description: 'The stored state. `status` and `reason` also depend on whether the runner is alive.' }),
    reason: reasonSchema,
    sentence: z.string().meta({ description: 'The reason as a sentence.' }),
    userAction: z.string().nullable().meta({ description: 'What the user has to do, if anything.' }),
    since: time.nullable(),
    nextAttemptAt: time.nullable().meta({ description: 'The next connection attempt. Set while the session waits for it.' }),
    bannedUntil: time.nullable().meta({ description: 'The end of a ban, if WhatsApp stated it.' }),
    lastDisconnect: z
      .strictObject({ code: z.number().nullable(), class: z.enum(DISCONNECT_CLASSES), reason: z.string(), at: time })
      .nullable()
      .meta({ description: "How the last connection ended: WhatsApp's code, and the cause that the runner derived from it." }),
    wanted: z.enum(['online', 'offline']),
    config: z.record(z.string(), z.unknown()),
    me: meSchema.extend({ lid: z.string().nullable(), jid: z.string() }).nullable().meta({ description: 'The linked account.' }),
    engine: z.strictObject({ engine: z.literal('NOWEB') }).meta({ description: 'The engine of WAHA that comes nearest.' }),
    presence: z.string().nullable(),
    timestamps: z
      .strictObject({ activity: z.int().nullable() })
      .meta({ description: 'When it was last heard of, in milliseconds.' }),
    assignedWorker: z.string().nullable().meta({ description: 'The runner.' }),
    apps: z.array(z.never()),
    owner: z
      .strictObject({ runnerId: z.string().nullable(), epoch: z.int() })
      .meta({ description: 'The runner that holds the session. `epoch` rises with each take-over.' }),
    lastProofOfLifeAt: time.nullable(),
    lastInboundAt: time.nullable(),
    counters: z.strictObject({ sent: z.number(), received: z.number() }),
    pacing: pacingSchema
      .nullable()
      .meta({ description: 'How much the session has sent and may send. Null until it has sent a paced message.' }),
    availability: z
      .number()
      .nullable()
      .meta({
        description:
          'Percent of this month (UTC) for which the session was connected while it should have been, as samples of each minute ' +
          'show it. Null while nothing is known. A session that waits for its phone is not counted as down.',
      }),
    checkpoint: z.strictObject({ object: z.string(), seq: z.int() }).nullable(),
    createdAt: time.nullable(),
  })
  .meta({ id: 'Session' })

export const withActionSchema = sessionSchema
  .extend({
    action: actionSchema.nullable().meta({ description: 'What the runner is to do. Null when the session is started instead.' }),
  })
  .meta({ id: 'SessionAndAction' })

export const startQuery = z.object({
  confirm: z
    .enum(['exported'])
    .optional()
    .meta({ description: 'For a session that was exported: no other program has used its keys.' }),
})
