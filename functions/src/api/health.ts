import { z } from 'zod'
import { HEALTH_STATUSES } from '@holdfast/core/operations/health-document'
import { OUTAGE_VERDICTS } from '@holdfast/core/operations/network-report'
import { PROBLEM_CODES } from '../use-cases/health-status.ts'
import { requestCrashDrill } from '../use-cases/fleet/crash-drill.ts'
import { requestRestart } from '../use-cases/fleet/restart-fleet.ts'
import { fleetAnswer } from '../use-cases/health/fleet-answer.ts'
import { publicStatus } from '../use-cases/health/public-status.ts'
import { OPERATORS, openRoute, type Route, route } from './route.ts'
import { refusedField, time } from './schemas.ts'
import { actionSchema } from './action-schemas.ts'

const percent = z.number().nullable()

const outageSchema = z.enum(OUTAGE_VERDICTS).meta({ description: 'Where an outage lies, as all runners together show it.' })

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
    measuredAt: time.nullable().meta({
      description:
        'When the schedule of each minute counted sessions and messages. Null: they were counted for this answer, because the ' +
        'schedule does not run, or has not run yet.',
    }),
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
    outage: outageSchema.nullable(),
    availability: percent.meta({
      description: 'Percent of the time of the last 31 days for which sessions were connected while they should have been.',
    }),
    problems: z.array(z.strictObject({ code: z.enum(PROBLEM_CODES), sentence: z.string() })),
  })
  .meta({ id: 'Health' })

const statusSchema = z
  .strictObject({
    status: z.enum(HEALTH_STATUSES),
    sentence: z.string(),
    since: time.nullable().meta({ description: 'Since when the status has been the same. Null: not known.' }),
    availability: z.strictObject({ today: percent, last31Days: percent }).meta({
      description: 'Percent of the time for which sessions were connected while they should have been.',
    }),
    incidents: z.array(z.strictObject({ since: time, until: time.nullable(), sentence: z.string() })),
  })
  .meta({ id: 'PublicStatus' })

const fleetRunnerSchema = runnerSchema.extend({
  convertsVoice: z
    .boolean()
    .nullish()
    .meta({ description: 'Whether the runner can turn sounds into voice messages. Null: it has not said.' }),
  postsFiles: z
    .boolean()
    .meta({ description: 'Whether it knows how to send files to channels. False on runners of an earlier version.' }),
  startedAt: time,
  connected: z.int(),
  capacity: z.int(),
  network: z.string().nullable().meta({ description: 'Its own verdict on its network: `none`, or where an outage lies.' }),
  health: z
    .strictObject({
      status: z.enum(HEALTH_STATUSES),
      since: time,
      problems: z.array(z.strictObject({ code: z.string(), sentence: z.string() })),
    })
    .nullable()
    .meta({ description: 'As the schedule of each minute saw it last.' }),
})

const fleetSchema = z
  .strictObject({
    runners: z.array(fleetRunnerSchema),
    sessions: z
      .strictObject({
        total: z.int(),
        wanted: z.int(),
        active: z.int(),
        failed: z.int(),
        wantedFailed: z.int(),
        recovering: z.int(),
        pairing: z.int(),
        needPhone: z.int(),
        unplaced: z.int(),
      })
      .meta({
        description: '`wanted` online; of these, `needPhone` wait for a person at a phone, `unplaced` have no live runner.',
      }),
    capacity: z.strictObject({ total: z.int(), free: z.int() }),
    size: z
      .strictObject({
        instances: z.int().nullable(),
        needed: z.int().nullable(),
        changedAt: time.nullable(),
        changedFrom: z.int().nullable(),
        sentence: z.string(),
      })
      .nullable()
      .meta({ description: 'How many runners the schedule of each minute wants, and why. Null before its first run.' }),
    noRoom: z
      .strictObject({ sessions: z.int(), sentence: z.string(), userAction: z.string() })
      .nullable()
      .meta({ description: 'How many sessions no runner has room for. `health_status` names them, with the reason `no-room`.' }),
    outage: outageSchema,
    measuredAt: time.nullable(),
    incidents: z.array(
      z.strictObject({ status: z.enum(HEALTH_STATUSES), code: z.string(), since: time, until: time.nullable() }),
    ),
  })
  .meta({ id: 'Fleet' })

const restartSchema = z
  .strictObject({
    requestedAt: time,
    startedAt: time.nullable().meta({ description: 'When Cloud Run was told. Null: not yet.' }),
    sentence: z.string(),
  })
  .meta({ id: 'FleetRestart' })

const drillSchema = z
  .object({
    runner: z.string('must be the id of a runner').min(1, 'must be the id of a runner').optional().meta({
      description: 'Without it: the runner with the fewest connected sessions, of those that have any.',
    }),
  })
  .catchall(refusedField)
  .meta({ id: 'CrashDrillRequest', example: {} })

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
  openRoute({
    method: 'GET',
    path: '/api/status',
    operationId: 'getStatus',
    tag: 'Health',
    summary: 'Show the status for a public page',
    description: 'It names nobody and counts nothing. `incidents` are those of the last 24 hours.',
    answers: { 200: { description: 'The status.', schema: statusSchema } },
    run: async ({ dependencies }) => ({ status: 200, body: await publicStatus(dependencies) }),
  }),
  route({
    method: 'GET',
    path: '/api/fleet',
    operationId: 'getFleet',
    tag: 'Health',
    summary: 'Show the runners',
    roles: OPERATORS,
    answers: { 200: { description: 'The runners and the places that they have.', schema: fleetSchema } },
    run: async ({ dependencies }) => ({ status: 200, body: await fleetAnswer(dependencies, dependencies.health) }),
  }),
  route({
    method: 'POST',
    path: '/api/fleet/restart',
    operationId: 'restartFleet',
    tag: 'Health',
    summary: 'Restart all runners',
    description:
      'The schedule of each minute does it, by a new revision of the same template. Each session moves once. Asked again within a minute, it ' +
      'is the same restart. It needs FLEET_MAX. While `npm run infra -- roll` holds the instances at a revision, they stay there.',
    roles: OPERATORS,
    answers: { 202: { description: 'The restart.', schema: restartSchema } },
    problems: ['cannot-restart'],
    run: async ({ dependencies, principal }) => ({ status: 202, body: await requestRestart(dependencies, principal) }),
  }),
  route({
    method: 'POST',
    path: '/api/fleet/crash-drill',
    operationId: 'drillCrash',
    tag: 'Health',
    summary: 'Make a runner crash, and see how its sessions come back',
    description:
      'The runner ends at once and hands nothing over. Its sessions are taken up by other runners, or by the one that the platform starts ' +
      'in its place; no message is lost, and nothing is scanned. GET /api/recoveries/{id} tells within a minute how many came back and ' +
      'how long the last one was away. One drill is open at a time.',
    roles: OPERATORS,
    request: { body: drillSchema },
    isBodyOptional: true,
    answers: { 202: { description: 'The drill.', schema: actionSchema } },
    problems: ['cannot-drill'],
    run: async ({ dependencies, principal, body }) => ({
      status: 202,
      body: await requestCrashDrill(dependencies, principal, body.runner),
    }),
  }),
]
