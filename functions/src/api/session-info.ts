import { STORAGE_TYPES } from '@holdfast/core/platform/storage-settings'
import { z } from 'zod'
import { judgeStoredState } from '../use-cases/stored-state.ts'
import { READERS, type Route, route } from './route.ts'
import { named, reasonSchema, requiredString, time } from './schemas.ts'

const troubleSchema = z.strictObject({ code: z.string(), sentence: z.string(), advice: z.string() })

const checkpointSchema = z.strictObject({ object: z.string(), seq: z.int(), epoch: z.int() })

const storeReportSchema = z.strictObject({
  type: z.enum(STORAGE_TYPES),
  path: z.string(),
  valid: z.boolean(),
  problems: z.array(troubleSchema),
  checkedAt: time,
})

const putAsideSchema = z.strictObject({
  reason: z.string(),
  at: time,
  checkpoint: checkpointSchema.nullable(),
  records: z.strictObject({ after: z.number(), upTo: z.number() }).nullable(),
})

const storedSchema = z.strictObject({
  exists: z.boolean(),
  status: z
    .enum(['missing', 'valid', 'corrupt', 'unknown'])
    .meta({ description: '`unknown` when this API cannot read the store. That says nothing about the session.' }),
  records: z.record(z.string(), z.int()).meta({ description: 'The number of values of each kind.' }),
  reason: reasonSchema.optional(),
  sentence: z.string().optional(),
  userAction: z.string().nullable().optional(),
})

const sessionInfoSchema = z
  .strictObject({
    name: z.string(),
    readBackAt: time,
    store: z.strictObject({
      valid: z.boolean(),
      path: z.strictObject({ journal: z.string(), checkpoints: z.string() }),
      problems: z.array(troubleSchema),
      checkedByOwner: storeReportSchema.nullable().meta({ description: "The result of the runner's last check of its stores." }),
    }),
    parkedStanzas: z.int().meta({ description: 'The number of messages that WhatsApp delivered and the runner could not read.' }),
    session: storedSchema,
    persistence: z.strictObject({ willSurviveRestart: z.boolean() }),
    journal: z
      .strictObject({ head: z.int(), end: z.int().nullable(), replayed: z.int(), trimmedTo: z.int() })
      .optional()
      .meta({ description: 'Absent when the document of the session is damaged, like the fields below.' }),
    lastCheckpoint: checkpointSchema.nullable().optional(),
    lastBackup: z.string().nullable().optional().meta({ description: 'The newest checkpoint that can be opened.' }),
    backups: z.int().nullable().optional(),
    damaged: z
      .array(z.strictObject({ object: z.string(), code: z.string() }))
      .optional()
      .meta({ description: 'Checkpoints that cannot be used.' }),
    putAside: z
      .array(putAsideSchema)
      .optional()
      .meta({ description: 'The states that log-outs, restores and repairs put aside.' }),
  })
  .meta({ id: 'SessionInfo' })

const answers = { 200: { description: 'The stored state.', schema: sessionInfoSchema } } as const

export const SESSION_INFO_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/sessions/:name/info',
    operationId: 'getSessionInfo',
    tag: 'Recovery',
    summary: 'Check the stored state of a session',
    description:
      'The API reads the whole state itself and trusts no report of the runner. Each call reads much, so call it rarely.',
    roles: READERS,
    request: { params: named },
    answers,
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await judgeStoredState(dependencies, principal, params.name),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/session-info',
    operationId: 'findSessionInfo',
    tag: 'Recovery',
    summary: 'Check the stored state of a session (named in the query)',
    roles: READERS,
    request: {
      query: z.object({
        session: requiredString('the name of a session').meta({ description: 'The name of a session.', example: 'main' }),
      }),
    },
    answers,
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, query }) => ({
      status: 200,
      body: await judgeStoredState(dependencies, principal, query.session),
    }),
  }),
]
