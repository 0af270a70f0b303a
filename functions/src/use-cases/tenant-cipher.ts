import { pushKeysPath } from '@holdfast/core/operations/push-device-document'
import { loadTenantCipher } from '@holdfast/core/operations/tenant-secrets'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Change } from '@holdfast/core/platform/ports'
import { newTenantKeys, type TenantCipher, unwrapTenantKeys } from '@holdfast/core/security/envelope'
import { tenantKeyPath } from '@holdfast/core/security/tenant-key-document'
import type { Dependencies } from './dependencies.ts'

/**
 * Returns the cipher of a tenant's secrets, and what has to be committed together with the first one: its data key. Later, a missing key is
 * damage.
 *
 * @throws HoldfastError `data-key-missing`, or the errors of the wrapping key
 */
export async function cipherOfTenant(
  { documents, wrappingKey }: Pick<Dependencies, 'documents' | 'wrappingKey'>,
  tenant: string,
  hasSecrets: boolean,
): Promise<{ readonly cipher: TenantCipher; readonly keyChanges: readonly Change[] }> {
  const cipher = await loadTenantCipher(documents, tenant, wrappingKey)
  if (cipher) return { cipher, keyChanges: [] }
  if (hasSecrets || (await documents.read(pushKeysPath(tenant)))) {
    throw new HoldfastError('data-key-missing', `Tenant ${tenant} has secrets, but no data key.`, {
      advice:
        'Its key document was removed. Restore tenant_keys from a backup, or remove the secrets and push_keys, and set them again.',
    })
  }
  const keys = await newTenantKeys(tenant, wrappingKey)
  const create: Change = { kind: 'create', path: tenantKeyPath(tenant), fields: { ...keys } }
  return { cipher: await unwrapTenantKeys(tenant, keys, wrappingKey), keyChanges: [create] }
}
