import { randomBytes } from 'node:crypto'
import { TenantWrapping } from '../operations/tenant-wrapping.ts'
import { TenantWrappingKeys } from '../operations/tenant-wrapping-key.ts'
import { HoldfastError } from '../platform/errors.ts'
import type { Clock, DocumentStore } from '../platform/ports.ts'
import type { KeyWrapping } from '../security/key-wrapping.ts'
import { KmsBesideKeys } from '../security/kms-beside-keys.ts'
import { RememberedKeys } from '../security/remembered-keys.ts'
import { WrappingKeys } from '../security/wrapping-keys.ts'
import type { WrappingConfig } from '../security/wrapping-settings.ts'
import { openKms } from './google/kms-client.ts'

export interface OpenKeyWrapping {
  readonly wrappingKey: KeyWrapping
  /**
   * Encrypts and decrypts with a key of Cloud KMS. Null where the process does not use Cloud KMS.
   *
   * @throws HoldfastError `wrapping-key-unavailable`
   */
  readonly tryKey: ((key: string) => Promise<void>) | null
  readonly close: () => Promise<void>
}

interface Needed {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Where the tenants are. */
  readonly documents: Pick<DocumentStore, 'read'>
}

/** Opens what wraps the data keys of this process. A service is asked when the first key is needed. */
export function openKeyWrapping({ keys, kms }: WrappingConfig, { clock, documents }: Needed): OpenKeyWrapping {
  const own = new WrappingKeys(keys)
  const tenants = new TenantWrappingKeys({ documents, clock })
  const keyOf: TenantWrappingKeys['of'] = (tenant, when) => tenants.of(tenant, when)
  if (kms === null) {
    const wrappingKey = new TenantWrapping({ installation: own, keyOf, wrappingBy: needsKms })
    return { wrappingKey, tryKey: null, close: () => Promise.resolve() }
  }
  const service = openKms(kms)
  const known = new Map<string, RememberedKeys>()
  const wrappingBy = (key: string): RememberedKeys => {
    const wrapping = known.get(key) ?? new RememberedKeys(service.wrappingBy(key), clock)
    known.set(key, wrapping)
    return wrapping
  }
  const installation = new KmsBesideKeys(wrappingBy(kms.key), own)
  return {
    wrappingKey: new TenantWrapping({ installation, keyOf, wrappingBy }),
    tryKey: (key) => tried(service.wrappingBy(key)),
    close: () => service.close(),
  }
}

const TRIED_AT = 'holdfast/trial'

async function tried(wrapping: KeyWrapping): Promise<void> {
  const { wrapped, wrappedBy } = await wrapping.wrap(randomBytes(32), TRIED_AT)
  await wrapping.unwrap(wrapped, wrappedBy, TRIED_AT)
}

/** Another key in its place would undo what the operator has set. */
function needsKms(key: string): never {
  throw new HoldfastError('wrapping-key-unavailable', `A tenant has ${key}, and this process does not use Cloud KMS.`, {
    advice: 'Set KMS_KEY to the key of Cloud KMS that wraps here, as for the other processes.',
  })
}
