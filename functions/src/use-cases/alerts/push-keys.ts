import { PUSH_KEYS_SECRET, pushKeysPath, pushKeysSchema } from '@holdfast/core/operations/push-device-document'
import { loadTenantCipher } from '@holdfast/core/operations/tenant-secrets'
import { parseStored } from '@holdfast/core/platform/parse'
import { newPushKeys, type PushKeys } from '@holdfast/core/security/web-push'
import type { Dependencies } from '../dependencies.ts'
import { cipherOfTenant } from '../tenant-cipher.ts'
import { findTenant, parseTenant } from '../tenants.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey'>

/**
 * Returns the public key for which browsers of a tenant subscribe. The first request makes the keys.
 *
 * @throws HoldfastError `data-key-missing`, or the errors of the wrapping key
 */
export async function publicPushKey(needed: Needed, tenant: string): Promise<string> {
  const { documents } = needed
  const path = pushKeysPath(tenant)
  const stored = async () => {
    const found = await documents.read(path)
    return found && parseStored(pushKeysSchema, found.fields, path).publicKey
  }
  const known = await stored()
  if (known !== null) return known
  const document = await findTenant(needed, tenant)
  const hasSecrets = document !== null && Object.keys(parseTenant(document).secrets).length > 0
  const { cipher, keyChanges } = await cipherOfTenant(needed, tenant, hasSecrets)
  const { publicKey, privateKey } = newPushKeys()
  const fields = { v: 1, publicKey, sealed: cipher.seal(PUSH_KEYS_SECRET, privateKey) }
  try {
    await documents.commit([{ kind: 'create', path, fields }, ...keyChanges])
    return publicKey
  } catch (error) {
    // Another request was faster.
    const other = await stored()
    if (other === null) throw error
    return other
  }
}

/**
 * Opens the keys of a tenant. Null when it never had any.
 *
 * @throws HoldfastError when they do not open
 */
export async function openPushKeys({ documents, wrappingKey }: Needed, tenant: string): Promise<PushKeys | null> {
  const path = pushKeysPath(tenant)
  const [found, cipher] = await Promise.all([documents.read(path), loadTenantCipher(documents, tenant, wrappingKey)])
  if (!found || !cipher) return null
  const { publicKey, sealed } = parseStored(pushKeysSchema, found.fields, path)
  return { publicKey, privateKey: cipher.open(PUSH_KEYS_SECRET, sealed) }
}
