import { countDepth } from '@holdfast/core/message/queue-figures'
import { JOBS } from '@holdfast/core/message/job-document'
import { type AlertDocument, ALERTS, alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import {
  OPEN_ACTION_STATES,
  RECOVERY_ACTIONS,
  type RecoveryAction,
  recoveryActionSchema,
} from '@holdfast/core/operations/recovery-action-document'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { TENANTS } from '@holdfast/core/operations/tenant-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { CountQuery, DocumentSnapshot } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT, tenantOf } from '@holdfast/core/session/ids'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { apiStatusOf, SESSION_STATES } from '@holdfast/core/session/session-states'
import type { z } from 'zod'
import type { Dependencies } from './dependencies.ts'
import { type RunnerFact, runnerFacts } from './fleet/runner-facts.ts'
import type { SessionFact } from './fleet/session-facts.ts'
import { findTroubled } from './fleet/troubled-sessions.ts'

/** Numbers of session documents, by their stored state. */
export interface SessionCounts {
  readonly total: number
  /** Wanted online, and of these: waiting for an operator, waiting for a phone to scan. */
  readonly wanted: number
  readonly wantedFailed: number
  readonly wantedPairing: number
  /** Waiting for an operator, also of those that are wanted offline. */
  readonly failed: number
}

/** A document with what it contains. */
export interface Found<Content> {
  readonly snapshot: DocumentSnapshot
  readonly content: Content
}

export interface FailedJob {
  readonly jobId: string
  readonly tenant: string
  readonly sessionId: string
  readonly failedAt: Date
  /** The code of the last error. Null when it has none. */
  readonly code: string | null
}

/** What one run of the sweep knows. Its parts decide by this alone and read nothing else about the fleet. */
export interface FleetFacts {
  /** By this machine's clock, in milliseconds. For ages in answers; whether a runner is dead, Firestore's times decide. */
  readonly nowMs: number
  /** All runners whose heartbeat parses, sorted by id. */
  readonly runners: readonly RunnerFact[]
  /** Ids of runners whose heartbeat does not parse. */
  readonly damagedRunners: readonly string[]
  /** Sessions that are not plainly fine, sorted by id. */
  readonly sessions: readonly SessionFact[]
  readonly counts: SessionCounts
  /** Recovery actions that are not at their end: proposed, pending, running. */
  readonly actions: readonly Found<RecoveryAction>[]
  /** Recoveries that failed within `FAILED_RECOVERY_MS`, the newest first. */
  readonly failedRecoveries: readonly Found<RecoveryAction>[]
  /** Alerts that are not resolved. */
  readonly alerts: readonly Found<AlertDocument>[]
  /** Jobs of the whole queue. */
  readonly queue: { readonly waiting: number; readonly active: number; readonly failed: number }
  /** Jobs that wait in the queue, by tenant. */
  readonly waitingOf: ReadonlyMap<string, number>
  /** Jobs that failed for good within `FAILED_LATELY_MS`, the newest first. */
  readonly failedJobs: readonly FailedJob[]
  /** Lists that are not complete, because one run reads only so much. What is not in them must not be taken for well. */
  readonly cut: readonly string[]
}

/** While fewer jobs wait, reading their tenants costs less than counting them for each tenant. */
const COUNTED_FROM = 100
const FAILED_LATELY_MS = 60 * 60_000

const FAILED_RECOVERY_MS = 24 * 60 * 60_000

const MOST_ACTIONS = 300
const MOST_FAILED_ACTIONS = 300
const MOST_ALERTS = 500
const MOST_FAILED_JOBS = 200
const MOST_TENANTS = 300
const AT_ONCE = 10

const FAILED_STATES = SESSION_STATES.filter((state) => apiStatusOf(state) === 'FAILED')

const ONLINE = ['wanted', '==', 'online'] as const

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/**
 * Reads what the parts of the sweep decide by. The number of reads is bounded: it follows the number of runners and of what is wrong,
 * and one read for each 1,000 sessions that are counted.
 */
export async function readFleetFacts(dependencies: Needed): Promise<FleetFacts> {
  const { documents, clock, logger } = dependencies
  const nowMs = clock.now()
  const [heartbeats, counts, actions, failedActions, alerts, queue, failedJobs] = await Promise.all([
    documents.query({ collection: RUNNERS }),
    countSessions(documents),
    openActions(dependencies),
    actionsFailedLately(dependencies, nowMs),
    openAlerts(dependencies),
    countDepth(documents),
    failedLately(documents, nowMs),
  ])
  const { runners, damaged } = runnerFacts(heartbeats)
  for (const runner of damaged) logger.warn({ runner }, 'The document of a runner has an unexpected shape and is ignored.')
  const troubled = await findTroubled({ documents, runners, wanted: counts.wanted, nowMs })
  const waiting =
    queue.waiting < COUNTED_FROM ? await fewWaiting(documents, queue.waiting) : await manyWaiting(documents, runners)
  return {
    nowMs,
    runners,
    damagedRunners: damaged,
    sessions: troubled.sessions,
    counts,
    actions: actions.found,
    failedRecoveries: failedActions.found.filter(({ content: { type } }) => type === 'recover'),
    alerts: alerts.found,
    queue,
    waitingOf: waiting.of,
    failedJobs: failedJobs.slice(0, MOST_FAILED_JOBS),
    cut: [
      ...troubled.cut.map((kind) => `sessions ${kind}`),
      ...(actions.isCut ? ['recovery actions'] : []),
      ...(failedActions.isCut ? ['failed actions'] : []),
      ...(waiting.isCut ? ['queues'] : []),
      ...(alerts.isCut ? ['alerts'] : []),
      ...(failedJobs.length > MOST_FAILED_JOBS ? ['failed jobs'] : []),
    ],
  }
}

async function countSessions(documents: Needed['documents']): Promise<SessionCounts> {
  const count = (...where: NonNullable<CountQuery['where']>[number][]) => documents.count({ collection: SESSIONS, where })
  const failedState = ['state', 'in', FAILED_STATES] as const
  const [total, wanted, wantedFailed, wantedPairing, failed] = await Promise.all([
    count(),
    count(ONLINE),
    count(ONLINE, failedState),
    count(ONLINE, ['state', '==', 'PAIRING']),
    count(failedState),
  ])
  return { total, wanted, wantedFailed, wantedPairing, failed }
}

async function openActions({ documents, logger }: Needed) {
  const where = [['state', 'in', [...OPEN_ACTION_STATES, 'proposed']] as const]
  const snapshots = await documents.query({ collection: RECOVERY_ACTIONS, where, limit: MOST_ACTIONS + 1 })
  return parsed(logger, recoveryActionSchema, snapshots, MOST_ACTIONS)
}

async function actionsFailedLately({ documents, logger }: Needed, nowMs: number) {
  const where = [['state', '==', 'failed'] as const, ['finishedAt', '>', new Date(nowMs - FAILED_RECOVERY_MS)] as const]
  const newest = { orderBy: ['finishedAt', 'desc'] as const, limit: MOST_FAILED_ACTIONS + 1 }
  const snapshots = await documents.query({ collection: RECOVERY_ACTIONS, where, ...newest })
  return parsed(logger, recoveryActionSchema, snapshots, MOST_FAILED_ACTIONS)
}

async function openAlerts({ documents, logger }: Needed) {
  const where = [['state', 'in', ['open', 'acknowledged']] as const]
  const snapshots = await documents.query({ collection: ALERTS, where, limit: MOST_ALERTS + 1 })
  return parsed(logger, alertDocumentSchema, snapshots, MOST_ALERTS)
}

/** Leaves out damaged documents, so that they do not hide the others. */
function parsed<Schema extends z.ZodType>(
  logger: Needed['logger'],
  schema: Schema,
  snapshots: readonly DocumentSnapshot[],
  most: number,
): { found: Found<z.infer<Schema>>[]; isCut: boolean } {
  const found = snapshots.slice(0, most).flatMap((snapshot) => {
    const content = parseUnlessDamaged(schema, snapshot)
    if (!isHoldfastError(content)) return [{ snapshot, content }]
    logger.error({ error: content, document: snapshot.path }, 'A document does not parse, and the sweep ignores it.')
    return []
  })
  return { found, isCut: snapshots.length > most }
}

async function failedLately(documents: Needed['documents'], nowMs: number): Promise<FailedJob[]> {
  const snapshots = await documents.query({
    collection: JOBS,
    where: [['failedAt', '>', new Date(nowMs - FAILED_LATELY_MS)]],
    orderBy: ['failedAt', 'desc'],
    limit: MOST_FAILED_JOBS + 1,
    select: ['tenant', 'sessionId', 'status', 'failedAt', 'lastError'],
  })
  return snapshots.flatMap(({ id, fields }) => {
    const { tenant, sessionId, status, failedAt, lastError } = fields
    if (status !== 'failed' || typeof tenant !== 'string' || typeof sessionId !== 'string' || !(failedAt instanceof Date))
      return []
    const code = (lastError as { code?: unknown } | null | undefined)?.code
    return [{ jobId: id, tenant, sessionId, failedAt, code: typeof code === 'string' ? code : null }]
  })
}

const WAITS = [
  ['status', '==', 'pending'],
  ['queuedAt', '>', new Date(0)],
] as const

interface Waiting {
  readonly of: ReadonlyMap<string, number>
  readonly isCut: boolean
}

/** A tenant's own limit may be low. */
async function fewWaiting(documents: Needed['documents'], number: number): Promise<Waiting> {
  if (number === 0) return { of: new Map(), isCut: false }
  const jobs = await documents.query({ collection: JOBS, where: WAITS, limit: COUNTED_FROM, select: ['tenant'] })
  const ofTenants = Map.groupBy(jobs, ({ fields }) => String(fields['tenant']))
  return { of: new Map([...ofTenants].map(([tenant, own]) => [tenant, own.length])), isCut: false }
}

async function manyWaiting(documents: Needed['documents'], runners: readonly RunnerFact[]): Promise<Waiting> {
  const known = await documents.query({ collection: TENANTS, limit: MOST_TENANTS + 1, select: ['v'] })
  const working = runners.flatMap(({ document: { sessions } }) => Object.keys(sessions).map(tenantOf))
  const tenants = new Set([DEFAULT_TENANT, ...known.map(({ id }) => id), ...working])
  const waiting = new Map<string, number>()
  await inParallel(AT_ONCE, [...tenants].slice(0, MOST_TENANTS), async (tenant) => {
    const number = await documents.count({ collection: JOBS, where: [['tenant', '==', tenant], ...WAITS] })
    if (number > 0) waiting.set(tenant, number)
  })
  return { of: waiting, isCut: tenants.size > MOST_TENANTS }
}
