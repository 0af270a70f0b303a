import { SESSION_NAME } from '@holdfast/core/session/ids'
import { DISCONNECT_CLASSES } from '@holdfast/core/session/disconnect-policy'
import { type ApiStatus, SESSION_STATES } from '@holdfast/core/session/session-states'
import { z } from 'zod'
import { createSession } from '../use-cases/create-session.ts'
import { listSessions, showSession } from '../use-cases/show-sessions.ts'
import { startSession, stopSession } from '../use-cases/want-session.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { named, reasonSchema, time, unknownField } from './schemas.ts'

/** Routes below `/api` begin with these or with a session's name. */
const RESERVED_NAMES: readonly string[] = ['sessions', 'messages']

const newSessionSchema = z
  .object({
    name: z
      .string({ error: 'is required' })
      .regex(SESSION_NAME, 'must begin with a letter or digit and have at most 54 letters, digits, "-" and "_"')
      .refine((name) => !RESERVED_NAMES.includes(name), 'is a reserved word'),
    start: z
      .boolean('must be true or false')
      .default(true)
      .meta({ description: 'Whether the session connects at once. Otherwise it waits to be started.' }),
  })
  .catchall(unknownField)
  .meta({ id: 'NewSession', example: { name: 'another' } })

const API_STATUSES = ['STOPPED', 'STARTING', 'SCAN_QR_CODE', 'WORKING', 'FAILED'] as const satisfies readonly ApiStatus[]

const sessionSchema = z
  .strictObject({
    name: z.string(),
    status: z.enum(API_STATUSES).meta({ description: "In WAHA's words." }),
    state: z
      .enum(SESSION_STATES)
      .meta({ description: 'The precise state. `status` and `reason` also tell whether its runner is alive.' }),
    reason: reasonSchema,
    sentence: z.string().meta({ description: 'The reason, for people.' }),
    userAction: z.string().nullable().meta({ description: 'What the user is to do, if anything.' }),
    since: time.nullable(),
    nextAttemptAt: time.nullable().meta({ description: 'Set while the session waits before it connects again by itself.' }),
    bannedUntil: time.nullable().meta({ description: 'The end of a ban, where WhatsApp has told it.' }),
    lastDisconnect: z
      .strictObject({ code: z.number().nullable(), class: z.enum(DISCONNECT_CLASSES), reason: z.string(), at: time })
      .nullable()
      .meta({ description: "How the last connection ended: WhatsApp's code, and what it was taken for." }),
    wanted: z.enum(['online', 'offline']),
    config: z.record(z.string(), z.unknown()),
    me: z.strictObject({ id: z.string(), lid: z.string().nullable() }).nullable().meta({ description: 'The linked account.' }),
    owner: z
      .strictObject({ runnerId: z.string().nullable(), epoch: z.int() })
      .meta({ description: 'The runner that holds the session, and how often the session was taken over.' }),
    lastProofOfLifeAt: time.nullable(),
    lastInboundAt: time.nullable(),
    counters: z.strictObject({ sent: z.number(), received: z.number() }),
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
    description: 'The session then waits for a runner and shows a QR code.',
    roles: ADMINS,
    request: { body: newSessionSchema },
    answers: { 201: { description: 'The new session.', schema: sessionSchema } },
    problems: ['session-exists'],
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
    answers: { 200: { description: 'All sessions, by name.', schema: z.array(sessionSchema) } },
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
    description: 'May be repeated. A session that waits for somebody to act is restarted.',
    roles: ADMINS,
    request: { params: named },
    answers: answered,
    problems: ['unknown-session'],
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
    description: 'May be repeated.',
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
