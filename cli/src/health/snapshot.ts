import { answerOf, type HoldfastClient } from '@holdfast/client/client'
import { HoldfastProblem } from '@holdfast/client/problem'
import { everySession } from '@holdfast/client/sessions'
import type { Alert, Backup, Fleet, Health, Queue, Session, SessionRecords } from '@holdfast/client/types'
import type { Context } from '../context.ts'

/** The records of a session and their rating. */
export interface RecordsSeen {
  readonly count: number
  readonly level: string
  readonly cleanUpFrom: number
  readonly mustRotate: boolean
}

export interface BackupsSeen {
  readonly number: number
  readonly newestAt: string | null
}

export interface SessionSeen {
  readonly name: string
  readonly status: Session['status']
  readonly state: Session['state']
  readonly reason: Session['reason']
  readonly sentence: string
  readonly userAction: string | null
  readonly since: string | null
  readonly account: string | null
  /** Null: not asked, or not known yet. */
  readonly records: RecordsSeen | null
  readonly backups: BackupsSeen | null
}

export interface TenantSeen {
  /** Null: the key may not know its own tenant, because it only reads or sends. */
  readonly tenant: string | null
  readonly sessions: readonly SessionSeen[]
  readonly queue: Pick<
    Queue,
    'waiting' | 'held' | 'scheduled' | 'retrying' | 'active' | 'sent' | 'failed' | 'canceled' | 'oldest'
  >
  /** Recoveries that wait for an approval. */
  readonly proposed: readonly { readonly id: string; readonly session: string | null; readonly why: string }[]
}

export interface Snapshot {
  readonly health: Health
  /** Null: only the operator may see it. */
  readonly fleet: Fleet | null
  readonly tenants: readonly TenantSeen[]
  readonly alerts: readonly Alert[]
  /** Whether a command has to name the tenant that it is about. */
  readonly mustNameTenant: boolean
  /** Sessions whose records and backups were not asked for, because there are more than the limit. */
  readonly notLookedAt: number
}

/** So many sessions are looked into: each is two requests. */
export const LOOKED_INTO = 50

const AT_ONCE = 4

const REQUESTS = { first: 4, perTenant: 3 }

/** Records and backups change slowly, and each is a request. */
const DETAILS_FRESH_MS = 60_000

interface Details {
  readonly at: number
  readonly state: string
  readonly records: RecordsSeen | null
  readonly backups: BackupsSeen | null
}

/** Reads what `health` shows. One of them serves all looks of a watch, and keeps what changes slowly. */
export class HealthReader {
  readonly #context: Context
  readonly #limit: number
  readonly #details = new Map<string, Details>()
  #requests = 0

  constructor(context: Context, limit = LOOKED_INTO) {
    this.#context = context
    this.#limit = limit
  }

  /** How many requests the last look took, without those about single sessions. */
  get requests(): number {
    return this.#requests
  }

  async read(): Promise<Snapshot> {
    const { api, connection, options } = this.#context
    const health = await answerOf(api.GET('/health'))
    const nothing = { health, fleet: null, tenants: [], alerts: [], mustNameTenant: false, notLookedAt: 0 }
    // Then every other request would wait for Firestore, and say no more than this.
    if (health.connections === null) return nothing
    const [fleet, { isOperator, tenants }] = await Promise.all([allowed(answerOf(api.GET('/api/fleet'))), this.#tenants()])
    this.#requests = REQUESTS.first + tenants.length * REQUESTS.perTenant
    const alerts = await answerOf(api.GET('/api/alerts', { params: { query: { limit: 100 } } }))
    let left = this.#limit
    let notLookedAt = 0
    const seen: TenantSeen[] = []
    for (const tenant of tenants) {
      const sessions = await this.#sessionsOf(tenant)
      const chosen = sessions.toSorted((one, other) => rank(one) - rank(other)).slice(0, left)
      left -= chosen.length
      notLookedAt += sessions.length - chosen.length
      seen.push(await this.#seeTenant(tenant, sessions, new Set(chosen.map(({ name }) => name))))
    }
    const open = alerts.alerts.filter(({ state }) => state !== 'resolved')
    const mustNameTenant = connection.tenant === undefined ? isOperator : options.tenant !== undefined
    return { health, fleet, tenants: seen, alerts: open, mustNameTenant, notLookedAt }
  }

  /** The tenants that the caller can see; one when a tenant was chosen, or the key belongs to one. */
  async #tenants(): Promise<{ isOperator: boolean; tenants: (string | null)[] }> {
    const { api, connection } = this.#context
    if (connection.tenant !== undefined) return { isOperator: false, tenants: [connection.tenant] }
    const all = await allowed(answerOf(api.GET('/api/tenants')))
    if (all !== null) return { isOperator: true, tenants: all.length === 0 ? ['default'] : all.map(({ id }) => id) }
    const own = await allowed(answerOf(api.GET('/api/tenant')))
    return { isOperator: false, tenants: [own?.id ?? null] }
  }

  async #sessionsOf(tenant: string | null): Promise<Session[]> {
    const sessions = await everySession(this.#apiOf(tenant))
    return sessions.toSorted((one, other) => one.name.localeCompare(other.name))
  }

  async #seeTenant(tenant: string | null, sessions: readonly Session[], chosen: ReadonlySet<string>): Promise<TenantSeen> {
    const api = this.#apiOf(tenant)
    const [queue, recoveries] = await Promise.all([
      answerOf(api.GET('/api/queue')),
      answerOf(api.GET('/api/recoveries', { params: { query: { state: 'proposed', limit: 20 } } })),
    ])
    const seen = await eachOf(sessions, async (session) => {
      const details = chosen.has(session.name) ? await this.#detailsOf(tenant, session) : null
      return seenSession(session, details)
    })
    const proposed = recoveries.recoveries.flatMap((action) =>
      'steps' in action ? [{ id: action.id, session: action.session, why: action.why }] : [],
    )
    const { sessions: _, ...figures } = queue
    return { tenant, sessions: seen, queue: figures, proposed }
  }

  async #detailsOf(tenant: string | null, { name, state }: Session): Promise<Details> {
    const key = `${tenant}.${name}`
    const now = this.#context.now
    const known = this.#details.get(key)
    if (known && known.state === state && now - known.at < DETAILS_FRESH_MS) return known
    const api = this.#apiOf(tenant)
    const params = { path: { name } }
    const [records, backups] = await Promise.all([
      allowed(answerOf(api.GET('/api/sessions/{name}/records', { params }))),
      allowed(answerOf(api.GET('/api/sessions/{name}/backups', { params }))),
    ])
    const details = { at: now, state, records: records && recordsOf(records), backups: backups && backupsOf(backups) }
    this.#details.set(key, details)
    return details
  }

  #apiOf(tenant: string | null): HoldfastClient {
    const { api, connection } = this.#context
    // A chosen tenant has its header already.
    return tenant === null || connection.tenant !== undefined ? api : this.#context.apiOf(tenant)
  }
}

/** What needs a person comes first. */
const rank = ({ status }: Session): number => ['FAILED', 'SCAN_QR_CODE', 'STARTING', 'WORKING', 'STOPPED'].indexOf(status)

const seenSession = (session: Session, details: Details | null): SessionSeen => ({
  name: session.name,
  status: session.status,
  state: session.state,
  reason: session.reason,
  sentence: session.sentence,
  userAction: session.userAction,
  since: session.since,
  account: session.me?.pushName || session.me?.id || null,
  records: details?.records ?? null,
  backups: details?.backups ?? null,
})

const recordsOf = (records: SessionRecords): RecordsSeen | null =>
  records.known
    ? {
        count: records.counted,
        level: records.level,
        cleanUpFrom: records.cleanUpFrom,
        mustRotate: records.recommendation !== null,
      }
    : null

/** Pure: only backups whose object is there count. */
export function backupsOf(backups: readonly Backup[]): BackupsSeen {
  const stored = backups.filter(({ isStored }) => isStored)
  const times = stored.flatMap(({ at }) => (at === null ? [] : [at])).toSorted()
  return { number: stored.length, newestAt: times.at(-1) ?? null }
}

/** The answer, or null when this caller may not have it, or what was asked for went away meanwhile. */
async function allowed<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof HoldfastProblem && (error.status === 403 || error.status === 404)) return null
    throw error
  }
}

/** Does the work for each, a few at once, in the order of the list. */
async function eachOf<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))))
  }
  return results
}
