import { TENANTS, tenantDocumentSchema } from '@holdfast/core/operations/tenant-document'
import { effectiveConfig, type TenantDefaults, type TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, ListenerEvent } from '@holdfast/core/platform/ports'

const RETRY_MS = 1000

/**
 * Listens to the configurations of all tenants, with one listener for the whole runner. A tenant keeps its last good settings while
 * Firestore is away and while its document is damaged.
 */
export class TenantFeed {
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #defaults: TenantDefaults
  readonly #settings = new Map<string, TenantSettings>()
  /** Until when somebody listens to the stream of each tenant, ms since 1970. */
  readonly #liveUntilMs = new Map<string, number>()
  readonly #watchers = new Set<(tenant: string) => void>()
  readonly #heard = Promise.withResolvers<void>()
  #stop: () => void = () => {}
  #stopped = false

  constructor(options: { documents: DocumentStore; clock: Clock; logger: Logger; defaults: TenantDefaults }) {
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    this.#defaults = options.defaults
  }

  /** Starts the listener. Resolves when all settings are known, or when the feed stops. */
  async start(): Promise<void> {
    if (!this.#stopped) this.#listen()
    await this.#heard.promise
  }

  stop(): void {
    this.#stopped = true
    this.#stop()
    this.#heard.resolve()
  }

  /** The settings that hold now. A tenant without a document has those of the installation. */
  settingsOf(tenant: string): TenantSettings {
    return this.#settings.get(tenant) ?? this.#defaults
  }

  /** Whether somebody listens to the stream of the tenant's events. */
  isListenedTo(tenant: string): boolean {
    return (this.#liveUntilMs.get(tenant) ?? 0) > this.#clock.now()
  }

  /** Calls back with each tenant whose settings may have changed. Returns the function that ends it. */
  onChange(callback: (tenant: string) => void): () => void {
    this.#watchers.add(callback)
    return () => void this.#watchers.delete(callback)
  }

  #listen(): void {
    let isFirst = true
    this.#stop = this.#documents.listen(
      { collection: TENANTS },
      (events) => {
        if (isFirst) this.#forgetAllBut(events)
        isFirst = false
        for (const event of events) this.#hear(event)
        this.#heard.resolve()
      },
      (error) => {
        this.#logger.warn({ error }, 'The listener to tenants failed; listening again.')
        if (!this.#stopped) this.#stop = this.#clock.after(RETRY_MS, () => this.#listen(), 'tenant-feed')
      },
    )
  }

  /** Forgets tenants that were removed while no listener was there. */
  #forgetAllBut(events: readonly ListenerEvent[]): void {
    const present = new Set(events.map(({ document }) => document.id))
    for (const tenant of this.#settings.keys()) if (!present.has(tenant)) this.#forget(tenant)
  }

  #hear({ kind, document }: ListenerEvent): void {
    if (kind === 'removed') return this.#forget(document.id)
    const settings = this.#read(document)
    if (!settings) return
    this.#settings.set(document.id, settings)
    this.#tell(document.id)
  }

  #forget(tenant: string): void {
    this.#settings.delete(tenant)
    this.#liveUntilMs.delete(tenant)
    this.#tell(tenant)
  }

  #tell(tenant: string): void {
    for (const watcher of this.#watchers) watcher(tenant)
  }

  #read({ id, path, fields }: DocumentSnapshot): TenantSettings | null {
    try {
      const document = parseStored(tenantDocumentSchema, fields, path)
      this.#liveUntilMs.set(id, document.liveUntil?.getTime() ?? 0)
      return effectiveConfig(document, this.#defaults)
    } catch (error) {
      this.#logger.error({ error, tenant: id }, 'The configuration of a tenant cannot be read; its last good one stays.')
      return null
    }
  }
}
