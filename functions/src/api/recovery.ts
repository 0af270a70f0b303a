import { RECOVERY_ACTION_TYPES, UNCONDITIONAL_ACTION_TYPES } from '@holdfast/core/operations/recovery-action-document'
import { z } from 'zod'
import { findAction, listActions, type OperatorAction, requestOfOperator } from '../use-cases/recovery-actions.ts'
import { restoreSession } from '../use-cases/restore-session.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { named, reasonSchema, time, unknownField } from './schemas.ts'

const MAX_REASON_LENGTH = 200

const actionRequestSchema = z
  .object({
    reason: z
      .string('must be a text')
      .max(MAX_REASON_LENGTH, `must have at most ${MAX_REASON_LENGTH} characters`)
      .optional()
      .meta({ description: 'The API stores it with the action.' }),
  })
  .catchall(unknownField)
  .meta({ id: 'ActionRequest', example: { reason: 'For a test.' } })

const restoreRequestSchema = z
  .object({
    approve: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'Accepts the losses that the plan names. If false, the API only returns the plan.' }),
  })
  .catchall(unknownField)
  .meta({ id: 'RestoreRequest', example: { approve: false } })

const resultSchema = z.strictObject({ code: z.string(), sentence: z.string() })

const actionSchema = z
  .strictObject({
    id: z.string(),
    session: z.string(),
    type: z.enum(RECOVERY_ACTION_TYPES),
    state: z.enum(['pending', 'running', 'done', 'failed']),
    requestedBy: z.string(),
    why: z.string(),
    requestedAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    durationMs: z.number().nullable(),
    steps: z.array(z.strictObject({ at: time, what: z.string() })),
    result: resultSchema.nullable(),
  })
  .meta({ id: 'RecoveryAction' })

/** A recovery action whose document does not parse, with the fields that can still be shown. */
const damagedActionSchema = z
  .strictObject({
    id: z.string(),
    type: z.string().nullable(),
    state: z.literal('damaged'),
    why: z.string().nullable(),
    requestedAt: time.nullable(),
    result: resultSchema,
  })
  .meta({ id: 'DamagedRecoveryAction' })

const anyActionSchema = z.union([actionSchema, damagedActionSchema])

const restorePlan = {
  reason: reasonSchema,
  sentence: z.string(),
  userAction: z.string().nullable(),
  wouldLose: z.strictObject({
    records: z.int(),
    after: z.int(),
    upTo: z.int(),
    since: time.nullable().meta({ description: 'When the last record that would be kept was written. Null if unknown.' }),
    sentence: z.string(),
  }),
  from: z.string().meta({ description: 'The source of the restore: the name of a checkpoint, or the journal.' }),
}

const lostDocument = {
  reason: z.literal('document-missing'),
  found: z.strictObject({ journalHead: z.int(), checkpoint: z.string().nullable() }),
}

const planSchema = z
  .union([
    z.strictObject({ approved: z.literal(false), ...restorePlan, next: z.string() }),
    z.strictObject({ approved: z.literal(false), ...lostDocument, sentence: z.string(), next: z.string() }),
  ])
  .meta({ id: 'RestorePlan' })

const SUMMARIES: Record<OperatorAction, string> = {
  restart: 'Reconnect a session, whatever it waits for',
  logout: 'Back up a session and unlink it from the phone',
}

const actionRoute = (type: OperatorAction): Route =>
  route({
    method: 'POST',
    path: `/api/sessions/:name/${type}`,
    operationId: `${type}Session`,
    tag: 'Recovery',
    summary: SUMMARIES[type],
    description: "The session's runner performs the action. While it is open, a repeated request returns the same action.",
    roles: ADMINS,
    request: { params: named, body: actionRequestSchema },
    isBodyOptional: true,
    answers: { 202: { description: 'The action.', schema: actionSchema } },
    problems: type === 'restart' ? ['unknown-session', 'session-stopped'] : ['unknown-session'],
    async run({ dependencies, principal, params: { name }, body: { reason } }) {
      return { status: 202, body: await requestOfOperator(dependencies, principal, { name, type, reason }) }
    },
  })

export const RECOVERY_ROUTES: readonly Route[] = [
  ...UNCONDITIONAL_ACTION_TYPES.map(actionRoute),
  route({
    method: 'GET',
    path: '/api/sessions/:name/actions',
    operationId: 'listActions',
    tag: 'Recovery',
    summary: 'List the recovery actions of a session',
    roles: READERS,
    request: { params: named },
    answers: { 200: { description: 'The actions, newest first.', schema: z.array(anyActionSchema) } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await listActions(dependencies, principal, params.name),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/sessions/:name/actions/:id',
    operationId: 'getAction',
    tag: 'Recovery',
    summary: 'Show a recovery action',
    roles: READERS,
    request: {
      params: named.extend({
        id: z.string().meta({ description: 'The id of an action.', example: 'default.main-restart-000001' }),
      }),
    },
    answers: { 200: { description: 'The action, with its steps and its result.', schema: anyActionSchema } },
    problems: ['unknown-session', 'unknown-action'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await findAction(dependencies, principal, params),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/restore',
    operationId: 'restoreSession',
    tag: 'Recovery',
    summary: 'Restore a damaged session from the state that is left',
    description: 'Without `approve`, the API changes nothing and answers what a restore would lose.',
    roles: ADMINS,
    request: { params: named, body: restoreRequestSchema },
    isBodyOptional: true,
    answers: {
      200: { description: 'The plan and its losses. Nothing was changed.', schema: planSchema },
      201: {
        description: 'The missing document of the session was created again. Nothing is lost.',
        schema: z.strictObject({ approved: z.literal(true), ...lostDocument, next: z.string() }).meta({ id: 'BroughtBack' }),
      },
      202: {
        description: "The session's runner performs the restore.",
        schema: z.strictObject({ approved: z.literal(true), ...restorePlan, action: actionSchema }).meta({ id: 'Restore' }),
      },
    },
    problems: ['unknown-session', 'nothing-to-restore', 'cannot-restore'],
    async run({ dependencies, principal, params: { name }, body: { approve } }) {
      const restore = await restoreSession(dependencies, principal, { name, approve })
      switch (restore.outcome) {
        case 'planned':
          return { status: 200, body: restore.body }
        case 'created':
          return { status: 201, body: restore.body }
        case 'requested':
          return { status: 202, body: restore.body }
      }
    },
  }),
]
