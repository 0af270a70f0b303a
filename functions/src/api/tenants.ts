import { TENANT_ID } from '@holdfast/core/operations/tenant-document'
import { SECRET_NAME } from '@holdfast/core/operations/tenant-secrets'
import { z } from 'zod'
import { changeTenant, createTenant } from '../use-cases/change-tenant.ts'
import { deleteTenant } from '../use-cases/delete-tenant.ts'
import { listTenants, showTenant } from '../use-cases/tenants.ts'
import { ADMINS, OPERATORS, type Route, route } from './route.ts'
import { label, requiredString, time, refusedField } from './schemas.ts'
import { configPatchSchema, configSchema, secretIsSet, secretValue, settingsSchema } from './tenant-config.ts'

const secretsPatch = z
  .record(z.string().regex(SECRET_NAME, 'must be a name of a-z, 0-9, "-" and "_"'), secretValue.nullable())
  .optional()
  .meta({ description: 'Secrets by name. Stored encrypted and never shown. Null removes one.' })

const patch = { name: label('a name for people').optional(), config: configPatchSchema.optional(), secrets: secretsPatch }

const example = { config: { timeZone: 'America/Sao_Paulo', pacing: { dailyLimit: 200 } } }

const newTenantSchema = z
  .object({
    id: requiredString('like acme').regex(TENANT_ID, 'must begin with a letter or digit and have at most 32 of a-z, 0-9 and "-"'),
    ...patch,
  })
  .catchall(refusedField)
  .meta({ id: 'NewTenant', example: { id: 'another', name: 'Another Ltd.', ...example } })

const ifVersion = z.string('must be a text').optional().meta({
  description: 'The `version` that was read. If the tenant has another one now, nothing is changed (409 `tenant-changed`).',
})

const tenantPatchSchema = z
  .object({ ...patch, ifVersion })
  .catchall(refusedField)
  .meta({ id: 'TenantPatch', example })

const tenantSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    version: z.string().meta({ description: 'Another one after each change of its name, configuration or secrets.' }),
    state: z.enum(['active', 'deleting']),
    createdAt: time.nullable().meta({ description: 'Null: nobody has configured the tenant `default` yet.' }),
    deletingSince: time.nullable(),
    config: configSchema,
    settings: settingsSchema,
    secrets: z.record(z.string(), secretIsSet).meta({ description: 'The names of the secrets that are set.' }),
  })
  .meta({ id: 'Tenant' })

const identified = z.object({ id: z.string().meta({ description: 'The id of a tenant.', example: 'acme' }) })

const confirmation = z.object({
  confirm: z.string().optional().meta({ description: 'The name of the tenant, as a confirmation.', example: 'Acme' }),
})

const deletionSchema = z
  .strictObject({
    id: z.string(),
    state: z.literal('deleting'),
    deletingSince: time,
    keysRevoked: z.int(),
    sessionsStopped: z.int(),
    remaining: z.strictObject({ sessions: z.int(), openMessages: z.int() }),
    sentence: z.string(),
  })
  .meta({ id: 'TenantDeletion' })

const answered = { 200: { description: 'The tenant.', schema: tenantSchema } } as const

export const TENANT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/tenant',
    operationId: 'getOwnTenant',
    tag: 'Tenants',
    summary: "Show the caller's own tenant",
    roles: ADMINS,
    answers: answered,
    run: async ({ dependencies, principal }) => ({ status: 200, body: await showTenant(dependencies, principal.tenant) }),
  }),
  route({
    method: 'PATCH',
    path: '/api/tenant',
    operationId: 'changeOwnTenant',
    tag: 'Tenants',
    summary: "Change the configuration of the caller's own tenant",
    description: 'Takes effect within ten seconds, without a restart. Only the operator may change `quotas` and `kmsKey`.',
    roles: ADMINS,
    request: { body: tenantPatchSchema },
    answers: answered,
    problems: ['contradictory-configuration', 'tenant-changed'],
    run: async ({ dependencies, principal, body: { name, config, secrets, ifVersion } }) => ({
      status: 200,
      body: await changeTenant(dependencies, principal, { id: principal.tenant, name, config, secrets, ifVersion }),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/tenants',
    operationId: 'createTenant',
    tag: 'Tenants',
    summary: 'Create a tenant',
    description: 'Its first key is made with POST /api/keys and the field `tenant`.',
    roles: OPERATORS,
    request: { body: newTenantSchema },
    answers: { 201: { description: 'The tenant.', schema: tenantSchema } },
    problems: ['single-tenant', 'tenant-exists', 'contradictory-configuration'],
    run: async ({ dependencies, body: { id, name, config, secrets } }) => ({
      status: 201,
      body: await createTenant(dependencies, { id, name, config, secrets }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/tenants',
    operationId: 'listTenants',
    tag: 'Tenants',
    summary: 'List the tenants',
    roles: OPERATORS,
    answers: { 200: { description: 'All tenants, sorted by id.', schema: z.array(tenantSchema) } },
    run: async ({ dependencies }) => ({ status: 200, body: await listTenants(dependencies) }),
  }),
  route({
    method: 'GET',
    path: '/api/tenants/:id',
    operationId: 'getTenant',
    tag: 'Tenants',
    summary: 'Show a tenant',
    roles: OPERATORS,
    request: { params: identified },
    answers: answered,
    run: async ({ dependencies, params: { id } }) => ({ status: 200, body: await showTenant(dependencies, id) }),
  }),
  route({
    method: 'PATCH',
    path: '/api/tenants/:id',
    operationId: 'changeTenant',
    tag: 'Tenants',
    summary: 'Change the configuration of a tenant',
    description:
      'Takes effect within ten seconds, without a restart. `kmsKey` is tried before it is taken. It wraps the data keys of new sessions; ' +
      'those of present ones follow by night, or with POST /api/keys/rewrap.',
    roles: OPERATORS,
    request: { params: identified, body: tenantPatchSchema },
    answers: answered,
    problems: ['contradictory-configuration', 'tenant-changed'],
    run: async ({ dependencies, principal, params: { id }, body: { name, config, secrets, ifVersion } }) => ({
      status: 200,
      body: await changeTenant(dependencies, principal, { id, name, config, secrets, ifVersion }),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/tenants/:id',
    operationId: 'deleteTenant',
    tag: 'Tenants',
    summary: 'Begin the deletion of a tenant',
    description:
      'Revokes its keys, stops its sessions and refuses new work. Removes nothing: credentials, messages and history stay until ' +
      'they are purged. The call may be repeated.',
    roles: OPERATORS,
    request: { params: identified, query: confirmation },
    answers: { 202: { description: 'What was done, and what is still there.', schema: deletionSchema } },
    problems: ['not-confirmed'],
    run: async ({ dependencies, params: { id }, query: { confirm } }) => ({
      status: 202,
      body: await deleteTenant(dependencies, { id, confirm }),
    }),
  }),
]
