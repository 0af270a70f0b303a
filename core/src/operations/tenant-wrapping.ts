import type { KeyWrapping, WrappedKey } from '../security/key-wrapping.ts'
import { sessionKeyPath } from '../security/session-key-document.ts'
import { tenantOf } from '../session/ids.ts'

/** What wraps the data keys of tenants' sessions. */
interface Wrappings {
  /** Of the installation: it opens everything, and wraps where a tenant has no key of its own. */
  readonly installation: KeyWrapping
  /** The full name of a tenant's own key, as it may have been some seconds ago, or as it is now. Null: it has none. */
  readonly keyOf: (tenant: string, when: 'lately' | 'now') => Promise<string | null>
  /** The wrapping by a key of Cloud KMS. */
  readonly wrappingBy: (key: string) => KeyWrapping
}

/**
 * Wraps the data keys of a tenant's sessions by the key that the tenant has in Cloud KMS. The secrets of a tenant's configuration stay with the
 * key of the installation, so that a notice that the tenant's key cannot be used still finds its way. A stored key names what wrapped it, and
 * opens with that whatever the tenant has now.
 */
export class TenantWrapping implements KeyWrapping {
  readonly #given: Wrappings

  constructor(given: Wrappings) {
    this.#given = given
  }

  async currentAt(place: string): Promise<string> {
    return (await this.#wrappingAt(place, 'lately')).currentAt(place)
  }

  async wrap(dataKey: Buffer, place: string): Promise<WrappedKey> {
    return (await this.#wrappingAt(place, 'now')).wrap(dataKey, place)
  }

  unwrap(wrapped: Uint8Array, wrappedBy: string, place: string): Promise<Buffer> {
    return this.#given.installation.unwrap(wrapped, wrappedBy, place)
  }

  async #wrappingAt(place: string, when: 'lately' | 'now'): Promise<KeyWrapping> {
    const tenant = tenantAt(place)
    const key = tenant === null ? null : await this.#given.keyOf(tenant, when)
    return key === null ? this.#given.installation : this.#given.wrappingBy(key)
  }
}

const SESSIONS = sessionKeyPath('')

/** The tenant whose session has its data key at a place. Null: no session has. */
function tenantAt(place: string): string | null {
  if (!place.startsWith(SESSIONS)) return null
  const [sessionId = ''] = place.slice(SESSIONS.length).split('/')
  return tenantOf(sessionId)
}
