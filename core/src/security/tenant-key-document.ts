/**
 * PERSISTED CONTRACT v1: `tenant_keys/{tenant}`, the wrapped data key of a tenant, in the shape of `session_keys`. Created once, with
 * the tenant's first secret. Missing while the tenant has secrets means damage, never a reason to make a new key.
 */
export const TENANT_KEYS = 'tenant_keys'

export const tenantKeyPath = (tenant: string): string => `${TENANT_KEYS}/${tenant}`
