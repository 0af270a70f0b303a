import type { Clock } from '../platform/ports.ts'
import type { KeyWrapping } from '../security/key-wrapping.ts'
import { KmsBesideKeys } from '../security/kms-beside-keys.ts'
import { RememberedKeys } from '../security/remembered-keys.ts'
import { WrappingKeys } from '../security/wrapping-keys.ts'
import type { WrappingConfig } from '../security/wrapping-settings.ts'
import { openKms } from './google/kms-client.ts'

export interface OpenKeyWrapping {
  readonly wrappingKey: KeyWrapping
  readonly close: () => Promise<void>
}

/** Opens what wraps the data keys of this process. A service is asked when the first key is needed. */
export function openKeyWrapping({ keys, kms }: WrappingConfig, clock: Pick<Clock, 'monotonic'>): OpenKeyWrapping {
  const own = new WrappingKeys(keys)
  if (kms === null) return { wrappingKey: own, close: () => Promise.resolve() }
  const service = openKms(kms)
  const remembered = new RememberedKeys(service.wrapping, clock)
  return { wrappingKey: new KmsBesideKeys(remembered, own), close: () => service.close() }
}
