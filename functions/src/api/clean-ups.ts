import { z } from 'zod'
import { requestCleanUp, requestCleanUps } from '../use-cases/clean-ups/request-clean-up.ts'
import { MOST_AT_ONCE } from '../use-cases/recoveries/action-runs.ts'
import { actionSchema } from './action-schemas.ts'
import { ADMINS, type Route, route } from './route.ts'
import { named, refusedField } from './schemas.ts'

const cleanUpSchema = z
  .object({
    dryRun: z.boolean('must be true or false').default(false).meta({ description: 'Only report what would go to the archive.' }),
    olderThan: z
      .int('must be a whole number of days')
      .min(1, 'must be at least 1')
      .max(3650, 'must be at most 3650')
      .nullable()
      .default(null)
      .meta({ description: 'Days without use, instead of those that the tenant has set for sessions and sender keys.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'CleanUpRequest', example: { dryRun: true } })

const cleanUpAllSchema = cleanUpSchema
  .extend({
    after: z
      .string('must be the name of a session')
      .nullable()
      .default(null)
      .meta({ description: 'The `next` of the answer before: this request goes on after that session.' }),
  })
  .meta({ id: 'CleanUpOfAllRequest', example: { dryRun: true } })

const cleanUpsSchema = z.strictObject({
  actions: z.array(actionSchema),
  next: z.string().nullable().meta({ description: 'Where a request with `after` goes on; null when all sessions were asked.' }),
})

const DESCRIPTION =
  "The session's runner backs the state up, and then moves the Signal records that were not used for long to the archive of the session. " +
  'They come back by themselves when a message needs them. The action has the report.'

export const CLEAN_UP_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/sessions/:name/cleanup',
    operationId: 'cleanUpSession',
    tag: 'Recovery',
    summary: 'Clean up the Signal records of a session',
    description: `${DESCRIPTION} While a clean-up is open, a repeated request returns it.`,
    roles: ADMINS,
    request: { params: named, body: cleanUpSchema },
    isBodyOptional: true,
    answers: { 202: { description: "The session's runner performs the clean-up.", schema: actionSchema } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params, body }) => ({
      status: 202,
      body: await requestCleanUp(dependencies, principal, params.name, body),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/cleanup',
    operationId: 'cleanUpSessions',
    tag: 'Recovery',
    summary: 'Clean up the Signal records of all sessions',
    description: `Of all sessions that a runner has, ${MOST_AT_ONCE} in a request. ${DESCRIPTION}`,
    roles: ADMINS,
    request: { body: cleanUpAllSchema },
    isBodyOptional: true,
    answers: { 202: { description: 'One action for each session.', schema: cleanUpsSchema } },
    run: async ({ dependencies, principal, body }) => ({
      status: 202,
      body: await requestCleanUps(dependencies, principal, body),
    }),
  }),
]
