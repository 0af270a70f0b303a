import { z } from 'zod'
import { expositionOf, PROMETHEUS_TEXT } from '../use-cases/metrics/exposition.ts'
import { metrics, sessionMetrics } from '../use-cases/metrics/metrics.ts'
import { READERS, type Route, route } from './route.ts'

const query = z.object({
  format: z
    .enum(['text', 'json'], 'must be text or json')
    .default('text')
    .meta({ description: "`text` is Prometheus' text format.", example: 'json' }),
  sessions: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(200, 'must be at most 200')
    .default(0)
    .meta({
      description:
        'How many sessions to name: those that were down for longest this month, of the tenant of the key. None unless it is given.',
      example: 10,
    }),
})

const metricsSchema = z
  .array(
    z.strictObject({
      name: z.string(),
      help: z.string(),
      type: z.enum(['gauge', 'counter']),
      samples: z.array(z.strictObject({ labels: z.record(z.string(), z.string()), value: z.number() })),
    }),
  )
  .meta({ id: 'Metrics' })

export const METRICS_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/metrics',
    operationId: 'getMetrics',
    tag: 'Health',
    summary: 'Show the figures for Prometheus',
    description:
      'The key may also come as `Authorization: Bearer`, which is what Prometheus sends. The figures are those of the whole ' +
      'installation and name nobody. docs/METRICS.md lists them.',
    roles: READERS,
    request: { query },
    answers: { 200: { description: 'The figures.', schema: metricsSchema, alsoAs: [PROMETHEUS_TEXT] } },
    async run({ dependencies, principal, query: { format, sessions } }) {
      const found = [...(await metrics(dependencies)), ...(await sessionMetrics(dependencies, principal, sessions))]
      if (format === 'json') return { status: 200, body: found }
      return { status: 200, text: expositionOf(found), contentType: PROMETHEUS_TEXT }
    },
  }),
]
