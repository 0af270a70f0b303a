import { within } from '@holdfast/core/platform/deadlines'
import { JOBS, type JobStatus } from '@holdfast/core/message/job-document'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { SESSIONS, sessionDocumentSchema } from '@holdfast/core/session/session-document'
import type { DocumentCounter, DocumentSnapshot, DocumentStore, StoreCheck } from '@holdfast/core/platform/ports'
import { Hono } from 'hono'
import type { ApiDependencies } from '../app/app.ts'
import {
  type HealthProblem,
  type HealthStatus,
  problemsOf,
  type SessionFigures,
  statusOfProblems,
  worstResources,
} from '../use-cases/health-status.ts'
import { type RunnerAnswer, runnerAnswers } from '../use-cases/runner-answer.ts'
import { statusOf } from '../use-cases/session-answer.ts'

/** A health check has to answer within two seconds while the stores do not. */
const PATIENCE_MS = 1800

/** Anybody may ask, so that the reads per second are bounded by this and not by the callers. */
const FRESH_FOR_MS = 1000

/** Cloud Storage that has just answered is not asked again before this, and a question that it leaves open is given up after it. */
const STORAGE_ASKED_EVERY_MS = 10_000

interface Health {
  readonly status: HealthStatus
  /** Seconds since this process of the API began. */
  readonly uptime: number
  /** Sessions there are, and of those: connected, given up until somebody acts, on their way. Null while Firestore does not answer. */
  readonly connections: {
    readonly total: number
    readonly active: number
    readonly failed: number
    readonly recovering: number
  } | null
  readonly queue: { readonly waiting: number; readonly active: number; readonly failed: number } | null
  /** Percent, of the worst runner that is alive; null where no runner says it. */
  readonly resources: { readonly cpu: number | null; readonly memory: { readonly percentage: number | null } } | null
  readonly runners: readonly RunnerAnswer[] | null
  readonly problems: readonly HealthProblem[]
}

type Figures = Omit<Health, 'uptime'>

/** Public, therefore only figures. Always 200: that the API answers is what the code says, how things are is in the body. */
export function healthRoutes(dependencies: ApiDependencies): Hono {
  const { clock } = dependencies
  const startedAt = clock.monotonic()
  const storage = new StorageWatch(dependencies)
  let latest: { at: number; figures: Promise<Figures> } | undefined
  const routes = new Hono()

  routes.get('/health', async (context) => {
    const now = clock.monotonic()
    if (!latest || now - latest.at > FRESH_FOR_MS) latest = { at: now, figures: measure(dependencies, storage) }
    const { status, ...figures } = await latest.figures
    return context.json({ status, uptime: Math.floor((now - startedAt) / 1000), ...figures } satisfies Health)
  })

  return routes
}

async function measure({ documents, clock, logger, thresholds }: ApiDependencies, storage: StorageWatch): Promise<Figures> {
  const fleet = within(clock, PATIENCE_MS, Promise.all([measureFleet(documents), countJobs(documents)])).catch(
    (error: unknown) => {
      logger.warn({ error }, 'The health check could not read the database.')
      return null
    },
  )
  const [measured, storageAnswers] = await Promise.all([fleet, storage.answers()])
  const [fleetFigures, queue] = measured ?? [null, null]
  const runners = fleetFigures?.runners ?? null
  const alive = runners?.map((runner) => ({ ...runner, isAlive: runner.state !== 'dead' }))
  const problems = problemsOf({
    fleet: fleetFigures && alive ? { sessions: fleetFigures.sessions, runners: alive } : null,
    storageAnswers,
    thresholds,
  })
  return {
    status: statusOfProblems(problems.map(({ code }) => code)),
    connections: fleetFigures && connectionsOf(fleetFigures.sessions),
    queue,
    resources: alive ? worstResources(alive) : null,
    runners,
    problems,
  }
}

/** Asks Cloud Storage as rarely as it can: never while an earlier question has no answer, and after a good one not for a while. */
class StorageWatch {
  readonly #dependencies: Pick<ApiDependencies, 'storage' | 'clock' | 'logger'>
  #answeredAt = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | null = null

  constructor(dependencies: Pick<ApiDependencies, 'storage' | 'clock' | 'logger'>) {
    this.#dependencies = dependencies
  }

  async answers(): Promise<boolean> {
    const { clock, logger, storage } = this.#dependencies
    if (clock.monotonic() - this.#answeredAt < STORAGE_ASKED_EVERY_MS) return true
    this.#asking ??= this.#ask(storage)
    try {
      await within(clock, PATIENCE_MS, this.#asking)
      return true
    } catch (error) {
      logger.warn({ error }, 'The health check could not reach Cloud Storage.')
      return false
    }
  }

  async #ask(storage: StoreCheck): Promise<void> {
    const { clock } = this.#dependencies
    try {
      await within(clock, STORAGE_ASKED_EVERY_MS, storage.check())
      this.#answeredAt = clock.monotonic()
    } finally {
      this.#asking = null
    }
  }
}

const sessionFields = sessionDocumentSchema.pick({
  wanted: true,
  state: true,
  reason: true,
  sentence: true,
  userAction: true,
  since: true,
  runnerId: true,
  epoch: true,
})

type CountedSessions = SessionFigures & { readonly active: number }

async function measureFleet(documents: DocumentStore): Promise<{ sessions: CountedSessions; runners: RunnerAnswer[] }> {
  // Sessions first: a runner that one of them names is then found by the second query.
  const sessions = await documents.query({ collection: SESSIONS, select: Object.keys(sessionFields.shape) })
  const runners = await documents.query({ collection: RUNNERS })
  const byId = new Map(runners.map((runner) => [runner.id, runner]))
  const counts = { total: sessions.length, active: 0, failed: 0, recovering: 0, wanted: 0, wantedFailed: 0 }
  for (const session of sessions) {
    const group = groupOf(session, byId)
    if (group) counts[group]++
    if (session.fields['wanted'] !== 'online') continue
    counts.wanted++
    if (group === 'failed') counts.wantedFailed++
  }
  return { sessions: counts, runners: runnerAnswers(runners) }
}

const connectionsOf = ({ total, active, failed, recovering }: CountedSessions) => ({ total, active, failed, recovering })

/** Null for sessions that are as they should be without being connected: stopped, or waiting for a phone. */
function groupOf(
  snapshot: DocumentSnapshot,
  runners: ReadonlyMap<string, DocumentSnapshot>,
): 'active' | 'failed' | 'recovering' | null {
  const parsed = sessionFields.safeParse(snapshot.fields)
  if (!parsed.success) return 'failed'
  const session = parsed.data
  switch (statusOf(snapshot.id, session, runners.get(session.runnerId ?? '') ?? null).status) {
    case 'WORKING':
      return 'active'
    case 'FAILED':
      return 'failed'
    case 'STARTING':
    case 'STOPPED':
      return session.wanted === 'online' ? 'recovering' : null
    case 'SCAN_QR_CODE':
      return null
  }
}

async function countJobs(documents: DocumentCounter): Promise<{ waiting: number; active: number; failed: number }> {
  const count = (status: JobStatus) => documents.count({ collection: JOBS, where: [['status', '==', status]] })
  const [waiting, active, failed] = await Promise.all([count('pending'), count('processing'), count('failed')])
  return { waiting, active, failed }
}
