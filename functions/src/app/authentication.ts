import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import type { KeyDirectory, KnownKey } from '../use-cases/key-directory.ts'
import { Refusal } from '../use-cases/refusal.ts'
import type { TenantDirectory } from '../use-cases/tenant-directory.ts'
import { OPERATOR_KEY, type Principal } from './principal.ts'
import { problem } from './problems.ts'

/** What a request says about its caller. */
export interface Credentials {
  /** `X-Api-Key` */
  readonly apiKey: string | undefined
  /** `X-Tenant`: the tenant in which the operator acts. */
  readonly tenant: string | undefined
  /** The key came sealed in the cookie of a browser. */
  readonly isByCookie?: boolean
}

/**
 * Finds the caller.
 *
 * @throws the problem `unauthorized` or `forbidden`, or HoldfastError `unavailable` when Firestore does not answer
 */
export type Authenticate = (credentials: Credentials) => Promise<Principal>

interface Parts {
  readonly keys: KeyDirectory
  readonly tenants: TenantDirectory
  readonly clock: Clock
}

/** Makes the function that finds callers, for the documents that the app reads. */
export type AuthenticatorOn = (parts: Parts) => Authenticate

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Accepts the operator's keys, which the environment has, and the keys of tenants. Digests of equal length are compared, so that the
 * time of a comparison reveals nothing. An operator's key needs no Firestore.
 */
export function keysBeside(...operatorKeys: readonly string[]): AuthenticatorOn {
  const expected = operatorKeys.map(digest)
  const isOperators = (apiKey: string) => {
    const sent = digest(apiKey)
    return expected.map((one) => timingSafeEqual(sent, one)).includes(true)
  }
  return (parts) =>
    async ({ apiKey, tenant }) => {
      if (apiKey !== undefined && isOperators(apiKey)) return operatorIn(tenant, parts)
      if (apiKey === undefined || apiKey === '') throw unauthorized('No API key was sent. Send it in the header X-Api-Key.')
      const key = await parts.keys.find(apiKey)
      if (!key) throw unauthorized(whyUnknown(apiKey))
      return holderOf(key, tenant, parts)
    }
}

/** API_KEY may have several keys, and whoever sends the variable as it is sends all of them. No key has a comma. */
const whyUnknown = (apiKey: string): string =>
  apiKey.includes(',')
    ? 'The header X-Api-Key has a comma, so it holds several keys. Send one of them.'
    : 'The key in the header X-Api-Key is not known here.'

async function operatorIn(tenant: string = DEFAULT_TENANT, { tenants }: Parts): Promise<Principal> {
  if (tenant !== DEFAULT_TENANT && !(await tenants.of(tenant)).exists) {
    throw new Refusal('unknown-tenant', 'The header X-Tenant names no tenant. GET /api/tenants lists all.')
  }
  return { key: OPERATOR_KEY, tenant, role: 'operator', sessions: 'all', requestsPerMinute: null }
}

async function holderOf(key: KnownKey, tenant: string | undefined, { keys, tenants, clock }: Parts): Promise<Principal> {
  if (key.revokedAt) throw unauthorized('This API key was revoked.')
  if (key.expiresAt && key.expiresAt.getTime() <= clock.now()) throw unauthorized('This API key has expired.')
  if (tenant !== undefined && tenant !== key.tenant) {
    throw problem('forbidden', 'Only the operator may choose a tenant with X-Tenant. Leave the header out.')
  }
  // A deletion that was cut short has not revoked all keys.
  if ((await tenants.of(key.tenant)).state === 'deleting') throw unauthorized('The tenant of this API key is being deleted.')
  void keys.noteUse(key)
  const { id, role, sessions, requestsPerMinute } = key
  return { key: id, tenant: key.tenant, role, sessions: sessions ?? 'all', requestsPerMinute }
}

const unauthorized = (detail: string) =>
  problem('unauthorized', detail, { headers: { 'WWW-Authenticate': 'ApiKey header="X-Api-Key"' } })
