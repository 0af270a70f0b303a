import { JOBS, type JobDocument, jobDocumentSchema, type JobStatus } from '@holdfast/core/message/job-document'
import { TENANTS } from '@holdfast/core/operations/tenant-document'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, ObjectStore, Query } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { archiveJob } from './archive-job.ts'
import type { Dependencies } from './dependencies.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

/** The schedule runs each day. What one run does not manage, the next one does. */
const RUN_MS = 25 * 60_000
const PAGE = 100
const AT_ONCE = 8
const DAY_MS = 24 * 60 * 60 * 1000

/** Jobs that are archived together: after how many days, and from when on these count. */
interface Kind {
  readonly statuses: readonly JobStatus[]
  readonly days: (retention: TenantSettings['retention']) => number
}

const KINDS: readonly Kind[] = [
  { statuses: ['sent', 'delivered', 'read', 'canceled'], days: ({ finishedDays }) => finishedDays },
  { statuses: ['failed'], days: ({ failedDays }) => failedDays },
]

/** Returns when the last thing happened to a job. A message for later may end long after it was accepted. */
const lastChangeOf = ({ timeline, createdAt }: JobDocument): number =>
  Math.max(createdAt.getTime(), ...timeline.map(({ at }) => at.getTime()))

/**
 * Archives the jobs of all tenants that came to their end longer ago than the tenant keeps them. Returns their number. An installation
 * without a bucket keeps its jobs.
 */
export async function archiveOldJobs(dependencies: Needed): Promise<number> {
  const { documents, archives, clock, logger, tenants } = dependencies
  if (!archives) return 0
  const deadline = new Deadline(clock, RUN_MS)
  const known = await documents.query({ collection: TENANTS, select: [] })
  const archiver = new Archiver({ ...dependencies, archives }, deadline)
  for (const tenant of new Set([DEFAULT_TENANT, ...known.map(({ id }) => id)])) {
    const { state, settings } = await tenants.of(tenant)
    if (state !== 'active') continue
    for (const { statuses, days } of KINDS) await archiver.archive(tenant, statuses, days(settings.retention) * DAY_MS)
  }
  if (archiver.archived > 0) logger.info({ count: archiver.archived }, 'Old jobs were archived.')
  if (deadline.remainingMs === 0) logger.warn('There was no time to archive all old jobs; the next run goes on.')
  return archiver.archived
}

class Archiver {
  readonly #dependencies: Needed & { readonly archives: ObjectStore }
  readonly #deadline: Deadline
  archived = 0

  constructor(dependencies: Needed & { readonly archives: ObjectStore }, deadline: Deadline) {
    this.#dependencies = dependencies
    this.#deadline = deadline
  }

  /** Archives the jobs with these statuses to which nothing has happened for so long. */
  async archive(tenant: string, statuses: readonly JobStatus[], ageMs: number): Promise<void> {
    const { documents, clock } = this.#dependencies
    const before = clock.now() - ageMs
    const query: Query = {
      collection: JOBS,
      where: [
        ['tenant', '==', tenant],
        ['status', 'in', statuses],
        ['createdAt', '<=', new Date(before)],
      ],
      orderBy: ['createdAt', 'asc'],
      // Jobs of one commit have one time.
      thenById: true,
      limit: PAGE,
    }
    for (let last: DocumentSnapshot | undefined; this.#deadline.remainingMs > 0;) {
      const page = await documents.query(last ? { ...query, startAfter: [last.fields['createdAt'], last.id] } : query)
      await inParallel(AT_ONCE, page, async (snapshot) => {
        if (this.#deadline.remainingMs > 0) await this.#archiveIfOld(snapshot, before)
      })
      if (page.length < PAGE) return
      last = page.at(-1)
    }
  }

  async #archiveIfOld(snapshot: DocumentSnapshot, before: number): Promise<void> {
    const { logger } = this.#dependencies
    try {
      const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
      if (isHoldfastError(job)) throw job
      if (lastChangeOf(job) > before) return
      if ((await archiveJob(this.#dependencies, snapshot)) === 'archived') this.archived++
    } catch (error) {
      // It stays where it is, and the next run tries again.
      logger.error({ error, job: snapshot.id }, 'A job could not be archived.')
    }
  }
}
