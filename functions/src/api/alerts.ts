import { ALERT_SEVERITIES, ALERT_TYPES } from '@holdfast/core/operations/alert-document'
import { z } from 'zod'
import { acknowledge, silence } from '../use-cases/alerts/change-alert.ts'
import { listAlerts } from '../use-cases/alerts/list-alerts.ts'
import { testChannels } from '../use-cases/alerts/request-test.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { pageLimit, time, timeWithOffset, refusedField } from './schemas.ts'

const STATES = ['open', 'acknowledged', 'resolved'] as const

const alertSchema = z
  .strictObject({
    id: z.string(),
    type: z.string().meta({ description: `One of: ${ALERT_TYPES.join(', ')}. Later versions have more.` }),
    severity: z.enum(ALERT_SEVERITIES),
    state: z.enum(STATES),
    tenant: z.string().nullable().meta({ description: 'Null: it concerns the installation.' }),
    scope: z.string().meta({ description: 'What it is about: a session, a runner, a tenant, a group of sessions.' }),
    session: z.string().nullable().meta({ description: 'The name of the session, if it is about one.' }),
    members: z.array(z.string()).meta({ description: 'The first sessions that a group stands for.' }),
    sentence: z.string(),
    userAction: z.string().nullable(),
    done: z.string().nullable().meta({ description: 'What Holdfast did by itself.' }),
    runbook: z.string().nullable().meta({ description: 'The section of docs/RUNBOOK.md, as an anchor.' }),
    firstSeenAt: time,
    lastSeenAt: time,
    resolvedAt: time.nullable(),
    count: z.int(),
    acknowledgedAt: time.nullable(),
    acknowledgedBy: z.string().nullable().meta({ description: 'The id of the API key.' }),
    silencedUntil: time.nullable(),
    silencedBy: z.string().nullable(),
    notices: z.int().meta({ description: 'How often people were told of it since it was opened.' }),
    lastNoticeAt: time.nullable(),
  })
  .meta({ id: 'Alert' })

const alertId = z.object({
  id: z.string().meta({ description: 'The id of an alert.', example: 'disconnected:default.main' }),
})

const listQuery = z.object({
  state: z.enum(STATES).optional().meta({ example: 'open' }),
  severity: z.enum(ALERT_SEVERITIES).optional().meta({ example: 'critical' }),
  type: z.enum(ALERT_TYPES).optional().meta({ example: 'disconnected' }),
  session: z.string().optional().meta({ description: 'The name of a session.', example: 'main' }),
  tenant: z.string('must be a text').optional().meta({ description: 'For the operator: a tenant. Without it: all.' }),
  cursor: z.string().max(400).optional().meta({ description: 'The cursor of an earlier answer. The list goes on after it.' }),
  limit: pageLimit,
})

const silenceSchema = z
  .object({
    minutes: z.int().min(1).max(43_200).optional(),
    until: timeWithOffset.optional(),
  })
  .catchall(refusedField)
  .refine(({ minutes, until }) => (minutes === undefined) !== (until === undefined), 'needs either `minutes` or `until`')
  .meta({ id: 'AlertSilence', example: { minutes: 60 } })

const testSchema = z
  .object({
    channel: z.string('must be a text').max(64).optional().meta({ description: 'The only channel to test. Without it: all.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'AlertTestRequest', example: { channel: 'ops' } })

const testedSchema = z
  .strictObject({
    id: z.string(),
    isComplete: z.boolean().meta({ description: 'False when a channel, or the queue, did not end in time.' }),
    channels: z.array(
      z.strictObject({
        channel: z.string().meta({ description: 'Its name; `installation.TYPE` for one of the installation.' }),
        outcome: z.enum(['delivered', 'failed', 'refused', 'unknown']),
        problem: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'AlertTest' })

export const ALERT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/alerts',
    operationId: 'listAlerts',
    tag: 'Alerts',
    summary: 'List the alerts',
    description:
      'Sorted by id. The operator sees all, others those of their tenant. Each problem has one alert, however often it is seen.',
    roles: READERS,
    request: { query: listQuery },
    answers: {
      200: {
        description: 'The alerts.',
        schema: z
          .strictObject({
            alerts: z.array(alertSchema),
            cursor: z.string().nullable().meta({ description: 'The place after the last alert. Null at the end of the list.' }),
          })
          .meta({ id: 'AlertPage' }),
      },
    },
    problems: ['unknown-tenant', 'unknown-session'],
    run: async ({ dependencies, principal, query: { state, severity, type, session, tenant, cursor, limit } }) => ({
      status: 200,
      body: await listAlerts(dependencies, principal, { state, severity, type, session, tenant, cursor, limit }),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/alerts/test',
    operationId: 'testAlerts',
    tag: 'Alerts',
    summary: 'Send a test to the channels of alerts',
    description:
      "The tenant's channels; for the operator also those of the installation. It waits for the outcomes, at most 20 seconds.",
    roles: ADMINS,
    request: { body: testSchema },
    isBodyOptional: true,
    answers: { 200: { description: 'The outcome on each channel.', schema: testedSchema } },
    run: async ({ dependencies, principal, body: { channel } }) => ({
      status: 200,
      body: await testChannels(dependencies, principal, channel),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/alerts/:id/acknowledge',
    operationId: 'acknowledgeAlert',
    tag: 'Alerts',
    summary: 'Say that somebody takes care of an alert',
    description: 'Nobody is reminded of it from then on. Its end is told.',
    roles: ADMINS,
    request: { params: alertId },
    answers: { 200: { description: 'The alert.', schema: alertSchema } },
    problems: ['unknown-alert', 'alert-resolved'],
    run: async ({ dependencies, principal, params: { id } }) => ({
      status: 200,
      body: await acknowledge(dependencies, principal, id),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/alerts/:id/silence',
    operationId: 'silenceAlert',
    tag: 'Alerts',
    summary: 'Tell nobody of an alert for a time',
    roles: ADMINS,
    request: { params: alertId, body: silenceSchema },
    answers: { 200: { description: 'The alert.', schema: alertSchema } },
    problems: ['unknown-alert', 'alert-resolved', 'invalid-time'],
    run: async ({ dependencies, principal, params: { id }, body: { minutes, until } }) => ({
      status: 200,
      body: await silence(dependencies, principal, { id, minutes, until }),
    }),
  }),
]
