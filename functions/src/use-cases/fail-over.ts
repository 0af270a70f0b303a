import { type JobDocument, JOBS, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { type Deadline, within } from '@holdfast/core/platform/deadlines'
import { isDamage, isHoldfastError, isKeyTrouble } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, Fields, Query } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { tenantOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { Dependencies } from './dependencies.ts'
import { decideMove, LOCKS } from './failover-decision.ts'
import { cipherOf } from './find-session.ts'
import type { FleetFacts } from './fleet-facts.ts'
import { conditionsOf } from './fleet/session-conditions.ts'
import { type MovingJob, moveJob } from './move-job.ts'
import { poolsOfAll, type SessionsOfPool } from './pools.ts'
import type { SessionCondition } from './session-condition.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

/** Whoever reads the facts about the fleet may hang. */
const FACTS_WITHIN_MS = 15_000

const PAGE = 200
const CHATS_AT_ONCE = 10

/** Firestore takes 30 combinations of values in the `in` filters of one query. A filter for the locks has two values. */
const NAMES_IN_A_QUERY = 30 / LOCKS.length

const PENDING = ['status', '==', 'pending'] as const
const POOLED = ['pool', '>', ''] as const
const QUEUED = ['queuedAt', '>', new Date(0)] as const

/** Refusals have codes like `whatsapp-463`. The character after the hyphen ends the range. */
const REFUSED = [
  ['lastError.code', '>=', 'whatsapp-'],
  ['lastError.code', '<', 'whatsapp.'],
] as const

/**
 * Moves messages of pools away from sessions that are down, or that WhatsApp does not let send them. Returns the number of moved
 * messages. Reads little while no message of a pool waits, and only the messages of sessions in trouble otherwise.
 *
 * @param reading what the sweep knows of the fleet; null, and whatever fails: all sessions are read
 */
export async function failOver(
  dependencies: Needed,
  deadline: Deadline,
  reading: Promise<FleetFacts> | null = null,
): Promise<number> {
  const { documents } = dependencies
  const waiting = await documents.query({
    collection: JOBS,
    where: [PENDING, POOLED],
    orderBy: ['pool', 'asc'],
    limit: 1,
    select: [],
  })
  if (waiting.length === 0) return 0
  const facts = reading && (await within(dependencies.clock, FACTS_WITHIN_MS, reading).catch(() => null))
  return (await Failover.look(dependencies, deadline, facts)).run()
}

/** One run: the sessions and pools as they were found at its beginning. */
class Failover {
  readonly #dependencies: Needed
  readonly #deadline: Deadline
  readonly #conditions: ReadonlyMap<string, SessionCondition>
  readonly #sessionsOf: SessionsOfPool
  readonly #poolNames: readonly string[]
  readonly #ciphers = new Map<string, Promise<SessionCipher>>()
  readonly #seen = new Set<string>()
  #moved = 0

  private constructor(
    dependencies: Needed,
    deadline: Deadline,
    found: { conditions: ReadonlyMap<string, SessionCondition>; sessionsOf: SessionsOfPool; poolNames: readonly string[] },
  ) {
    this.#dependencies = dependencies
    this.#deadline = deadline
    this.#conditions = found.conditions
    this.#sessionsOf = found.sessionsOf
    this.#poolNames = found.poolNames
  }

  static async look(dependencies: Needed, deadline: Deadline, facts: FleetFacts | null): Promise<Failover> {
    const conditions = await conditionsOf(dependencies, facts)
    const { sessionsOf, names } = await poolsOfAll(dependencies, [...conditions.keys()])
    return new Failover(dependencies, deadline, { conditions, sessionsOf, poolNames: names })
  }

  async run(): Promise<number> {
    for (const { sessionId, downForMs } of this.#conditions.values()) {
      if (downForMs === 0) continue
      const tenant = tenantOf(sessionId)
      const names = this.#poolNames.filter((name) => this.#connectedIn(tenant, name) > 0)
      const { failoverAfterMs } = await this.#dependencies.tenants.settingsOf(tenant)
      if (downForMs > failoverAfterMs) await this.#moveAway([['sessionId', '==', sessionId], QUEUED], 'queuedAt', names)
    }
    // The session that may not send a message is connected itself.
    const tenants = new Set([...this.#conditions.keys()].map(tenantOf))
    const names = this.#poolNames.filter((name) => [...tenants].some((tenant) => this.#connectedIn(tenant, name) > 1))
    await this.#moveAway(REFUSED, 'lastError.code', names)
    const locked = [['hold.reason', 'in', LOCKS] as const, ['hold.until', '>', new Date(this.#dependencies.clock.now())] as const]
    await this.#moveAway(locked, 'hold.until', names)
    return this.#moved
  }

  #connectedIn(tenant: string, pool: string): number {
    return this.#sessionsOf(tenant, pool).filter((sessionId) => this.#conditions.get(sessionId)?.isConnected).length
  }

  /** Moves what the query finds in these pools and what has to move, page by page: also behind many jobs that cannot move. */
  async #moveAway(where: NonNullable<Query['where']>, orderBy: string, poolNames: readonly string[]): Promise<void> {
    for (let at = 0; at < poolNames.length; at += NAMES_IN_A_QUERY) {
      const names = poolNames.slice(at, at + NAMES_IN_A_QUERY)
      const query: Query = {
        collection: JOBS,
        where: [...where, PENDING, ['pool', 'in', names]],
        orderBy: [orderBy, 'asc'],
        thenById: true,
        limit: PAGE,
      }
      for (let last: DocumentSnapshot | undefined; this.#deadline.remainingMs > 0;) {
        const from = last && { startAfter: [valueAt(last.fields, orderBy), last.id] }
        const page = await this.#dependencies.documents.query({ ...query, ...from })
        await this.#moveAll(page)
        last = page.at(-1)
        if (page.length < PAGE) break
      }
    }
  }

  async #moveAll(page: readonly DocumentSnapshot[]): Promise<void> {
    const moving: MovingJob[] = []
    for (const snapshot of page) {
      const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
      // A damaged job is reported by the part of the sweep that makes jobs due, and by its owner.
      const move = isHoldfastError(job) ? null : await this.#decide(job)
      if (move && !isHoldfastError(job)) moving.push({ snapshot, job, move })
    }
    const chats = Map.groupBy(moving.toSorted(inOrder), ({ job: { tenant, chat } }) => `${tenant} ${chat}`)
    await inParallel(CHATS_AT_ONCE, chats.values(), async (jobs) => {
      // One after the other, so that the next session gets the messages of a chat in their order.
      for (const job of jobs) {
        // A message that stays behind keeps the later ones of its chat, which would overtake it.
        if (this.#deadline.remainingMs === 0 || !(await this.#move(job))) return
      }
    })
  }

  async #decide(job: JobDocument) {
    if (job.pool === null) return null
    const { failoverAfterMs } = await this.#dependencies.tenants.settingsOf(job.tenant)
    const pool = this.#sessionsOf(job.tenant, job.pool).flatMap((sessionId) => this.#conditions.get(sessionId) ?? [])
    const own = this.#conditions.get(job.sessionId) ?? null
    return decideMove(job, { pool, own, failoverAfterMs, nowMs: this.#dependencies.clock.now() })
  }

  /** Returns false when a message that should move did not. */
  async #move(moving: MovingJob): Promise<boolean> {
    const { logger } = this.#dependencies
    const { snapshot, job, move } = moving
    const named = { ...ofSession(job.sessionId), job: snapshot.id, messageId: job.messageId, to: move.to, why: move.why }
    try {
      // False: somebody else changed the message, which is judged anew by the next run.
      if (!(await moveJob(this.#dependencies, moving, (sessionId) => this.#cipherOf(sessionId)))) return true
      this.#moved++
      logger.warn(named, 'A message moved to another session of its pool.')
      return true
    } catch (error) {
      const cannotBeRead = isDamage(error) || isKeyTrouble(error)
      if (!this.#seen.has(snapshot.id))
        logger.error(
          { ...named, error },
          cannotBeRead ? 'A message cannot move: it cannot be read.' : 'A message could not move yet.',
        )
      this.#seen.add(snapshot.id)
      // A message that can never be read must not hold back its chat.
      return cannotBeRead
    }
  }

  #cipherOf(sessionId: string): Promise<SessionCipher> {
    const { documents, wrappingKey } = this.#dependencies
    const known = this.#ciphers.get(sessionId) ?? cipherOf(documents, sessionId, wrappingKey)
    this.#ciphers.set(sessionId, known)
    return known
  }
}

/** Returns the value of a field, which may be inside another one: `hold.until`. */
const valueAt = (fields: Fields, field: string): unknown =>
  field.split('.').reduce<unknown>((value, name) => (value as Fields)[name], fields)

/** The order in which the messages of a chat were accepted. */
const inOrder = (one: MovingJob, other: MovingJob): number =>
  acceptedAt(one) - acceptedAt(other) || one.job.index - other.job.index

const acceptedAt = ({ snapshot, job: { sendAt } }: MovingJob): number =>
  Math.max(snapshot.createdAtMicros, (sendAt?.getTime() ?? 0) * 1000)
