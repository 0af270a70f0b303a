import { TENANT_ID, type TenantDocument, tenantDocumentSchema, tenantPath } from '@holdfast/core/operations/tenant-document'
import { effectiveConfig, type TenantDefaults, type TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { isDamage } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { RecentReads } from './recent-reads.ts'

/** A change of a tenant takes effect in every instance within this time and the time of one read. */
const FRESH_FOR_MS = 4000

const MOST_TENANTS = 1000

/** A tenant as an instance knows it. */
export interface KnownTenant {
  /** False for a tenant that nobody created. `default` always exists. */
  readonly exists: boolean
  readonly state: TenantDocument['state']
  readonly settings: TenantSettings
  /** Whether its document cannot be read. The settings are then the last good ones, or the defaults. */
  readonly isDamaged?: boolean
}

interface Needed {
  readonly documents: Pick<DocumentStore, 'read'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly logger: Logger
  readonly defaults: TenantDefaults
}

/** Knows the tenants and their settings, at most five seconds late. */
export class TenantDirectory {
  readonly defaults: TenantDefaults
  readonly #dependencies: Needed
  readonly #reads: RecentReads<KnownTenant>
  /** The last one whose document was not damaged. */
  readonly #lastGood = new Map<string, KnownTenant>()

  constructor(dependencies: Needed) {
    this.defaults = dependencies.defaults
    this.#dependencies = dependencies
    this.#reads = new RecentReads({
      clock: dependencies.clock,
      freshForMs: FRESH_FOR_MS,
      most: MOST_TENANTS,
      read: (tenant) => this.#read(tenant),
      isWorthless: ({ exists }) => !exists,
    })
  }

  /** @throws HoldfastError `unavailable` when Firestore does not answer */
  async of(tenant: string): Promise<KnownTenant> {
    return TENANT_ID.test(tenant) ? this.#reads.get(tenant) : this.#without(false)
  }

  async settingsOf(tenant: string): Promise<TenantSettings> {
    return (await this.of(tenant)).settings
  }

  /** The next question is answered by the document as it is then. */
  forget(tenant: string): void {
    this.#reads.forget(tenant)
  }

  async #read(tenant: string): Promise<KnownTenant> {
    const snapshot = await this.#dependencies.documents.read(tenantPath(tenant))
    return snapshot ? this.#known(tenant, snapshot) : this.#without(tenant === DEFAULT_TENANT)
  }

  #without(exists: boolean): KnownTenant {
    return { exists, state: 'active', settings: this.defaults }
  }

  #known(tenant: string, { fields, path }: DocumentSnapshot): KnownTenant {
    try {
      const document = parseStored(tenantDocumentSchema, fields, path)
      const known = { exists: true, state: document.state, settings: effectiveConfig(document, this.defaults) }
      this.#remember(tenant, known)
      return known
    } catch (error) {
      if (!isDamage(error)) throw error
      this.#dependencies.logger.error({ error, tenant }, 'The configuration of a tenant is damaged; its last good one stays.')
      return { ...(this.#lastGood.get(tenant) ?? this.#without(true)), isDamaged: true }
    }
  }

  #remember(tenant: string, known: KnownTenant): void {
    this.#lastGood.delete(tenant)
    this.#lastGood.set(tenant, known)
    const oldest = this.#lastGood.keys().next()
    if (this.#lastGood.size > MOST_TENANTS && !oldest.done) this.#lastGood.delete(oldest.value)
  }
}
