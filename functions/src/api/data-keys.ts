import { z } from 'zod'
import { requestNextKey, showDataKeys } from '../use-cases/keys/data-keys.ts'
import { KEY_CURSOR } from '../use-cases/keys/key-documents.ts'
import { renewDataKeys } from '../use-cases/keys/renew-data-keys.ts'
import { ADMINS, OPERATORS, type Route, route } from './route.ts'
import { named, time } from './schemas.ts'

/** A call ends long before the time limit of a function. */
const ONE_CALL = { documents: 300, ms: 20_000 }

const LONGEST_AGE_DAYS = 3650

const renewalQuery = z.object({
  olderThanDays: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(LONGEST_AGE_DAYS, `must be at most ${LONGEST_AGE_DAYS}`)
    .default(0)
    .meta({ description: 'Only sessions whose newest data key is older than so many days. 0: all.', example: 365 }),
  cursor: z
    .string()
    .regex(KEY_CURSOR, 'must be the cursor of an answer')
    .optional()
    .meta({ description: 'Where an earlier call ended: `cursor` of its answer.' }),
})

const renewedSchema = z
  .strictObject({
    added: z.int().meta({ description: 'Sessions that have a further data key since this call.' }),
    kept: z
      .int()
      .meta({ description: 'Sessions whose newest data key is young enough or waits already, and such as were purged.' }),
    left: z.strictObject({ changed: z.int(), unreadable: z.int() }).meta({
      description: 'Documents that somebody was just changing, and such as this process cannot open or wrap: its log names them.',
    }),
    cursor: z.string().nullable().meta({ description: 'Give it to the next call. Null: all sessions were looked at.' }),
  })
  .meta({ id: 'DataKeysRenewed' })

const dataKeysSchema = z
  .strictObject({
    current: z.int().meta({ description: 'The version that seals.' }),
    keys: z.array(
      z.strictObject({
        version: z.int(),
        madeAt: time.nullable().meta({ description: 'Null: it is as old as the session, or was found in a checkpoint.' }),
        state: z.enum(['earlier', 'current', 'waiting']),
      }),
    ),
    usedFrom: time
      .nullable()
      .meta({ description: 'The first checkpoint after this time makes the waiting key the current one. Null: none waits.' }),
    sentence: z.string(),
  })
  .meta({ id: 'DataKeys' })

export const DATA_KEY_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/sessions/:name/data-key',
    operationId: 'showDataKeys',
    tag: 'Keys',
    summary: 'Show the data keys of a session',
    description: 'Their versions and ages. No key is in the answer.',
    roles: ADMINS,
    request: { params: named },
    answers: { 200: { description: 'The data keys.', schema: dataKeysSchema } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: await showDataKeys(dependencies, principal, name),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/data-key',
    operationId: 'renewDataKey',
    tag: 'Keys',
    summary: 'Give a session a further data key',
    description:
      'Nothing stops, and no phone is linked anew. The key waits half an hour; the first checkpoint after that is sealed with it, and so is ' +
      'everything from then on. Earlier keys stay, because they open what they have sealed. While one waits, no further one is made.',
    roles: ADMINS,
    request: { params: named },
    answers: { 202: { description: 'The data keys, one of which waits.', schema: dataKeysSchema } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 202,
      body: await requestNextKey(dependencies, principal, name),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/keys/data-keys',
    operationId: 'renewDataKeys',
    tag: 'Keys',
    summary: 'Give all sessions a further data key',
    description:
      'One call looks at a bounded number of sessions: repeat it with `cursor` until that is null. With `DATA_KEY_MAX_AGE_DAYS` the nightly ' +
      'schedule does the same by age.',
    roles: OPERATORS,
    request: { query: renewalQuery },
    answers: { 200: { description: 'What this call did.', schema: renewedSchema } },
    run: async ({ dependencies, query: { cursor = null, olderThanDays } }) => ({
      status: 200,
      body: await renewDataKeys(dependencies, { from: cursor, olderThanDays }, ONE_CALL),
    }),
  }),
]
