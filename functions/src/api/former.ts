import { z } from 'zod'
import { deleteMessage } from '../use-cases/delete-message.ts'
import { formerHealth, formerStats } from '../use-cases/former-answers.ts'
import { HEALTH_STATUSES } from '../use-cases/health-status.ts'
import { listMessages } from '../use-cases/list-messages.ts'
import { retryFailed } from '../use-cases/retry-failed.ts'
import { retryMessage } from '../use-cases/retry-message.ts'
import { cursorSchema } from './messages.ts'
import { messageListSchema, messageParams, messageSchema } from './message-schemas.ts'
import { retryAllBody, retryAllSchema } from './queue.ts'
import { ADMINS, READERS, type Route, route, SENDERS } from './route.ts'
import { pageLimit } from './schemas.ts'
import { apiStatusSchema } from './sessions.ts'

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

const answered = { 200: { description: 'The message.', schema: messageSchema } } as const

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
  route({
    method: 'POST',
    path: '/api/whatsapp/failed/retry-all',
    operationId: 'retryAllFormerFailed',
    tag: 'Former paths',
    summary: 'Return all failed messages to the queue',
    description: 'The same as `POST /api/queue/retry-failed`.',
    roles: ADMINS,
    request: { body: retryAllBody },
    isBodyOptional: true,
    answers: { 200: { description: 'What was done.', schema: retryAllSchema } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, body }) => ({
      status: 200,
      body: await retryFailed(dependencies, principal, body.session),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/whatsapp/failed/:id/retry',
    operationId: 'retryFormerFailed',
    tag: 'Former paths',
    summary: 'Return a failed message to the queue',
    description: 'The same as `POST /api/messages/{id}/retry`.',
    roles: SENDERS,
    request: { params: messageParams },
    answers: answered,
    problems: ['unknown-message', 'message-damaged', 'message-archived', 'cannot-retry'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await retryMessage(dependencies, principal, params.id),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/whatsapp/failed/:id',
    operationId: 'deleteFormerFailed',
    tag: 'Former paths',
    summary: 'Archive a failed message',
    description: 'The same as `DELETE /api/messages/{id}`.',
    roles: ADMINS,
    request: { params: messageParams },
    answers: answered,
    problems: ['unknown-message', 'message-damaged', 'cannot-delete', 'no-archive'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await deleteMessage(dependencies, principal, params.id),
    }),
  }),
]
