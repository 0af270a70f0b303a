import { z } from 'zod'
import { MOST_BY_SESSION, queueStatus } from '../use-cases/queue-status.ts'
import { retryFailed } from '../use-cases/retry-failed.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { time, refusedField } from './schemas.ts'

const figuresSchema = z
  .strictObject({
    waiting: z.int().meta({ description: 'To be sent as soon as their session can.' }),
    scheduled: z.int().meta({ description: 'For later (`sendAt`).' }),
    held: z.int().meta({ description: 'Held back by the pace of their session.' }),
    retrying: z.int().meta({ description: 'For another attempt, at a time.' }),
    active: z.int().meta({ description: 'On the wire, or maybe.' }),
    sent: z.int().meta({ description: 'WhatsApp has them; `delivered` and `read` included.' }),
    failed: z.int(),
    canceled: z.int(),
  })
  .meta({ id: 'QueueFigures' })

const queueSchema = figuresSchema
  .extend({
    oldest: z
      .strictObject({ queuedAt: time, ageMs: z.int() })
      .nullable()
      .meta({ description: 'The pending message that is in the queue for longest. Null when none is.' }),
    sessions: z.record(z.string(), figuresSchema).meta({
      description: `The figures by session. Empty where there are more than ${MOST_BY_SESSION} sessions: ask for each with \`session\`.`,
    }),
  })
  .meta({ id: 'Queue' })

const retryAllSchema = z
  .strictObject({
    retried: z.int().meta({ description: 'Messages that this request returned to the queue.' }),
    expired: z.int().meta({ description: 'Messages that stay failed, because their `expiresAt` is past.' }),
    damaged: z.int().meta({ description: 'Messages whose document cannot be read.' }),
    isComplete: z.boolean().meta({ description: 'False when the time was too short for all. The same request continues.' }),
  })
  .meta({ id: 'RetryAll' })

const retryAllBody = z
  .object({ session: z.string('must be a text').optional().meta({ description: 'Only the messages of this session.' }) })
  .catchall(refusedField)
  .meta({ id: 'RetryAllOf', example: { session: 'main' } })

/** It has a former path, too. */
export const retryFailedRoute = route({
  method: 'POST',
  path: '/api/queue/retry-failed',
  operationId: 'retryFailed',
  tag: 'Queue',
  summary: 'Return all failed messages to the queue',
  description: 'The call may be repeated at any time.',
  roles: ADMINS,
  request: { body: retryAllBody },
  isBodyOptional: true,
  answers: { 200: { description: 'What was done.', schema: retryAllSchema } },
  problems: ['unknown-session'],
  run: async ({ dependencies, principal, body }) => ({
    status: 200,
    body: await retryFailed(dependencies, principal, body.session),
  }),
})

export const QUEUE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/queue',
    operationId: 'getQueue',
    tag: 'Queue',
    summary: 'Show the figures of the queue',
    description: 'Each message counts once. Archived messages do not count.',
    roles: READERS,
    request: {
      query: z.object({
        session: z.string().optional().meta({ description: 'Only the messages of this session.', example: 'main' }),
      }),
    },
    answers: { 200: { description: 'The figures, in all and by session.', schema: queueSchema } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, query }) => ({
      status: 200,
      body: await queueStatus(dependencies, principal, query.session),
    }),
  }),
  retryFailedRoute,
]
