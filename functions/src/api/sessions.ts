import { SESSION_NAME } from '@holdfast/core/session/ids'
import { DISCONNECT_CLASSES } from '@holdfast/core/session/disconnect-policy'
import { type ApiStatus, SESSION_STATES } from '@holdfast/core/session/session-states'
import { z } from 'zod'
import { createSession } from '../use-cases/create-session.ts'
import { listSessions, showSession } from '../use-cases/show-sessions.ts'
import { startSession, stopSession } from '../use-cases/want-session.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { named, reasonSchema, requiredString, time, unknownField } from './schemas.ts'

/**
 * Words that cannot be names of sessions, because routes below `/api` begin with them or with a session's name. Besides the words of
 * today it has those of WAHA, whose routes will follow.
 */
const RESERVED_NAMES = new Set(
  (
    'sessions messages queue whatsapp keys tenants tenant pools audit session-info ' +
    'apps connections contacts files reaction reply screenshot server star version'
  ).split(' '),
)

/** Every route that sends begins like this. */
const SENDS = /^send[A-Z]/

const newSessionSchema = z
  .object({
    name: requiredString()
      .regex(SESSION_NAME, 'must begin with a letter or digit and have at most 54 letters, digits, "-" and "_"')
      .refine((name) => !RESERVED_NAMES.has(name) && !SENDS.test(name), 'is a reserved word'),
    start: z
      .boolean('must be true or false')
      .default(true)
      .meta({ description: 'True: the session connects at once. False: it stays stopped until it is started.' }),
  })
  .catchall(unknownField)
  .meta({ id: 'NewSession', example: { name: 'another' } })

const API_STATUSES = ['STOPPED', 'STARTING', 'SCAN_QR_CODE', 'WORKING', 'FAILED'] as const satisfies readonly ApiStatus[]

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

const sessionSchema = z
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
    me: z.strictObject({ id: z.string(), lid: z.string().nullable() }).nullable().meta({ description: 'The linked account.' }),
    owner: z
      .strictObject({ runnerId: z.string().nullable(), epoch: z.int() })
      .meta({ description: 'The runner that holds the session. `epoch` rises with each take-over.' }),
    lastProofOfLifeAt: time.nullable(),
    lastInboundAt: time.nullable(),
    counters: z.strictObject({ sent: z.number(), received: z.number() }),
    pacing: pacingSchema
      .nullable()
      .meta({ description: 'How much the session has sent and may send. Null until it has sent a paced message.' }),
    checkpoint: z.strictObject({ object: z.string(), seq: z.int() }).nullable(),
    createdAt: time.nullable(),
  })
  .meta({ id: 'Session' })

const answered = { 200: { description: 'The session.', schema: sessionSchema } } as const

export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/sessions',
    operationId: 'createSession',
    tag: 'Sessions',
    summary: 'Create a session',
    description: 'Unless `start` is false, a runner then takes the session and shows a QR code.',
    roles: ADMINS,
    request: { body: newSessionSchema },
    answers: { 201: { description: 'The new session.', schema: sessionSchema } },
    problems: ['session-exists', 'quota-exceeded', 'tenant-deleting'],
    async run({ dependencies, principal, body }) {
      await createSession(dependencies, principal, body)
      return { status: 201, body: await showSession(dependencies, principal, body.name) }
    },
  }),
  route({
    method: 'GET',
    path: '/api/sessions',
    operationId: 'listSessions',
    tag: 'Sessions',
    summary: 'List the sessions',
    roles: READERS,
    answers: { 200: { description: 'All sessions, sorted by name.', schema: z.array(sessionSchema) } },
    run: async ({ dependencies, principal }) => ({ status: 200, body: await listSessions(dependencies, principal) }),
  }),
  route({
    method: 'GET',
    path: '/api/sessions/:name',
    operationId: 'getSession',
    tag: 'Sessions',
    summary: 'Show a session',
    roles: READERS,
    request: { params: named },
    answers: answered,
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await showSession(dependencies, principal, params.name),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/start',
    operationId: 'startSession',
    tag: 'Sessions',
    summary: 'Connect a session',
    description: 'The call may be repeated. It restarts a session that waits for an operator.',
    roles: ADMINS,
    request: { params: named },
    answers: answered,
    problems: ['unknown-session', 'tenant-deleting'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await startSession(dependencies, principal, params.name),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/stop',
    operationId: 'stopSession',
    tag: 'Sessions',
    summary: 'Disconnect a session and keep its state',
    description: 'The call may be repeated.',
    roles: ADMINS,
    request: { params: named },
    answers: answered,
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await stopSession(dependencies, principal, params.name),
    }),
  }),
]
