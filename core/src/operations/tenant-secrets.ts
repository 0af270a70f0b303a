import { HoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { DocumentStore } from '../platform/ports.ts'
import { type TenantCipher, unwrapTenantKeys } from '../security/envelope.ts'
import type { KeyWrapping } from '../security/key-wrapping.ts'
import { sessionKeyDocumentSchema } from '../security/session-key-document.ts'
import { tenantKeyPath } from '../security/tenant-key-document.ts'
import { tenantDocumentSchema, tenantPath } from './tenant-document.ts'

/** The name of a secret that belongs to no channel. */
export const SECRET_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** Loads the cipher of a tenant. Null when it never had a secret. A read error throws and is never absence. */
export async function loadTenantCipher(
  documents: Pick<DocumentStore, 'read'>,
  tenant: string,
  wrappingKey: KeyWrapping,
): Promise<TenantCipher | null> {
  const path = tenantKeyPath(tenant)
  const snapshot = await documents.read(path)
  return snapshot && unwrapTenantKeys(tenant, parseStored(sessionKeyDocumentSchema, snapshot.fields, path), wrappingKey)
}

/** Returns a secret of a tenant's configuration. Null when it is not set. */
export type OpenTenantSecret = (tenant: string, name: string) => Promise<string | null>

/**
 * Makes the function that opens secrets. It reads the tenant and its key each time, so that a changed secret counts at once.
 *
 * @throws HoldfastError `data-key-missing`, `wrong-key` or `cannot-decrypt` when a secret is set and does not open
 */
export const openTenantSecrets =
  ({ documents, wrappingKey }: { documents: Pick<DocumentStore, 'read'>; wrappingKey: KeyWrapping }): OpenTenantSecret =>
  async (tenant, name) => {
    const path = tenantPath(tenant)
    const snapshot = await documents.read(path)
    const sealed = snapshot && parseStored(tenantDocumentSchema, snapshot.fields, path).secrets[name]
    if (!sealed) return null
    const cipher = await loadTenantCipher(documents, tenant, wrappingKey)
    if (cipher) return cipher.open(name, sealed)
    throw new HoldfastError('data-key-missing', `Tenant ${tenant} has secrets, but no data key.`, {
      advice: 'Its key document was removed. Restore tenant_keys from a backup of Firestore, or set the secrets again.',
    })
  }
