import { API_KEY_ROLES } from '@holdfast/core/operations/api-key-document'
import { SESSION_NAME } from '@holdfast/core/session/ids'
import { z } from 'zod'
import { createKey, listKeys, revokeKey } from '../use-cases/api-keys.ts'
import { ADMINS, type Route, route } from './route.ts'
import { label, ofTenant, time, refusedField } from './schemas.ts'

const newKeySchema = z
  .object({
    name: label('the name of a key, for people'),
    role: z
      .enum(API_KEY_ROLES, 'must be admin, send or read')
      .meta({ description: '`admin`: everything within the tenant. `send`: sends and reads. `read`: reads.' }),
    sessions: z
      .array(z.string().regex(SESSION_NAME, 'must be the name of a session'))
      .min(1, 'must name a session; leave it out for all sessions')
      .max(1000, 'must have at most 1000 names')
      .optional()
      .meta({ description: 'The sessions that the holder may know of. Without it: all of the tenant.' }),
    expiresAt: time.optional().meta({ description: 'The key is refused from this time on. Without it: never.' }),
    requestsPerMinute: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(1_000_000, 'must be at most 1000000')
      .optional()
      .meta({ description: "A lower limit than the tenant's." }),
    tenant: ofTenant,
  })
  .catchall(refusedField)
  .meta({ id: 'NewKey', example: { name: 'shop', role: 'send', sessions: ['main'] } })

const keyFields = {
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  role: z.enum(API_KEY_ROLES),
  sessions: z.array(z.string()).nullable().meta({ description: 'Null: all sessions of the tenant.' }),
  state: z.enum(['active', 'revoked', 'expired']),
  createdAt: time,
  createdBy: z.string().meta({ description: 'The id of the key that made it; `operator` for the one of the environment.' }),
  revokedAt: time.nullable(),
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable().meta({ description: 'At most a minute old.' }),
  requestsPerMinute: z.int().nullable().meta({ description: "Null: the tenant's limit." }),
}

const keySchema = z.strictObject(keyFields).meta({ id: 'Key' })

const createdKeySchema = z
  .strictObject({ ...keyFields, key: z.string().meta({ description: 'The key itself. No later answer shows it.' }) })
  .meta({ id: 'CreatedKey' })

export const KEY_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/keys',
    operationId: 'createKey',
    tag: 'Keys',
    summary: 'Create an API key',
    description: 'The answer is the only one that shows the key.',
    roles: ADMINS,
    request: { body: newKeySchema },
    answers: { 201: { description: 'The key.', schema: createdKeySchema } },
    problems: ['quota-exceeded', 'tenant-deleting'],
    run: async ({ dependencies, principal, body: { name, role, sessions, expiresAt, requestsPerMinute, tenant } }) => ({
      status: 201,
      body: await createKey(dependencies, principal, { name, role, sessions, expiresAt, requestsPerMinute, tenant }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/keys',
    operationId: 'listKeys',
    tag: 'Keys',
    summary: 'List the API keys',
    roles: ADMINS,
    request: { query: z.object({ tenant: ofTenant }) },
    answers: { 200: { description: 'All keys, revoked ones included, oldest first.', schema: z.array(keySchema) } },
    run: async ({ dependencies, principal, query: { tenant } }) => ({
      status: 200,
      body: await listKeys(dependencies, principal, tenant),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/keys/:id',
    operationId: 'revokeKey',
    tag: 'Keys',
    summary: 'Revoke an API key',
    description: 'Within five seconds the key is refused everywhere, for ever. The call may be repeated.',
    roles: ADMINS,
    request: {
      params: z.object({ id: z.string().meta({ description: 'The id of a key.', example: '0123456789abcdef01234567' }) }),
    },
    answers: { 200: { description: 'The revoked key.', schema: keySchema } },
    problems: ['unknown-key'],
    run: async ({ dependencies, principal, params: { id } }) => ({
      status: 200,
      body: await revokeKey(dependencies, principal, id),
    }),
  }),
]
