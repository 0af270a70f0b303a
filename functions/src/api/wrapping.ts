import { z } from 'zod'
import { KEY_CURSOR } from '../use-cases/keys/key-documents.ts'
import { rewrapKeys } from '../use-cases/keys/rewrap-keys.ts'
import { wrappingStatus } from '../use-cases/keys/wrapping-status.ts'
import { OPERATORS, type Route, route } from './route.ts'

/** A call ends long before the time limit of a function. */
const ONE_CALL = { documents: 300, ms: 20_000 }

const rewrapQuery = z.object({
  cursor: z
    .string()
    .regex(KEY_CURSOR, 'must be the cursor of an answer')
    .optional()
    .meta({ description: 'Where an earlier call ended: `cursor` of its answer.' }),
})

const rewrappedSchema = z
  .strictObject({
    rewrapped: z.int().meta({ description: 'Documents whose data keys this call wrapped.' }),
    current: z.int().meta({ description: 'Documents that were wrapped by the current key before.' }),
    left: z.strictObject({ changed: z.int(), unreadable: z.int(), unanswered: z.int() }).meta({
      description:
        'Documents that somebody was just changing, such as this process cannot open (its log names them), and such as belong to a tenant ' +
        'whose key did not answer.',
    }),
    cursor: z.string().nullable().meta({ description: 'Give it to the next call. Null: all documents were looked at.' }),
  })
  .meta({ id: 'Rewrapped' })

const statusSchema = z
  .strictObject({
    documents: z.int().meta({ description: 'Documents with wrapped data keys, of sessions and of tenants.' }),
    current: z.int().meta({ description: 'Documents that need the current key only.' }),
    damaged: z.int(),
    keys: z
      .array(z.strictObject({ id: z.string(), documents: z.int(), isCurrent: z.boolean() }))
      .meta({ description: 'The wrapping keys that documents name, and how many name each.' }),
    mayDropOthers: z.boolean().meta({ description: 'No document needs another key than the current one.' }),
    sentence: z.string(),
  })
  .meta({ id: 'WrappingStatus' })

export const WRAPPING_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/keys/rewrap',
    operationId: 'rewrapKeys',
    tag: 'Keys',
    summary: 'Wrap the data keys with the current wrapping key',
    description:
      'After a new wrapping key became the current one. No session is linked anew, and none stops: a process with the older and the current key ' +
      'reads every document at every moment. One call looks at a bounded number: repeat it with `cursor` until that is null. The nightly ' +
      'schedule does the same.',
    roles: OPERATORS,
    request: { query: rewrapQuery },
    answers: { 200: { description: 'What this call did.', schema: rewrappedSchema } },
    run: async ({ dependencies, query: { cursor = null } }) => ({
      status: 200,
      body: await rewrapKeys(dependencies, cursor, ONE_CALL),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/keys/rewrap',
    operationId: 'showWrapping',
    tag: 'Keys',
    summary: 'Show by which wrapping keys the data keys are wrapped',
    description: 'Reads each key document once, and says whether an older wrapping key may be dropped.',
    roles: OPERATORS,
    answers: { 200: { description: 'The wrapping keys in use.', schema: statusSchema } },
    run: async ({ dependencies }) => ({ status: 200, body: await wrappingStatus(dependencies) }),
  }),
]
