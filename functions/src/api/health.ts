import { z } from 'zod'
import { HEALTH_STATUSES, PROBLEM_CODES } from '../use-cases/health-status.ts'
import { openRoute, type Route } from './route.ts'

const percent = z.number().nullable()

const runnerSchema = z.strictObject({
  id: z.string(),
  state: z
    .enum(['active', 'draining', 'dead'])
    .meta({ description: '`dead`: the runner is silent or was replaced. Other runners take over its sessions.' }),
  sessions: z.int(),
  version: z.string().nullable().meta({ description: 'Null on runners of an earlier version.' }),
  revision: z.string().nullable().meta({ description: 'The revision of Cloud Run. Null elsewhere.' }),
  cpu: percent,
  memory: z.strictObject({ percentage: percent }),
  silentForMs: z.number(),
})

const healthSchema = z
  .strictObject({
    status: z.enum(HEALTH_STATUSES),
    version: z.string().meta({ description: 'The version of this API, with the hash of the deployed bundle.' }),
    uptime: z.int().meta({ description: 'Seconds since this API process started.' }),
    connections: z
      .strictObject({ total: z.int(), active: z.int(), failed: z.int(), recovering: z.int() })
      .nullable()
      .meta({
        description:
          'Numbers of sessions: `active` are connected, `failed` wait for an operator, `recovering` are on the way to a ' +
          'connection. Null while Firestore does not answer.',
      }),
    queue: z.strictObject({ waiting: z.int(), active: z.int(), failed: z.int() }).nullable(),
    resources: z
      .strictObject({ cpu: percent, memory: z.strictObject({ percentage: percent }) })
      .nullable()
      .meta({ description: 'Percent. Each figure is the highest of all live runners.' }),
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
    description: 'The status code is always 200. The fields `status` and `problems` say what is wrong.',
    answers: { 200: { description: 'The figures and the problems.', schema: healthSchema } },
    run: async ({ dependencies }) => ({ status: 200, body: await dependencies.health.health() }),
  }),
]
