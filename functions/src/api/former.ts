import { z } from 'zod'
import { formerHealth, formerStats } from '../use-cases/former-answers.ts'
import { HEALTH_STATUSES } from '@holdfast/core/operations/health-document'
import { listMessages } from '../use-cases/list-messages.ts'
import { cursorSchema, deleteRoute, retryRoute } from './messages.ts'
import { messageListSchema } from './message-schemas.ts'
import { retryFailedRoute } from './queue.ts'
import { READERS, type Route, route } from './route.ts'
import { pageLimit } from './schemas.ts'
import { apiStatusSchema } from './session-schemas.ts'

/** Paths that callers knew before there was this API. They do what the routes of today do. */

const healthSchema = z
  .strictObject({
    sessions: z.record(
      z.string(),
      z.strictObject({
        status: apiStatusSchema,
        number: z.string().nullable().meta({ description: 'The number of the linked account.' }),
        connected: z.boolean(),
      }),
    ),
    queue: z.strictObject({ pending: z.int(), processing: z.int(), sent: z.int(), failed: z.int() }),
    overall: z.enum(HEALTH_STATUSES),
  })
  .meta({ id: 'FormerHealth' })

const statsSchema = z
  .strictObject({
    sessions: z.record(z.string(), z.strictObject({ status: apiStatusSchema, sent: z.number(), received: z.number() })),
    queue: z.strictObject({
      pending: z.int().meta({ description: 'All that wait; `scheduled`, `held` and `retrying` included.' }),
      scheduled: z.int(),
      held: z.int(),
      retrying: z.int(),
      processing: z.int(),
      sent: z.int(),
      failed: z.int(),
      canceled: z.int(),
      oldestAgeMs: z.int().nullable(),
    }),
  })
  .meta({ id: 'FormerStats' })

/** The route of today, under its former path. */
const formerly = (today: Route, former: Pick<Route, 'path' | 'operationId' | 'summary'>): Route => ({
  ...today,
  ...former,
  tag: 'Former paths',
  description: `The same as \`${today.method} ${today.path.replace(':id', '{id}')}\`.`,
})

export const FORMER_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/whatsapp/health',
    operationId: 'getFormerHealth',
    tag: 'Former paths',
    summary: 'Show sessions, queue and health in short',
    roles: READERS,
    answers: { 200: { description: 'The health.', schema: healthSchema } },
    run: async ({ dependencies, principal }) => ({
      status: 200,
      body: await formerHealth(dependencies, principal, await dependencies.health.health()),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/whatsapp/stats',
    operationId: 'getFormerStats',
    tag: 'Former paths',
    summary: 'Show the figures of sessions and queue',
    roles: READERS,
    answers: { 200: { description: 'The figures.', schema: statsSchema } },
    run: async ({ dependencies, principal }) => ({ status: 200, body: await formerStats(dependencies, principal) }),
  }),
  route({
    method: 'GET',
    path: '/api/whatsapp/failed',
    operationId: 'listFormerFailed',
    tag: 'Former paths',
    summary: 'List the failed messages',
    description: 'The same as `GET /api/messages?status=failed`.',
    roles: READERS,
    request: { query: z.object({ cursor: cursorSchema, limit: pageLimit }) },
    answers: { 200: { description: 'One page of messages.', schema: messageListSchema } },
    run: async ({ dependencies, principal, query }) => ({
      status: 200,
      body: await listMessages(dependencies, principal, { ...query, status: 'failed' }),
    }),
  }),
  formerly(retryFailedRoute, {
    path: '/api/whatsapp/failed/retry-all',
    operationId: 'retryAllFormerFailed',
    summary: 'Return all failed messages to the queue',
  }),
  formerly(retryRoute, {
    path: '/api/whatsapp/failed/:id/retry',
    operationId: 'retryFormerFailed',
    summary: 'Return a failed message to the queue',
  }),
  formerly(deleteRoute, {
    path: '/api/whatsapp/failed/:id',
    operationId: 'deleteFormerFailed',
    summary: 'Archive a failed message',
  }),
]
