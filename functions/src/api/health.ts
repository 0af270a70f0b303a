import { z } from 'zod'
import { HEALTH_STATUSES, PROBLEM_CODES } from '../use-cases/health-status.ts'
import { openRoute, type Route } from './route.ts'

const percent = z.number().nullable()

const runnerSchema = z.strictObject({
  id: z.string(),
  state: z
    .enum(['active', 'draining', 'dead'])
    .meta({ description: 'The sessions of a dead runner are being taken over by another.' }),
  sessions: z.int(),
  cpu: percent,
  memory: z.strictObject({ percentage: percent }),
  silentForMs: z.number(),
})

const healthSchema = z
  .strictObject({
    status: z.enum(HEALTH_STATUSES),
    uptime: z.int().meta({ description: 'Seconds since this process of the API began.' }),
    connections: z.strictObject({ total: z.int(), active: z.int(), failed: z.int(), recovering: z.int() }).nullable().meta({
      description: 'Sessions: all, connected, waiting for somebody to act, on their way. Null while Firestore is away.',
    }),
    queue: z.strictObject({ waiting: z.int(), active: z.int(), failed: z.int() }).nullable(),
    resources: z
      .strictObject({ cpu: percent, memory: z.strictObject({ percentage: percent }) })
      .nullable()
      .meta({ description: 'Percent, of the worst runner that is alive.' }),
    runners: z.array(runnerSchema).nullable(),
    problems: z.array(z.strictObject({ code: z.enum(PROBLEM_CODES), sentence: z.string() })),
  })
  .meta({ id: 'Health' })

export const HEALTH_ROUTES: readonly Route[] = [
  openRoute({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    tag: 'Health',
    summary: 'Show the health of the installation',
    description: 'Always 200 when the API answers: the body tells how things are.',
    answers: { 200: { description: 'Figures, and what is wrong.', schema: healthSchema } },
    run: async ({ dependencies }) => ({ status: 200, body: await dependencies.health.health() }),
  }),
]
