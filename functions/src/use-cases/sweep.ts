import { OVERDUE_AFTER_MS, TASK_REACH_MS, taskFor } from '@holdfast/core/message/due'
import { JOBS, type JobDocument } from '@holdfast/core/message/job-document'
import { Deadline, within } from '@holdfast/core/platform/deadlines'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { reconcileAlerts } from './alerts/reconcile.ts'
import type { Dependencies } from './dependencies.ts'
import { failOver } from './fail-over.ts'
import { endDrills } from './fleet/crash-drill.ts'
import { restartFleet } from './fleet/restart-fleet.ts'
import { sizeFleet } from './fleet/size-fleet.ts'
import { type FleetFacts, readFleetFacts } from './fleet-facts.ts'
import { writeHealth } from './health/write-health.ts'
import { makeDue, type QueueDependencies } from './make-due.ts'
import { sweepCleanUps } from './clean-ups/sweep-clean-ups.ts'
import { endStuck } from './recoveries/end-stuck.ts'
import { markUnvouched } from './recoveries/mark-unvouched.ts'
import { sweepRecoveries } from './recoveries/sweep-recoveries.ts'
import { sweepWebhooks, watchEndpoints } from './webhooks/sweep-webhooks.ts'

type QueueSweepDependencies = QueueDependencies & Pick<Dependencies, 'tasks' | 'tenants' | 'wrappingKey'>

export type SweepDependencies = QueueSweepDependencies & Pick<Dependencies, 'fleet' | 'thresholds' | 'isRecoveryAutomatic'>

/** Numbers of jobs, sessions and actions that one run of the sweep took care of. */
export interface SweepFigures extends QueueFigures, FleetFigures {}

interface QueueFigures {
  /** Retries and messages for later whose task was lost. */
  readonly overdue: number
  /** Messages for later that came into the reach of tasks. */
  readonly enqueued: number
  readonly expired: number
  /** Messages that moved to another session of their pool. */
  readonly moved: number
}

interface FleetFigures {
  /** Sessions for which nobody vouches. */
  readonly marked: number
  /** Recovery actions that the sweep wrote, and such as nobody else ended. */
  readonly recoveries: number
  readonly ended: number
}

/** The schedule runs each minute. What one run does not manage, the next one finds. */
const RUN_MS = 45_000

/** No part waits longer, whatever hangs. */
const PART_MS = 55_000

const PAGE = 200
const AT_ONCE = 10

/** A run looks this far back, so that a late run misses nothing. */
const WINDOW_MS = 2 * 60_000
const MOST_IN_WINDOW = 5000

/** How many ids a log line names. */
const NAMED = 20

const PENDING = ['status', '==', 'pending'] as const
const FOR_LATER = ['queuedAt', '==', null] as const

/**
 * Finds what fell through: jobs whose task was lost, jobs for later that no task could reach before, jobs that are too old, and what the
 * owners of sessions cannot see. Two runs at once do no harm, because every change is made in the known version of its document only.
 */
export async function sweep(dependencies: SweepDependencies): Promise<SweepFigures> {
  // Side by side, so that many jobs do not keep the fleet waiting.
  const reading = readFleetFacts(dependencies)
  const [queue, fleet] = await Promise.all([sweepQueue(dependencies, reading), sweepFleet(dependencies, reading)])
  return { ...queue, ...fleet }
}

/** @param reading the facts about the fleet; null: without them, whoever needs the sessions reads all */
export async function sweepQueue(
  dependencies: QueueSweepDependencies,
  reading: Promise<FleetFacts> | null = null,
): Promise<QueueFigures> {
  const deadline = new Deadline(dependencies.clock, RUN_MS)
  const tried = triedBy(dependencies)
  const retries = await tried('retries', () => sweepDue(dependencies, deadline, OVERDUE_RETRIES))
  const laters = await tried('messages for later', () => sweepDue(dependencies, deadline, OVERDUE_LATERS))
  // Where documents lag, only the owner knows that a message was not sent. It alone lets messages expire, and none moves.
  const expired = dependencies.jobsLag ? 0 : await tried('expired messages', () => sweepDue(dependencies, deadline, EXPIRED))
  const enqueued = await tried('coming messages', () => enqueueComing(dependencies))
  const moved = dependencies.jobsLag ? 0 : await tried('pools', () => failOver(dependencies, deadline, reading))
  return { overdue: retries + laters, enqueued, expired, moved }
}

/** All parts decide by one read of the facts, and work side by side: one that hangs keeps no other from its work. */
async function sweepFleet(dependencies: SweepDependencies, reading: Promise<FleetFacts>): Promise<FleetFigures> {
  const deadline = new Deadline(dependencies.clock, RUN_MS)
  const tried = triedBy(dependencies)
  const [marked, recoveries, ended] = await Promise.all([
    tried('sessions without an owner', async () => markUnvouched(dependencies, await reading, deadline)),
    tried('lost sessions', async () => sweepRecoveries(dependencies, await reading, deadline)),
    tried('stuck actions', async () => endStuck(dependencies, await reading, deadline)),
    tried('crash drills', async () => endDrills(dependencies, await reading)),
    tried('the size of the fleet', async () => sizeFleet(dependencies, await reading)),
    tried('the restart of the fleet', () => restartFleet(dependencies)),
    tried('health', async () => writeHealth(dependencies, await reading)),
    tried('alerts', async () => reconcileAlerts(dependencies, await reading)),
    tried('clean-ups', async () => sweepCleanUps(dependencies, await reading, deadline)),
    tried('webhooks', () => sweepWebhooks(dependencies)),
    tried('the end points of webhooks', () => watchEndpoints(dependencies)),
  ])
  return { marked, recoveries, ended }
}

/** One part that fails must not keep the others from their work. What it is about is found by the next run. */
const triedBy =
  ({ clock, logger }: QueueSweepDependencies) =>
  async (what: string, part: () => Promise<number>): Promise<number> => {
    try {
      return await within(clock, PART_MS, part())
    } catch (error) {
      logger.error({ error }, `The sweep of ${what} failed.`)
      return 0
    }
  }

/** Jobs that a query finds and that have to change. */
interface DueQuery {
  readonly field: 'nextAttemptAt' | 'sendAt' | 'expiresAt'
  readonly where: NonNullable<Query['where']>
  /** How long ago the time in the field has to be. */
  readonly agoMs: number
  readonly said: string
}

const OVERDUE_RETRIES: DueQuery = {
  field: 'nextAttemptAt',
  where: [PENDING],
  agoMs: OVERDUE_AFTER_MS,
  said: 'The time of retries had passed without their task; they are in the queue now.',
}

const OVERDUE_LATERS: DueQuery = {
  field: 'sendAt',
  where: [PENDING, FOR_LATER],
  agoMs: OVERDUE_AFTER_MS,
  said: 'The time of messages for later had passed without their task; they are in the queue now.',
}

const EXPIRED: DueQuery = { field: 'expiresAt', where: [PENDING], agoMs: 0, said: 'Messages have expired.' }

/** Changes the jobs that a query finds, page by page: also behind many that cannot change. Returns the number of changed jobs. */
async function sweepDue(dependencies: QueueSweepDependencies, deadline: Deadline, { field, where, agoMs, said }: DueQuery) {
  const { documents, clock, logger } = dependencies
  const until = new Date(clock.now() - agoMs)
  const query: Query = {
    collection: JOBS,
    where: [...where, [field, '<=', until]],
    orderBy: [field, 'asc'],
    thenById: true,
    limit: PAGE,
  }
  const changed: string[] = []
  const damaged = new Set<string>()
  const failed = new Map<string, unknown>()
  for (let last: DocumentSnapshot | undefined; deadline.remainingMs > 0;) {
    const from = last && { startAfter: [last.fields[field], last.id] }
    const page = await documents.query({ ...query, ...from })
    await inParallel(AT_ONCE, page, async (snapshot) => {
      if (deadline.remainingMs === 0) return
      try {
        const outcome = await makeDue(dependencies, snapshot)
        if (outcome === 'made-due' || outcome === 'expired') changed.push(snapshot.id)
        if (outcome === 'damaged') damaged.add(snapshot.id)
      } catch (error) {
        failed.set(snapshot.id, error)
      }
    })
    last = page.at(-1)
    if (page.length < PAGE) break
  }
  if (changed.length > 0) logger.warn({ count: changed.length, jobs: changed.slice(0, NAMED) }, said)
  if (damaged.size > 0) logger.error({ jobs: [...damaged].slice(0, NAMED) }, 'Waiting jobs cannot be read.')
  for (const [job, error] of failed)
    logger.warn({ job, error }, 'A waiting job could not be changed; the next sweep tries again.')
  return changed.length
}

/**
 * Enqueues the tasks of messages for later that have come into the reach of tasks. A task that exists already is known by its name.
 * A message that no run enqueues is found when its time has passed.
 */
async function enqueueComing({ documents, tasks, clock, logger }: QueueSweepDependencies): Promise<number> {
  const now = clock.now()
  const [from, until] = [new Date(now + TASK_REACH_MS - WINDOW_MS), new Date(now + TASK_REACH_MS)]
  const coming = await documents.query({
    collection: JOBS,
    where: [PENDING, FOR_LATER, ['sendAt', '>', from], ['sendAt', '<=', until]],
    orderBy: ['sendAt', 'asc'],
    limit: MOST_IN_WINDOW,
    select: TASK_FIELDS,
  })
  const enqueued: string[] = []
  await inParallel(AT_ONCE, coming, async ({ id, fields }) => {
    const task = taskFor(id, waitingJob(fields), now)
    if (task && (await tasks.enqueue(task)) === 'queued') enqueued.push(id)
  })
  if (enqueued.length > 0) {
    logger.info({ count: enqueued.length, jobs: enqueued.slice(0, NAMED) }, 'Messages for later have their tasks now.')
  }
  return enqueued.length
}

const TASK_FIELDS = ['status', 'queuedAt', 'sendAt', 'nextAttemptAt', 'generation', 'attempts'] as const

/** The query found the job by its status, its missing `queuedAt` and its `sendAt`, so these have the right types. */
const waitingJob = (fields: DocumentSnapshot['fields']) =>
  ({ nextAttemptAt: null, generation: 0, attempts: 0, ...fields }) as Pick<JobDocument, (typeof TASK_FIELDS)[number]>
