import { within } from '@holdfast/core/platform/deadlines'
import { countDepth } from '@holdfast/core/message/queue-figures'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { SESSIONS, sessionDocumentSchema } from '@holdfast/core/session/session-document'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'
import {
  type HealthProblem,
  type HealthStatus,
  problemsOf,
  type CountedSessions,
  countSessions,
  type SeenSession,
  statusOfProblems,
  worstResources,
} from './health-status.ts'
import { type RunnerAnswer, runnerAnswers } from './runner-answer.ts'
import { statusOf } from './session-answer.ts'
import { StorageWatch } from './storage-watch.ts'

/** How long a health check waits for the stores. It has to answer within two seconds even when they do not answer. */
const PATIENCE_MS = 1800

/** How long one measurement serves all callers. GET /health needs no key, so this bounds the reads per second. */
const FRESH_FOR_MS = 1000

export interface Health {
  readonly status: HealthStatus
  /** Of this API. */
  readonly version: string
  /** Seconds since this API process started. */
  readonly uptime: number
  /** Sessions: all, connected, waiting for an operator, on the way to a connection. Null while Firestore does not answer. */
  readonly connections: {
    readonly total: number
    readonly active: number
    readonly failed: number
    readonly recovering: number
  } | null
  readonly queue: { readonly waiting: number; readonly active: number; readonly failed: number } | null
  /** Percent, the highest figure of all live runners; null when no runner reports it. */
  readonly resources: { readonly cpu: number | null; readonly memory: { readonly percentage: number | null } } | null
  readonly runners: readonly RunnerAnswer[] | null
  readonly problems: readonly HealthProblem[]
}

type Figures = Omit<Health, 'uptime' | 'version'>

type Needed = Pick<Dependencies, 'documents' | 'storage' | 'clock' | 'logger' | 'thresholds' | 'version'>

/** Measures the whole installation, at most once a second. It names no session, because GET /health needs no key. */
export class HealthCheck {
  readonly #dependencies: Needed
  readonly #storage: StorageWatch
  readonly #startedAt: number
  #latest: { readonly at: number; readonly figures: Promise<Figures> } | undefined

  constructor(dependencies: Needed) {
    this.#dependencies = dependencies
    this.#storage = new StorageWatch(dependencies, PATIENCE_MS)
    this.#startedAt = dependencies.clock.monotonic()
  }

  async health(): Promise<Health> {
    const now = this.#dependencies.clock.monotonic()
    if (!this.#latest || now - this.#latest.at > FRESH_FOR_MS) {
      this.#latest = { at: now, figures: measure(this.#dependencies, this.#storage) }
    }
    const { status, ...figures } = await this.#latest.figures
    const { version } = this.#dependencies
    return { status, version, uptime: Math.floor((now - this.#startedAt) / 1000), ...figures }
  }
}

async function measure({ documents, clock, logger, thresholds }: Needed, storage: StorageWatch): Promise<Figures> {
  const fleet = within(clock, PATIENCE_MS, Promise.all([measureFleet(documents), countDepth(documents)])).catch(
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

async function measureFleet(documents: DocumentStore): Promise<{ sessions: CountedSessions; runners: RunnerAnswer[] }> {
  // Reads sessions first, so that the second query finds each runner that a session names.
  const sessions = await documents.query({ collection: SESSIONS, select: Object.keys(sessionFields.shape) })
  const runners = await documents.query({ collection: RUNNERS })
  const byId = new Map(runners.map((runner) => [runner.id, runner]))
  const seen = sessions.map((session) => seenOf(session, byId))
  return { sessions: countSessions(seen), runners: runnerAnswers(runners) }
}

const connectionsOf = ({ total, active, failed, recovering }: CountedSessions) => ({ total, active, failed, recovering })

function seenOf(snapshot: DocumentSnapshot, runners: ReadonlyMap<string, DocumentSnapshot>): SeenSession {
  const parsed = sessionFields.safeParse(snapshot.fields)
  const isWanted = snapshot.fields['wanted'] === 'online'
  if (!parsed.success) return { status: 'FAILED', isWanted }
  return { status: statusOf(snapshot.id, parsed.data, runners.get(parsed.data.runnerId ?? '') ?? null).status, isWanted }
}
