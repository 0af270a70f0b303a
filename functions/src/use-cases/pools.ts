import { DEFAULT_POOL, POOL_NAME, POOLS, poolDocumentSchema, poolPath } from '@holdfast/core/operations/pool-document'
import { isDamage } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import { type DocumentSnapshot, type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import { sessionIdOf, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import { SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import { knowsSession, type Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { isOfTenant, namedSession, unknownSession } from './find-session.ts'
import { Refusal } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

/** A pool as the API shows it. */
export interface PoolAnswer {
  readonly name: string
  /** Names of sessions. The first one that can sends. */
  readonly sessions: readonly string[]
}

/** Sessions, in the order in which they are asked to send. */
interface Pool {
  readonly name: string
  /** Ids of sessions. */
  readonly sessionIds: readonly string[]
}

const isDefault = (name: string): boolean => name === DEFAULT_POOL

const reserved = (): Refusal =>
  new Refusal('default-pool', 'It is made of all sessions, by name. Choose another name for a pool of your own.')

const impossible = (): Refusal =>
  new Refusal('unknown-pool', 'No pool can have this name: use at most 54 letters, digits, hyphens and underscores.')

const unknownPool = (name: string): Refusal =>
  new Refusal('unknown-pool', `There is no pool "${name.slice(0, 64)}". Make it with PUT /api/pools/{name}.`)

/**
 * Makes a pool, or gives a pool other sessions. Messages that wait in one of its sessions stay there.
 *
 * @throws Refusal `unknown-session`, `default-pool`, `unknown-pool` for a name that no pool can have, or `forbidden` when a pool of
 * that name has sessions that the caller's key does not cover
 */
export async function putPool(
  { documents, logger }: Needed,
  principal: Principal,
  { name, sessions }: PoolAnswer,
): Promise<PoolAnswer> {
  if (isDefault(name)) throw reserved()
  if (!POOL_NAME.test(name)) throw impossible()
  for (const session of sessions) await assertSession(documents, principal, session)
  const { tenant } = principal
  const existing = await documents.read(poolPath(tenant, name))
  if (existing && !poolOrNone(logger, existing).every((pool) => knowsPool(principal, pool))) {
    throw new Refusal('forbidden', `This API key may not change the pool "${name}".`)
  }
  const fields = { v: 1, tenant, name, sessions, changedAt: SERVER_TIME }
  await documents.commit([{ kind: 'merge', path: poolPath(tenant, name), fields }])
  logger.info({ sessions: sessions.length }, 'A pool was set.')
  return { name, sessions }
}

async function assertSession(documents: DocumentStore, principal: Principal, name: string): Promise<void> {
  const session = await documents.read(sessionPath(namedSession(principal, name)))
  if (!session || !isOfTenant(principal, session.fields)) throw unknownSession(name)
}

/** Lists the pools that the caller may know of, sorted by name. */
export async function listPools({ documents, logger }: Needed, principal: Principal): Promise<PoolAnswer[]> {
  const { tenant } = principal
  const found = await documents.query({ collection: POOLS, where: [['tenant', '==', tenant]] })
  const pools = found.flatMap((snapshot) => poolOrNone(logger, snapshot))
  const all = [await defaultPool(documents, tenant), ...pools].filter((pool) => knowsPool(principal, pool))
  return all.map(answerOf).toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/** @throws Refusal `unknown-pool` */
export const showPool = async ({ documents }: Needed, principal: Principal, name: string): Promise<PoolAnswer> =>
  answerOf(await findPool(documents, principal, name))

/**
 * Removes a pool. Messages that were accepted for it stay in the sessions where they are.
 *
 * @throws Refusal `unknown-pool` or `default-pool`
 */
export async function deletePool({ documents, logger }: Needed, principal: Principal, name: string): Promise<PoolAnswer> {
  if (isDefault(name)) throw reserved()
  const pool = await findPool(documents, principal, name)
  await documents.commit([{ kind: 'delete', path: poolPath(principal.tenant, name) }])
  logger.info('A pool was removed.')
  return answerOf(pool)
}

/**
 * Returns the pool that a caller named. A pool with a session that the caller's key does not cover does not exist for the caller.
 *
 * @throws Refusal `unknown-pool`
 */
export async function findPool(documents: DocumentStore, principal: Principal, name: string): Promise<Pool> {
  const pool = await readPool(documents, principal.tenant, name)
  if (!pool || !knowsPool(principal, pool)) throw unknownPool(name)
  return pool
}

async function readPool(documents: DocumentStore, tenant: string, name: string): Promise<Pool | null> {
  if (isDefault(name)) return defaultPool(documents, tenant)
  if (!POOL_NAME.test(name)) return null
  const snapshot = await documents.read(poolPath(tenant, name))
  return snapshot && poolOf(snapshot)
}

async function defaultPool(documents: DocumentStore, tenant: string): Promise<Pool> {
  const where = [['tenant', '==', tenant]] as const
  const sessions = await documents.query({ collection: SESSIONS, where, select: ['tenant'] })
  return { name: DEFAULT_POOL, sessionIds: inOrder(sessions.map(({ id }) => id)) }
}

const inOrder = (sessionIds: readonly string[]): string[] => sessionIds.toSorted()

const knowsPool = (principal: Principal, { sessionIds }: Pool): boolean =>
  sessionIds.every((sessionId) => knowsSession(principal, sessionId))

const answerOf = ({ name, sessionIds }: Pool): PoolAnswer => ({ name, sessions: sessionIds.map(sessionNameOf) })

function poolOf(snapshot: DocumentSnapshot): Pool {
  const { tenant, name, sessions } = parseStored(poolDocumentSchema, snapshot.fields, snapshot.path)
  return { name, sessionIds: sessions.map((session) => sessionIdOf(tenant, session)) }
}

/** Leaves out a damaged pool, so that it does not hide the others. */
function poolOrNone(logger: Dependencies['logger'], snapshot: DocumentSnapshot): Pool[] {
  try {
    return [poolOf(snapshot)]
  } catch (error) {
    if (!isDamage(error)) throw error
    logger.error({ error, pool: snapshot.id }, 'The document of a pool is damaged.')
    return []
  }
}

/** Returns the ids of a pool's sessions, in order; none for a pool that does not exist. */
export type SessionsOfPool = (tenant: string, name: string) => readonly string[]

/** Reads the pools of all tenants. `sessionIds` are the sessions that exist. */
export async function poolsOfAll(
  { documents, logger }: Needed,
  sessionIds: readonly string[],
): Promise<{ sessionsOf: SessionsOfPool; names: readonly string[] }> {
  const found = await documents.query({ collection: POOLS })
  const pools = new Map(found.flatMap((snapshot) => poolOrNone(logger, snapshot).map((pool) => [snapshot.id, pool] as const)))
  const byTenant = Map.groupBy(inOrder(sessionIds), tenantOf)
  return {
    sessionsOf: (tenant, name) =>
      isDefault(name) ? (byTenant.get(tenant) ?? []) : (pools.get(sessionIdOf(tenant, name))?.sessionIds ?? []),
    names: [...new Set([DEFAULT_POOL, ...[...pools.values()].map(({ name }) => name)])],
  }
}
