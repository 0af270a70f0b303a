import { API_KEYS } from '@holdfast/core/operations/api-key-document'
import { tenantDocumentSchema, tenantPath } from '@holdfast/core/operations/tenant-document'
import { effectiveConfig } from '@holdfast/core/operations/tenant-settings'
import { dayOf, daysBetween, nextDayStartMs } from '@holdfast/core/platform/days'
import type { Logger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Change, Clock, DocumentCounter, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { SESSIONS } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import { Portions, type SharedLimit } from './portions.ts'
import { Refusal } from './refusal.ts'
import type { TenantDirectory } from './tenant-directory.ts'

const MINUTE_MS = 60_000
const FIRST_DAY = '1970-01-01'

/** How often a creation is tried again while others create in the same tenant. Each failure lets one of them succeed. */
const ATTEMPTS = 30

/** What a tenant can have a limited number of: where it lies, and which of it counts. */
const COUNTED = {
  sessions: { collection: SESSIONS, where: [], except: ['isRemoved', '==', true] },
  keys: { collection: API_KEYS, where: [['revokedAt', '==', null]], except: null },
} as const

type Counted = keyof typeof COUNTED

interface Needed {
  readonly documents: DocumentStore & DocumentCounter
  readonly tenants: TenantDirectory
  readonly clock: Clock
  readonly logger: Logger
}

/** The limits of keys and tenants, and the end of new work in a tenant that is being deleted. No other place enforces them. */
export class Limits {
  readonly #dependencies: Needed
  readonly #portions: Portions

  constructor(dependencies: Needed) {
    this.#dependencies = dependencies
    this.#portions = new Portions(dependencies)
  }

  /**
   * Admits a request of an API key. The operator has no limit.
   *
   * @throws Refusal `rate-limited`
   */
  async admitRequest({ key, role, tenant, requestsPerMinute }: Principal): Promise<void> {
    if (role === 'operator') return
    const { quotas } = await this.#dependencies.tenants.settingsOf(tenant)
    const limit = Math.min(requestsPerMinute ?? Infinity, quotas.requestsPerMinute ?? Infinity)
    if (limit === Infinity) return
    const now = this.#dependencies.clock.now()
    const window = Math.floor(now / MINUTE_MS)
    if (await this.#portions.take({ scope: `requests-${key}`, window, limit, largestPortion: Math.ceil(limit / 10) })) return
    const endsInMs = (window + 1) * MINUTE_MS - now
    throw new Refusal('rate-limited', `This API key may make ${limit} requests in a minute.`, Math.ceil(endsInMs / 1000))
  }

  /**
   * Admits new messages of a tenant: all of them, or none. Returns the function that gives them back when they are not accepted after
   * all.
   *
   * @throws Refusal `tenant-deleting` or `daily-quota-exceeded`
   */
  async admitMessages(tenant: string, count: number): Promise<() => void> {
    const { state, settings } = await this.#dependencies.tenants.of(tenant)
    if (state === 'deleting') throw tenantDeleting()
    const { quotas, timeZone } = settings
    const limit = quotas.messagesPerDay
    if (limit === null) return () => {}
    const now = this.#dependencies.clock.now()
    const shared: SharedLimit = {
      scope: `messages-${tenant}`,
      window: daysBetween(FIRST_DAY, dayOf(now, timeZone)),
      limit,
      largestPortion: Math.max(1, Math.ceil(limit / 100)),
    }
    if (await this.#portions.take(shared, count)) return () => this.#portions.giveBack(shared, count)
    const endsInMs = nextDayStartMs(now, timeZone) - now
    throw new Refusal(
      'daily-quota-exceeded',
      `This tenant may send ${limit} messages in a day, and the rest of today's does not cover ${count}. The next day of ${timeZone} begins with new ones.`,
      Math.ceil(endsInMs / 1000),
    )
  }

  /**
   * Commits the creation of something that counts towards a quota of its tenant. Of creations at one time, only as many succeed as
   * there is room for, and none in a tenant that is being deleted: each names the version of the tenant that it read.
   *
   * @throws Refusal `tenant-deleting` or `quota-exceeded`; the error of the commit when it failed for another reason
   */
  async commitNew(tenant: string, what: Counted, changes: readonly Change[]): Promise<void> {
    const { documents } = this.#dependencies
    for (let attempt = 1; ; attempt++) {
      const snapshot = await documents.read(tenantPath(tenant))
      await this.#requireRoom(tenant, what, snapshot)
      try {
        return await documents.commit([...changes, ...this.#guard(snapshot)])
      } catch (error) {
        const now = await documents.read(tenantPath(tenant))
        if (attempt === ATTEMPTS || now?.updatedAtMicros === snapshot?.updatedAtMicros) throw error
      }
    }
  }

  /**
   * Reads whether a tenant takes new work, past what this instance remembers.
   *
   * @throws Refusal `tenant-deleting`
   */
  async requireActive(tenant: string): Promise<void> {
    const snapshot = await this.#dependencies.documents.read(tenantPath(tenant))
    if (snapshot?.fields['state'] === 'deleting') throw tenantDeleting()
  }

  async #requireRoom(tenant: string, what: Counted, snapshot: DocumentSnapshot | null): Promise<void> {
    const { documents, tenants } = this.#dependencies
    const document = snapshot && parseStored(tenantDocumentSchema, snapshot.fields, snapshot.path)
    if (document?.state === 'deleting') throw tenantDeleting()
    const limit = effectiveConfig(document, tenants.defaults).quotas[what]
    if (limit === null) return
    const { collection, where, except } = COUNTED[what]
    const ofTenant = [['tenant', '==', tenant] as const, ...where]
    const all = await documents.count({ collection, where: ofTenant })
    if (all < limit) return
    // Most documents lack the field, so that no query finds those without it.
    if (except && all - (await documents.count({ collection, where: [...ofTenant, except] })) < limit) return
    throw new Refusal('quota-exceeded', `This tenant may have ${limit} ${what}. Its operator can allow more.`)
  }

  #guard(snapshot: DocumentSnapshot | null): Change[] {
    if (!snapshot) return []
    const fields = { admittedAt: new Date(this.#dependencies.clock.now()) }
    return [{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }]
  }
}

const tenantDeleting = (): Refusal =>
  new Refusal('tenant-deleting', 'The tenant is being deleted and takes no new work. What it has stays until it is purged.')
