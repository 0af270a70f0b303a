import { SESSION_NAME } from '@holdfast/core/session/ids'
import { z } from 'zod'
import { listPurges } from '../use-cases/purge/list-purges.ts'
import { showPurge } from '../use-cases/purge/request-purge.ts'
import { purgeListSchema, purgePhases, purgeSchema } from './purge-schemas.ts'
import { ADMINS, type Route, route } from './route.ts'
import { named, pageLimit } from './schemas.ts'

export const PURGE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/purges',
    operationId: 'listPurges',
    tag: 'Sessions',
    summary: 'List the purges of sessions',
    description:
      'Sessions that are in the grace of their purge (`waiting`), and those whose keys are destroyed (`removing`), sorted by name. Those ' +
      'that are done are listed only with `phase=done`, until a session is created under their name.',
    roles: ADMINS,
    request: {
      query: z.object({
        phase: z
          .enum(purgePhases, `must be one of ${purgePhases.join(', ')}`)
          .optional()
          .meta({ description: 'Only these.' }),
        cursor: z
          .string()
          .regex(SESSION_NAME, 'must be the cursor of an earlier answer')
          .optional()
          .meta({ description: 'The cursor of an earlier answer. The list goes on after it.' }),
        limit: pageLimit,
      }),
    },
    answers: { 200: { description: 'The purges.', schema: purgeListSchema } },
    run: async ({ dependencies, principal, query: { phase, cursor, limit } }) => ({
      status: 200,
      body: await listPurges(dependencies, principal, { phases: phase ? [phase] : ['waiting', 'removing'], cursor, limit }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/sessions/:name/purge',
    operationId: 'getPurge',
    tag: 'Sessions',
    summary: 'Show how far the purge of a session is',
    description: 'Until a session is created under its name again.',
    roles: ADMINS,
    request: { params: named },
    answers: { 200: { description: 'The purge.', schema: purgeSchema } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: await showPurge(dependencies, principal, name),
    }),
  }),
]
