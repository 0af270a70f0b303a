import { RECOVERY_ACTION_STATES, RECOVERY_ACTION_TYPES } from '@holdfast/core/operations/recovery-action-document'
import { SESSION_NAME } from '@holdfast/core/session/ids'
import { z } from 'zod'
import { findRecovery, listRecoveries, RECOVERY_CURSOR } from '../use-cases/recoveries/recoveries.ts'
import { RECOVERY_OUTCOMES } from '../use-cases/recoveries/request-decision.ts'
import { MOST_RECOVERIES_AT_ONCE, recoverSession, recoverSessions } from '../use-cases/recoveries/request-recovery.ts'
import { approveRecovery, cancelRecovery } from '../use-cases/recoveries/settle-action.ts'
import { actionSchema, anyActionSchema, planSchema, stepSchema, whySchema } from './action-schemas.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { named, pageLimit, refusedField } from './schemas.ts'

const dryRunSchema = z
  .boolean('must be true or false')
  .default(false)
  .meta({ description: 'If true, the API changes nothing and answers what would be done.' })

const recoverySchema = z
  .object({
    step: stepSchema.optional().meta({
      description: 'Without it the ladder decides. `restore`, `new-qr` and `restart-runner` wait for an approval.',
    }),
    dryRun: dryRunSchema,
    reason: whySchema,
  })
  .catchall(refusedField)
  .meta({ id: 'RecoveryRequest', example: { dryRun: true } })

const MOST_NAMES = 1000

const recoveriesSchema = z
  .object({
    sessions: z
      .array(z.string().regex(SESSION_NAME, 'must be the name of a session'), 'must be a list of names of sessions')
      .min(1, 'must name a session')
      .max(MOST_NAMES, `must have at most ${MOST_NAMES} names`)
      .optional()
      .meta({
        description: 'Without it: all sessions that are wanted online, have lost their connection and wait for no person.',
      }),
    dryRun: dryRunSchema,
    reason: whySchema,
  })
  .catchall(refusedField)
  .meta({ id: 'RecoveriesRequest', example: { dryRun: true } })

const outcomeSchema = z
  .strictObject({
    session: z.string(),
    outcome: z.enum(RECOVERY_OUTCOMES).meta({
      description:
        'requested: the owner performs an action; proposed: an action waits for an approval; vetoed: nothing is done, because it ' +
        'would do harm or cannot help; nothing: there is nothing to do, or nothing that a program can do; unknown: no such session.',
    }),
    step: stepSchema.nullable().meta({ description: 'The step that comes next, as far as it is seen from outside.' }),
    code: z.string().meta({ description: 'Why, for programs.' }),
    sentence: z.string().meta({ description: 'Why, for people.' }),
    action: actionSchema.nullable(),
    next: z.string().nullable().meta({ description: 'What the caller can do.' }),
  })
  .meta({ id: 'RecoveryOutcome' })

const outcomesSchema = z
  .strictObject({
    dryRun: z.boolean(),
    sessions: z.array(outcomeSchema),
    left: z.int().meta({ description: `Sessions beyond the first ${MOST_RECOVERIES_AT_ONCE}. Repeat the request for them.` }),
  })
  .meta({ id: 'RecoveryOutcomes' })

const listQuery = z.object({
  session: z.string().optional().meta({ description: 'The name of a session.', example: 'main' }),
  state: z.enum(RECOVERY_ACTION_STATES).optional().meta({ example: 'pending' }),
  type: z.enum(RECOVERY_ACTION_TYPES).optional().meta({ example: 'recover' }),
  cursor: z
    .string()
    .regex(RECOVERY_CURSOR, 'must be a cursor from an earlier answer')
    .optional()
    .meta({ description: 'The cursor of an earlier answer. The list goes on after it.' }),
  limit: pageLimit,
})

const actionParams = z.object({
  id: z.string().meta({ description: 'The id of an action.', example: 'default.main-recover-000001' }),
})

const approvalSchema = z
  .object({
    acceptLosses: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'For a restore: accepts the losses that the plan names. If false, the API only returns the plan.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'RecoveryApproval', example: { acceptLosses: false } })

export const RECOVERIES_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/connections/recover',
    operationId: 'recoverConnections',
    tag: 'Recovery',
    summary: 'Bring back the sessions that are lost',
    description:
      'Each session is recovered once, however often this is asked. A session that is not lost is left alone, and none is recovered ' +
      'against an outage. GET /api/recoveries shows the progress.',
    roles: ADMINS,
    request: { body: recoveriesSchema },
    isBodyOptional: true,
    answers: {
      200: { description: 'What would be done for each session. Nothing was changed.', schema: outcomesSchema },
      202: { description: 'What is done for each session.', schema: outcomesSchema },
    },
    async run({ dependencies, principal, body: { sessions, reason, dryRun } }) {
      const body = await recoverSessions(dependencies, principal, { sessions, reason, dryRun })
      return dryRun ? { status: 200, body } : { status: 202, body }
    },
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/recover',
    operationId: 'recoverSession',
    tag: 'Recovery',
    summary: 'Bring back a session that is lost',
    description:
      "The session's runner takes the next step of the recovery ladder, or the step that is named. Nothing is deleted on the way. Asked " +
      'twice, it is done once.',
    roles: ADMINS,
    request: { params: named, body: recoverySchema },
    isBodyOptional: true,
    answers: {
      200: {
        description: 'What would be done and why, or why there is nothing to do. Nothing was changed.',
        schema: outcomeSchema,
      },
      202: {
        description: 'The action: for the owner, for an approval, or with the reason why nothing is done.',
        schema: outcomeSchema,
      },
    },
    problems: ['unknown-session', 'session-stopped', 'cannot-recover', 'nothing-to-restore', 'cannot-restore'],
    async run({ dependencies, principal, params: { name }, body: { step, reason, dryRun } }) {
      const body = await recoverSession(dependencies, principal, { name, step, reason, dryRun })
      return body.action === null ? { status: 200, body } : { status: 202, body }
    },
  }),
  route({
    method: 'GET',
    path: '/api/recoveries',
    operationId: 'listRecoveries',
    tag: 'Recovery',
    summary: 'List recovery actions',
    roles: READERS,
    request: { query: listQuery },
    answers: {
      200: {
        description: 'The actions, newest first.',
        schema: z
          .strictObject({
            recoveries: z.array(anyActionSchema),
            cursor: z.string().nullable().meta({ description: 'The place after the last action. Null at the end of the list.' }),
          })
          .meta({ id: 'RecoveryPage' }),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, query: { session, state, type, cursor, limit } }) => ({
      status: 200,
      body: await listRecoveries(dependencies, principal, { session, state, type, cursor, limit }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/recoveries/:id',
    operationId: 'getRecovery',
    tag: 'Recovery',
    summary: 'Show a recovery action',
    roles: READERS,
    request: { params: actionParams },
    answers: { 200: { description: 'The action, with its steps and its result.', schema: anyActionSchema } },
    problems: ['unknown-action'],
    run: async ({ dependencies, principal, params: { id } }) => ({
      status: 200,
      body: await findRecovery(dependencies, principal, id),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/recoveries/:id/approve',
    operationId: 'approveRecovery',
    tag: 'Recovery',
    summary: 'Approve a proposed recovery action',
    description: 'A restore with losses needs `acceptLosses`; without it the API answers what would be lost and changes nothing.',
    roles: ADMINS,
    request: { params: actionParams, body: approvalSchema },
    isBodyOptional: true,
    answers: {
      200: { description: 'The losses of a restore. Nothing was changed.', schema: planSchema },
      202: { description: 'The action.', schema: actionSchema },
    },
    problems: ['unknown-action', 'unknown-session', 'not-proposed', 'cannot-recover', 'nothing-to-restore', 'cannot-restore'],
    async run({ dependencies, principal, params: { id }, body: { acceptLosses } }) {
      const approval = await approveRecovery(dependencies, principal, { id, acceptLosses })
      return 'instead' in approval ? { status: 200, body: approval.instead } : { status: 202, body: approval.action }
    },
  }),
  route({
    method: 'POST',
    path: '/api/recoveries/:id/cancel',
    operationId: 'cancelRecovery',
    tag: 'Recovery',
    summary: 'Take back a recovery action that has not begun',
    roles: ADMINS,
    request: { params: actionParams },
    answers: { 200: { description: 'The action.', schema: actionSchema } },
    problems: ['unknown-action', 'not-proposed', 'already-begun'],
    run: async ({ dependencies, principal, params: { id } }) => ({
      status: 200,
      body: await cancelRecovery(dependencies, principal, id),
    }),
  }),
]
