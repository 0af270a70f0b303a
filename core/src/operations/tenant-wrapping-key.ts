import { z } from 'zod'
import { HoldfastError, isHoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { Clock, DocumentStore } from '../platform/ports.ts'
import { TENANT_ID, tenantKmsKey, tenantPath } from './tenant-document.ts'

/** A run over all data keys reads each tenant once in this time. */
const FRESH_FOR_MS = 4000

/** The one field that counts here. Damage of the others is no reason to do without the tenant's own key. */
const fieldsSchema = z.object({ v: z.literal(1), config: z.object({ kmsKey: tenantKmsKey }).default({}) })

interface Needed {
  readonly documents: Pick<DocumentStore, 'read'>
  readonly clock: Pick<Clock, 'monotonic'>
}

/** Reads which key of Cloud KMS a tenant has of its own. */
export class TenantWrappingKeys {
  readonly #needed: Needed
  readonly #lately = new Map<string, { readonly key: Promise<string | null>; readonly untilMs: number }>()

  constructor(needed: Needed) {
    this.#needed = needed
  }

  /**
   * Returns the full name of the tenant's own key; null: it has none.
   *
   * @throws HoldfastError `unavailable` when Firestore does not answer, `bad-document` when the document does not say which key it is; nothing
   *   may be wrapped then
   */
  async of(tenant: string, when: 'lately' | 'now'): Promise<string | null> {
    const now = this.#needed.clock.monotonic()
    const known = this.#lately.get(tenant)
    if (when === 'lately' && known && known.untilMs > now) return known.key
    for (const [name, { untilMs }] of this.#lately) if (untilMs <= now) this.#lately.delete(name)
    const key = this.#read(tenant)
    this.#lately.set(tenant, { key, untilMs: now + FRESH_FOR_MS })
    key.catch(() => this.#lately.delete(tenant))
    return key
  }

  async #read(tenant: string): Promise<string | null> {
    if (!TENANT_ID.test(tenant)) return null
    const path = tenantPath(tenant)
    try {
      const snapshot = await this.#needed.documents.read(path)
      return snapshot ? (parseStored(fieldsSchema, snapshot.fields, path).config.kmsKey ?? null) : null
    } catch (error) {
      if (isHoldfastError(error)) throw error
      throw new HoldfastError('unavailable', `The wrapping key of tenant ${tenant} could not be read.`, { cause: error })
    }
  }
}
