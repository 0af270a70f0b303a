import {
  type ScheduleRunDocument,
  scheduleRunDocumentSchema,
  scheduleRunPath,
} from '@holdfast/core/operations/schedule-run-document'
import type { Logger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import { type Clock, type DocumentSnapshot, type DocumentStore, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { nextTimeOf, type ScheduleTimes } from '@holdfast/core/platform/schedule-times'
import { decideRun, RUN_LEASE_MS } from './schedule-decision.ts'

export interface Schedule {
  readonly name: string
  readonly times: ScheduleTimes
  readonly run: () => Promise<unknown>
}

/** A timer does not notice that the clock of the machine is set, so the clock is looked at this often. It costs no request. */
const LOOKS_EVERY_MS = 1000

/** After a request that failed, and after another server was quicker. */
const RETRY_MS = 5000

/** While a run lasts, the server says so this often. */
const RENEWS_EVERY_MS = RUN_LEASE_MS / 4

interface Plan {
  readonly schedule: Schedule
  /** When its document is looked at next, by the clock, in milliseconds since 1970. */
  atMs: number
  underWay: Promise<void> | null
}

/**
 * Runs schedules at their times, as Cloud Scheduler does: one run at a time, whoever runs it, and one run for all times that were missed.
 * A run that fails is logged and comes again at its next time. Each server reads one document when a schedule is due.
 */
export class ScheduleRuns {
  readonly #documents: Pick<DocumentStore, 'read' | 'commit'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #serverId: string
  readonly #plans: readonly Plan[]
  #cancelLook: () => void = () => {}
  #isStopped = false

  constructor(options: {
    documents: Pick<DocumentStore, 'read' | 'commit'>
    clock: Clock
    logger: Logger
    /** Names this process, and no other. */
    serverId: string
    schedules: readonly Schedule[]
  }) {
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    this.#serverId = options.serverId
    this.#plans = options.schedules.map((schedule) => ({ schedule, atMs: Number.NEGATIVE_INFINITY, underWay: null }))
  }

  start(): void {
    this.#look()
  }

  /** Begins no run from now on. Resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelLook()
    await Promise.all(this.#plans.flatMap(({ underWay }) => underWay ?? []))
  }

  #look(): void {
    this.#cancelLook()
    if (this.#isStopped) return
    const nowMs = this.#clock.now()
    for (const plan of this.#plans) {
      if (plan.underWay || plan.atMs > nowMs) continue
      plan.underWay = this.#consider(plan).finally(() => {
        plan.underWay = null
      })
    }
    this.#cancelLook = this.#clock.after(LOOKS_EVERY_MS, () => this.#look(), 'schedule-runs')
  }

  /** Runs the schedule if it is due and nobody else runs it. Never rejects. */
  async #consider(plan: Plan): Promise<void> {
    const { schedule } = plan
    try {
      plan.atMs = await this.#decide(schedule)
    } catch (error) {
      plan.atMs = this.#clock.now() + RETRY_MS
      this.#logger.warn({ error, schedule: schedule.name }, 'A schedule could not be looked up or noted; trying again.')
    }
  }

  /** Returns when to look again. */
  async #decide(schedule: Schedule): Promise<number> {
    const nowMs = this.#clock.now()
    const path = scheduleRunPath(schedule.name)
    const snapshot = await this.#documents.read(path)
    if (!snapshot) {
      // It counts from now on, also when this server ends before the first time has come.
      await this.#documents.commit([{ kind: 'create', path, fields: { v: 1, since: new Date(nowMs), runBy: null, tries: 0 } }])
      return nextTimeOf(schedule.times, nowMs)
    }
    const document = parseStored(scheduleRunDocumentSchema, snapshot.fields, path)
    const decision = decideRun(schedule.times, document, { nowMs, silentForMs: snapshot.silentForMs })
    if (decision.kind === 'wait') return decision.untilMs
    if (decision.kind === 'run') return await this.#claimAndRun(schedule, snapshot, document)
    this.#logger.error(
      { schedule: schedule.name, tries: document.tries },
      'Servers died over a run of a schedule. It is left out.',
    )
    await this.#end(snapshot, nowMs, 'given-up')
    return nextTimeOf(schedule.times, nowMs)
  }

  async #claimAndRun(
    { name, times, run }: Schedule,
    snapshot: DocumentSnapshot,
    { tries }: ScheduleRunDocument,
  ): Promise<number> {
    const begunAtMs = this.#clock.now()
    const claim = { runBy: this.#serverId, tries: tries + 1, renewedAt: SERVER_TIME }
    if (!(await this.#wins(snapshot, claim))) return begunAtMs + RETRY_MS
    let renewal = Promise.resolve()
    const renew = (): void => void (renewal = renewal.then(() => this.#renew(snapshot.path)))
    const stopRenewing = this.#clock.every(RENEWS_EVERY_MS, renew, 'schedule-runs')
    let outcome: 'done' | 'failed' = 'done'
    try {
      await run()
    } catch (error) {
      outcome = 'failed'
      this.#logger.error({ error, schedule: name }, 'A run of a schedule failed. It comes again at its next time.')
    } finally {
      stopRenewing()
    }
    // A renewal that is on its way would change the document after it was read here.
    await renewal
    const own = await this.#own(snapshot.path)
    if (own) await this.#end(own, begunAtMs, outcome)
    return nextTimeOf(times, begunAtMs)
  }

  /** Makes the claim, unless another server has changed the document. */
  async #wins(snapshot: DocumentSnapshot, claim: Fields): Promise<boolean> {
    try {
      await this.#documents.commit([{ kind: 'update', path: snapshot.path, fields: claim, unlessChangedSince: snapshot }])
      return true
    } catch (error) {
      const found = await this.#documents.read(snapshot.path)
      if (found?.updatedAtMicros === snapshot.updatedAtMicros) throw error
      return found?.fields['runBy'] === this.#serverId
    }
  }

  async #renew(path: string): Promise<void> {
    try {
      const own = await this.#own(path)
      if (!own) return
      await this.#documents.commit([{ kind: 'update', path, fields: { renewedAt: SERVER_TIME }, unlessChangedSince: own }])
    } catch (error) {
      this.#logger.warn({ error, path }, 'A run of a schedule could not be renewed.')
    }
  }

  /** Returns the document while the run is this server's. */
  async #own(path: string): Promise<DocumentSnapshot | null> {
    const found = await this.#documents.read(path)
    if (found?.fields['runBy'] === this.#serverId) return found
    this.#logger.warn({ path }, 'Another server took over a run of a schedule, because this one was silent for too long.')
    return null
  }

  async #end(snapshot: DocumentSnapshot, sinceMs: number, lastOutcome: ScheduleRunDocument['lastOutcome']): Promise<void> {
    const fields = { since: new Date(sinceMs), runBy: null, tries: 0, lastOutcome }
    await this.#documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
  }
}
