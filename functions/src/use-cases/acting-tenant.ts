import type { Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import { Refusal } from './refusal.ts'
import type { TenantDirectory } from './tenant-directory.ts'

/**
 * Returns the tenant on which the caller acts: the one that the request names, or else the caller's own. Only the operator may name
 * another one; for anybody else it does not exist.
 *
 * @throws Refusal `unknown-tenant`
 */
export async function actingTenant(tenants: TenantDirectory, principal: Principal, named: string | undefined): Promise<string> {
  if (named === undefined || named === principal.tenant) return principal.tenant
  if (principal.role !== 'operator' || !(await tenants.of(named)).exists) throw unknownTenant()
  concerns({ tenant: named })
  return named
}

export const unknownTenant = (): Refusal => new Refusal('unknown-tenant', 'The operator lists all tenants with GET /api/tenants.')

/**
 * Refuses a key that is limited to some sessions, where an act concerns the whole tenant.
 *
 * @throws Refusal `forbidden`
 */
export function requireWholeTenant({ sessions }: Principal): void {
  if (sessions !== 'all') throw new Refusal('forbidden', 'This API key is for some sessions only; use one for the whole tenant.')
}
