import { z } from 'zod'
import { restoreAll } from '../use-cases/backups/restore-all.ts'
import { MOST_AT_ONCE, progressOf } from '../use-cases/recoveries/action-runs.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { runParams, runProgressSchema } from './run-schemas.ts'
import { refusedField, time, timeWithOffset } from './schemas.ts'

const requestSchema = z
  .object({
    at: timeWithOffset.meta({
      description: 'The time to return to: each session returns to its newest backup that is not after it.',
    }),
    sessions: z
      .array(z.string('must be a text'), 'must be a list of names')
      .min(1, 'must not be empty')
      .max(MOST_AT_ONCE, `must have at most ${MOST_AT_ONCE} names`)
      .optional()
      .meta({ description: 'Without it: all sessions.' }),
    approve: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'Accepts the losses that the plan names. If false, nothing is changed.' }),
    run: z
      .string('must be a text')
      .optional()
      .meta({ description: 'An approved run that had sessions left, which goes on with them.' }),
    after: z
      .string('must be a text')
      .optional()
      .meta({ description: 'Goes on with a plan that had sessions left: after this one.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'RestoreOfAllRequest', example: { at: '2026-12-01T08:00:00Z' } })

const answer = {
  at: time,
  sums: z
    .strictObject({
      sessions: z.int(),
      refused: z.int(),
      waiting: z.int(),
      records: z.int(),
      messages: z.int(),
      contacts: z.int(),
      chats: z.int(),
    })
    .meta({
      description: 'Of the sessions in this answer: how many return, cannot return or have to wait, and what they lose together.',
    }),
  sessions: z.array(
    z
      .strictObject({
        session: z.string(),
        backup: z.string(),
        gapMs: z.int().nullable(),
        records: z.int(),
        messages: z.int(),
        contacts: z.int().nullable(),
        chats: z.int(),
        risk: z.enum(['low', 'medium', 'high']),
        waitsFor: z
          .literal('session-exported')
          .nullable()
          .meta({ description: 'No runner opens the session before somebody has said that no other program uses it.' }),
        action: z.string().nullable().meta({ description: 'Null in a plan.' }),
      })
      .meta({ id: 'PlannedReturn' }),
  ),
  refused: z.array(z.strictObject({ session: z.string(), code: z.string(), sentence: z.string() })),
  left: z.int().meta({
    description:
      `Sessions beyond ${MOST_AT_ONCE}, and those for which a request has no time: repeat it with \`run\`, or a plan with ` +
      '`after`, until none are left.',
  }),
  after: z.string().nullable(),
}

export const RESTORE_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/backups/restore',
    operationId: 'restoreAll',
    tag: 'Backups',
    summary: 'Return all sessions, or some, to a point in time',
    description:
      'Without `approve`, the API changes nothing and answers what each session would lose, and which cannot return and why. With it, each session ' +
      'backs its present state up and returns, as with `POST /api/sessions/{name}/restore`.',
    roles: ADMINS,
    request: { body: requestSchema },
    answers: {
      200: {
        description: 'The plan. Nothing was changed.',
        schema: z.strictObject({ approved: z.literal(false), run: z.null(), ...answer }).meta({ id: 'RestoreOfAllPlan' }),
      },
      202: {
        description: 'The run, whose progress `GET /api/backups/restore/{run}` shows.',
        schema: z.strictObject({ approved: z.literal(true), run: z.string(), ...answer }).meta({ id: 'RestoreOfAllRun' }),
      },
    },
    problems: ['unknown-session', 'unknown-action'],
    async run({ dependencies, principal, body: { at, sessions, approve, run: given, after } }) {
      const { run, ...found } = await restoreAll(dependencies, principal, { at, sessions, approve, run: given, after })
      if (run === null) return { status: 200, body: { ...found, approved: false as const, run } }
      return { status: 202, body: { ...found, approved: true as const, run } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/backups/restore/:run',
    operationId: 'getRestoreRun',
    tag: 'Backups',
    summary: 'Show how far a return of many sessions has got',
    roles: READERS,
    request: { params: runParams },
    answers: { 200: { description: 'The progress.', schema: runProgressSchema } },
    problems: ['unknown-action'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await progressOf(dependencies, principal, { id: params.run, kind: 'restore' }),
    }),
  }),
]
