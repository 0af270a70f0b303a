import { LEVEL_NAMES } from '@holdfast/core/session/record-levels'
import { z } from 'zod'
import { showRecords } from '../use-cases/session-records.ts'
import { READERS, type Route, route } from './route.ts'
import { named, time } from './schemas.ts'

const level = z.enum(['healthy', ...LEVEL_NAMES])

const ofTheTenant = {
  cleanUpFrom: z.int().meta({ description: 'The number of records from which on a clean-up is due.' }),
  levels: z
    .array(z.strictObject({ name: level, from: z.int() }))
    .meta({ description: 'The levels of the tenant, rising, each with the number of records at which it begins.' }),
}

const recordsSchema = z
  .discriminatedUnion('known', [
    z.strictObject({ name: z.string(), known: z.literal(false), ...ofTheTenant }),
    z.strictObject({
      name: z.string(),
      known: z.literal(true),
      from: z
        .enum(['owner', 'document'])
        .meta({ description: 'Who counted: the runner that has the session, some seconds ago, or the last one that had it.' }),
      level,
      counted: z.int().meta({ description: 'Records that count towards the level.' }),
      protected: z.int().meta({ description: 'Records that clean-up never touches, such as identities and keys of app state.' }),
      removable: z.int().nullable().meta({ description: 'Records that a clean-up would move to the archive. Null: not known.' }),
      archived: z.int().nullable().meta({ description: 'Records in the archive of the session.' }),
      growthPerDay: z
        .number()
        .nullable()
        .meta({ description: 'Records that it gains in a day. Null while too few days are known.' }),
      cleanUpNeededOn: z.string().nullable().meta({
        description: 'The day (UTC) on which its level will ask for a clean-up. Null: not within a year, or not known.',
      }),
      lastCleanUp: z.strictObject({ at: time, moved: z.int(), left: z.int() }).nullable(),
      recommendation: z
        .strictObject({ code: z.literal('rotate'), sentence: z.string() })
        .nullable()
        .meta({ description: 'What a person should do, because clean-up does not help.' }),
      kinds: z
        .array(z.strictObject({ kind: z.string(), records: z.int(), holds: z.string() }))
        .meta({ description: 'What fills the session, the most frequent kind first.' }),
      ...ofTheTenant,
    }),
  ])
  .meta({ id: 'SessionRecords' })

export const SESSION_RECORDS_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/sessions/:name/records',
    operationId: 'getSessionRecords',
    tag: 'Recovery',
    summary: 'Count the Signal records of a session',
    description: '`known` is false for a session whose runner has never counted.',
    roles: READERS,
    request: { params: named },
    answers: { 200: { description: 'The numbers by kind, and the level.', schema: recordsSchema } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await showRecords(dependencies, principal, params.name),
    }),
  }),
]
