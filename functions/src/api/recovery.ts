import { z } from 'zod'
import { returnToBackup } from '../use-cases/backups/return-to-backup.ts'
import { findAction, listActions } from '../use-cases/recovery-actions.ts'
import { restoreSession } from '../use-cases/restore-session.ts'
import { actionSchema, anyActionSchema, lostDocument, planSchema, restorePlan, returnPlan } from './action-schemas.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { named, refusedField, timeWithOffset } from './schemas.ts'

const restoreRequestSchema = z
  .object({
    approve: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'Accepts the losses that the plan names. If false, the API only returns the plan.' }),
    dryRun: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'Only returns the plan, whatever `approve` says.' }),
    backup: z
      .string('must be a text')
      .optional()
      .meta({ description: 'The id of a backup to return to. The state need not be damaged.' }),
    at: timeWithOffset
      .optional()
      .meta({ description: 'A time to return to: the newest backup that is not after it. The answer has the gap.' }),
  })
  .catchall(refusedField)
  .refine(({ backup, at }) => backup === undefined || at === undefined, 'names a backup or a time, not both')
  .meta({ id: 'RestoreRequest', example: { approve: false } })

export const RECOVERY_ROUTES: readonly Route[] = [
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
    summary: 'Restore a session from what is left of a damaged state, or from a backup',
    description:
      'Without `approve`, the API changes nothing and answers what a restore would lose. A return to a backup backs the present state up ' +
      'first, so that it can be undone; the session then goes on with new keys.',
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
        schema: z
          .union([
            z.strictObject({ approved: z.literal(true), ...restorePlan, action: actionSchema }),
            z.strictObject({ approved: z.literal(true), ...returnPlan, action: actionSchema }),
          ])
          .meta({ id: 'Restore' }),
      },
    },
    problems: ['unknown-session', 'unknown-backup', 'nothing-to-restore', 'cannot-restore'],
    async run({ dependencies, principal, params: { name }, body: { approve: agrees, dryRun, backup, at } }) {
      const approve = agrees && !dryRun
      const wanted = backup === undefined ? at && { at } : { backup }
      if (wanted) {
        const { outcome, body } = await returnToBackup(dependencies, principal, { name, wanted, approve })
        return outcome === 'planned' ? { status: 200, body } : { status: 202, body }
      }
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
