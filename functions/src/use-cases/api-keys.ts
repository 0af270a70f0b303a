import { randomBytes } from 'node:crypto'
import {
  API_KEY_ID,
  API_KEYS,
  type ApiKeyDocument,
  apiKeyDocumentSchema,
  apiKeyHashOf,
  apiKeyIdOf,
  apiKeyOf,
  apiKeyPath,
  type ApiKeyRole,
} from '@holdfast/core/operations/api-key-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import { actingTenant, requireWholeTenant } from './acting-tenant.ts'
import type { Dependencies } from './dependencies.ts'
import { Refusal } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'limits' | 'clock' | 'logger'>

const KEY_BYTES = 32

interface KeyRequest {
  /** For people. */
  readonly name: string
  readonly role: ApiKeyRole
  /** Names of sessions; undefined: all of the tenant. */
  readonly sessions: readonly string[] | undefined
  readonly expiresAt: Date | undefined
  readonly requestsPerMinute: number | undefined
  readonly tenant: string | undefined
}

/**
 * Makes an API key. Its text is in this answer and nowhere else.
 *
 * @throws Refusal `forbidden`, `unknown-tenant`, `quota-exceeded` or `tenant-deleting`
 */
export async function createKey(dependencies: Needed, principal: Principal, { tenant: named, ...request }: KeyRequest) {
  const { documents, tenants, limits, clock, logger } = dependencies
  requireWholeTenant(principal)
  const tenant = await actingTenant(tenants, principal, named)
  const key = apiKeyOf(randomBytes(KEY_BYTES))
  const id = apiKeyIdOf(key)
  const document: ApiKeyDocument = {
    v: 1,
    tenant,
    name: request.name,
    role: request.role,
    sessions: request.sessions ? [...request.sessions] : null,
    hash: apiKeyHashOf(key),
    createdAt: new Date(clock.now()),
    createdBy: principal.key,
    revokedAt: null,
    expiresAt: request.expiresAt ?? null,
    lastUsedAt: null,
    requestsPerMinute: request.requestsPerMinute ?? null,
  }
  try {
    await limits.commitNew(tenant, 'keys', [{ kind: 'create', path: apiKeyPath(id), fields: { ...document } }])
  } catch (error) {
    // Nobody else can have made this key: it is there if the commit succeeded without an answer.
    if (!(await documents.read(apiKeyPath(id)))) throw error
  }
  logger.info({ key: id, role: document.role, by: principal.key }, 'An API key was created.')
  return { ...keyAnswer(id, document, clock.now()), key }
}

/**
 * Lists the keys of a tenant, revoked ones included, oldest first.
 *
 * @throws Refusal `forbidden` or `unknown-tenant`
 */
export async function listKeys({ documents, tenants, clock, logger }: Needed, principal: Principal, named: string | undefined) {
  requireWholeTenant(principal)
  const tenant = await actingTenant(tenants, principal, named)
  const found = await documents.query({ collection: API_KEYS, where: [['tenant', '==', tenant]] })
  const answers = found.flatMap((snapshot) => {
    const key = parseUnlessDamaged(apiKeyDocumentSchema, snapshot)
    if (!isHoldfastError(key)) return [keyAnswer(snapshot.id, key, clock.now())]
    logger.error({ error: key, key: snapshot.id }, 'The document of an API key is damaged; the list lacks it.')
    return []
  })
  return answers.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
}

/**
 * Revokes a key for ever. Every instance refuses it within five seconds. The call may be repeated.
 *
 * @throws Refusal `forbidden` or `unknown-key`
 */
export async function revokeKey({ documents, clock, logger }: Needed, principal: Principal, id: string) {
  requireWholeTenant(principal)
  const path = apiKeyPath(id)
  const snapshot = API_KEY_ID.test(id) ? await documents.read(path) : null
  if (!snapshot || !mayRevoke(principal, snapshot.fields['tenant'])) {
    throw new Refusal('unknown-key', 'GET /api/keys lists the keys with their ids.')
  }
  const key = parseStored(apiKeyDocumentSchema, snapshot.fields, path)
  concerns({ tenant: key.tenant })
  if (key.revokedAt) return keyAnswer(id, key, clock.now())
  const revokedAt = new Date(clock.now())
  await documents.commit([{ kind: 'update', path, fields: { revokedAt } }])
  logger.info({ key: id, by: principal.key }, 'An API key was revoked.')
  return keyAnswer(id, { ...key, revokedAt }, clock.now())
}

const mayRevoke = ({ role, tenant }: Principal, ofTenant: unknown): boolean => role === 'operator' || ofTenant === tenant

/** Shows everything but the hash. */
function keyAnswer(id: string, key: ApiKeyDocument, now: number) {
  const { tenant, name, role, sessions, createdAt, createdBy, revokedAt, expiresAt, lastUsedAt, requestsPerMinute } = key
  const state = stateOf(key, now)
  return { id, tenant, name, role, sessions, state, createdAt, createdBy, revokedAt, expiresAt, lastUsedAt, requestsPerMinute }
}

function stateOf({ revokedAt, expiresAt }: Pick<ApiKeyDocument, 'revokedAt' | 'expiresAt'>, now: number) {
  if (revokedAt) return 'revoked' as const
  return expiresAt && expiresAt.getTime() <= now ? ('expired' as const) : ('active' as const)
}
