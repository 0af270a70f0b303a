import { DELIVERY_STATUSES } from '@holdfast/core/session/webhook-delivery-document'
import { z } from 'zod'
import { DELIVERY_CURSOR, listDeliveries, redriveAll, redriveOne, showDelivery } from '../use-cases/webhooks/deliveries.ts'
import { testEndpoints } from '../use-cases/webhooks/test-endpoints.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { pageLimit, refusedField, time } from './schemas.ts'

const deliverySchema = z
  .strictObject({
    id: z.string(),
    session: z.string(),
    endpoint: z.string().meta({ description: 'The id of the end point. It follows from its address and whose it is.' }),
    host: z
      .string()
      .nullable()
      .meta({ description: 'The host of its address. Null for a delivery that an earlier version wrote.' }),
    scope: z.enum(['session', 'tenant']).meta({ description: 'Whose configuration has the end point.' }),
    event: z.string(),
    eventId: z.string().meta({ description: 'The `id` in the body, the same at each attempt.' }),
    at: time.meta({ description: 'The time of what happened.' }),
    since: time.meta({ description: 'When it was written, or sent again by hand. It is tried for three days from then on.' }),
    status: z.enum(DELIVERY_STATUSES),
    isOutOfOrder: z.boolean().meta({ description: 'True when later events of its chat no longer wait for it.' }),
    attempts: z.int(),
    firstAttemptAt: time.nullable(),
    nextAttemptAt: time.nullable().meta({ description: 'No attempt before. Null: as soon as it is its turn.' }),
    endedAt: time.nullable(),
    problem: z
      .strictObject({ code: z.string(), message: z.string() })
      .nullable()
      .meta({ description: 'What the last attempt ended with.' }),
    redrives: z.int().meta({ description: 'How often it was sent again by hand.' }),
  })
  .meta({ id: 'WebhookDelivery' })

const session = z
  .string('must be a text')
  .optional()
  .meta({ description: 'The name of a session. Without it: all.', example: 'main' })

const listQuery = z.object({
  session,
  status: z.enum(DELIVERY_STATUSES).optional().meta({ example: 'dead' }),
  cursor: z
    .string()
    .regex(DELIVERY_CURSOR, 'must be the cursor of an earlier answer')
    .optional()
    .meta({ description: 'The cursor of an earlier answer. The list goes on after it.' }),
  limit: pageLimit,
})

const deliveryId = z.object({
  id: z.string().meta({ description: 'The id of a delivery.', example: '0'.repeat(40) }),
})

const redriveSchema = z
  .object({ session })
  .catchall(refusedField)
  .meta({ id: 'WebhookRedrive', example: { session: 'main' } })

const testSchema = z
  .object({
    session: z
      .string('must be a text')
      .optional()
      .meta({ description: 'The name of a session, whose end points are tested. Without it: those of the tenant.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'WebhookTestRequest', example: { session: 'main' } })

export const WEBHOOK_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/webhooks/deliveries',
    operationId: 'listWebhookDeliveries',
    tag: 'Webhooks',
    summary: 'List the deliveries of webhooks',
    description: 'The newest first. What was delivered is listed for 7 days, what was given up for 30.',
    roles: READERS,
    request: { query: listQuery },
    answers: {
      200: {
        description: 'The deliveries.',
        schema: z
          .strictObject({
            deliveries: z.array(deliverySchema),
            cursor: z.string().nullable().meta({ description: 'The place after the last one. Null at the end of the list.' }),
          })
          .meta({ id: 'WebhookDeliveryPage' }),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, query: { session: named, status, cursor, limit } }) => ({
      status: 200,
      body: await listDeliveries(dependencies, principal, { session: named, status, cursor, limit }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/webhooks/deliveries/:id',
    operationId: 'getWebhookDelivery',
    tag: 'Webhooks',
    summary: 'Show a delivery of a webhook',
    roles: READERS,
    request: { params: deliveryId },
    answers: { 200: { description: 'The delivery.', schema: deliverySchema } },
    problems: ['unknown-delivery'],
    run: async ({ dependencies, principal, params: { id } }) => ({
      status: 200,
      body: await showDelivery(dependencies, principal, id),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/webhooks/deliveries/redrive',
    operationId: 'redriveWebhookDeliveries',
    tag: 'Webhooks',
    summary: 'Send again what was given up',
    description: 'Up to 500 with one call, the newest first. Each keeps its id and its bytes.',
    roles: ADMINS,
    request: { body: redriveSchema },
    isBodyOptional: true,
    answers: {
      200: {
        description: 'How many are sent again.',
        schema: z
          .strictObject({ redriven: z.int(), hasMore: z.boolean().meta({ description: 'Whether more are left.' }) })
          .meta({ id: 'WebhooksRedriven' }),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, body }) => ({
      status: 200,
      body: await redriveAll(dependencies, principal, body.session),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/webhooks/deliveries/:id/redrive',
    operationId: 'redriveWebhookDelivery',
    tag: 'Webhooks',
    summary: 'Send an event again that was given up',
    roles: ADMINS,
    request: { params: deliveryId },
    answers: { 200: { description: 'The delivery.', schema: deliverySchema } },
    problems: ['unknown-delivery', 'cannot-redrive'],
    run: async ({ dependencies, principal, params: { id } }) => ({
      status: 200,
      body: await redriveOne(dependencies, principal, id),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/webhooks/test',
    operationId: 'testWebhooks',
    tag: 'Webhooks',
    summary: 'Send a test to end points',
    description:
      'Sends an event `webhook.test`, once, also to an end point that is left alone for now. It waits for the outcomes, at most 15 seconds.',
    roles: ADMINS,
    request: { body: testSchema },
    isBodyOptional: true,
    answers: {
      200: {
        description: 'The outcome at each end point.',
        schema: z
          .strictObject({
            id: z.string(),
            endpoints: z.array(
              z.strictObject({
                endpoint: z.string(),
                host: z.string(),
                outcome: z.enum(['delivered', 'failed', 'unknown']),
                problem: z.string().nullable(),
              }),
            ),
          })
          .meta({ id: 'WebhookTest' }),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, body }) => ({
      status: 200,
      body: await testEndpoints(dependencies, principal, body.session),
    }),
  }),
]
