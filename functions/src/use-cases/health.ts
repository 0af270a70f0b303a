import { FLEET_HEALTH_LIMIT_MS, type HealthStatus } from '@holdfast/core/operations/health-document'
import { within } from '@holdfast/core/platform/deadlines'
import type { Dependencies } from './dependencies.ts'
import { availabilityOf } from './health/history.ts'
import { type MeasuredFleet, measuredFleet } from './health/measured-fleet.ts'
import { type HealthProblem, problemsOf, type CountedSessions, statusOfProblems, worstResources } from './health-status.ts'
import type { RunnerAnswer } from './runner-answer.ts'
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
  /** When the sweep counted sessions and jobs. Null: they were counted for this answer. */
  readonly measuredAt: Date | null
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
  /** Where an outage lies. Null while Firestore does not answer. */
  readonly outage: MeasuredFleet['outage'] | null
  /** Percent of the time of the last 31 days for which sessions were connected while they should have been. Null while unknown. */
  readonly availability: number | null
  readonly problems: readonly HealthProblem[]
}

type Figures = Omit<Health, 'uptime' | 'version'>

/** One look at the installation. */
export interface Look {
  readonly figures: Figures
  /** Null while Firestore does not answer. */
  readonly fleet: MeasuredFleet | null
}

type Needed = Pick<Dependencies, 'documents' | 'storage' | 'clock' | 'logger' | 'thresholds' | 'version'>

/** Measures the whole installation, at most once a second. It names no session, because GET /health needs no key. */
export class HealthCheck {
  readonly #dependencies: Needed
  readonly #storage: StorageWatch
  readonly #startedAt: number
  #latest: { readonly at: number; readonly look: Promise<Look> } | undefined

  constructor(dependencies: Needed) {
    this.#dependencies = dependencies
    this.#storage = new StorageWatch(dependencies, PATIENCE_MS)
    this.#startedAt = dependencies.clock.monotonic()
  }

  async health(): Promise<Health> {
    const { status, ...figures } = (await this.look()).figures
    const { version } = this.#dependencies
    return { status, version, uptime: Math.floor(this.#uptimeMs / 1000), ...figures }
  }

  look(): Promise<Look> {
    const now = this.#dependencies.clock.monotonic()
    if (!this.#latest || now - this.#latest.at > FRESH_FOR_MS) this.#latest = { at: now, look: this.#measure() }
    return this.#latest.look
  }

  get #uptimeMs(): number {
    return this.#dependencies.clock.monotonic() - this.#startedAt
  }

  async #measure(): Promise<Look> {
    const { clock, logger, thresholds } = this.#dependencies
    const reading = within(clock, PATIENCE_MS, measuredFleet(this.#dependencies)).catch((error: unknown) => {
      logger.warn({ error }, 'The health check could not read the database.')
      return null
    })
    const [fleet, storageAnswers] = await Promise.all([reading, this.#storage.answers()])
    const runners = fleet?.runners.map(({ answer }) => answer) ?? null
    const alive = runners?.map((runner) => ({ ...runner, isAlive: runner.state !== 'dead' }))
    const found = problemsOf({
      fleet: fleet && alive ? { sessions: fleet.sessions, runners: alive } : null,
      storageAnswers,
      thresholds,
      outage: fleet?.outage ?? 'none',
      sweepRuns: fleet === null || this.#sweepRuns(fleet),
    })
    const problems = [...found, ...lossesOf(fleet)]
    const figures = {
      status: statusOfProblems(problems.map(({ code }) => code)),
      measuredAt: fleet?.written?.measuredAt ?? null,
      connections: fleet && connectionsOf(fleet.sessions),
      queue: fleet?.queue ?? null,
      resources: alive ? worstResources(alive) : null,
      runners,
      outage: fleet?.outage ?? null,
      availability: availabilityOf(fleet?.history?.days ?? {}),
      problems,
    }
    return { figures, fleet }
  }

  /** A new installation has a moment until the first run of the sweep. */
  #sweepRuns({ sweepRuns }: MeasuredFleet): boolean {
    return sweepRuns ?? this.#uptimeMs < FLEET_HEALTH_LIMIT_MS
  }
}

/** Only the sweep knows which sessions of a dead runner still wait. */
const lossesOf = (fleet: MeasuredFleet | null): HealthProblem[] =>
  (fleet?.written?.problems ?? []).flatMap(({ code, sentence }) => (code === 'runner-lost' ? [{ code, sentence }] : []))

const connectionsOf = ({ total, active, failed, recovering }: CountedSessions) => ({ total, active, failed, recovering })
