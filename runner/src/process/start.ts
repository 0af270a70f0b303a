import { type Alert, raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { doubledMs } from '@holdfast/core/platform/backoff'
import { within } from '@holdfast/core/platform/deadlines'
import { RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentCounter, DocumentStore } from '@holdfast/core/platform/ports'
import { retry } from '@holdfast/core/platform/retry'
import type { RunnerStores } from '@holdfast/core/adapters/session-stores'
import type { StoreProblem, StoreReport } from '@holdfast/core/operations/store-report'
import type { Supervisor } from '../supervisor/supervisor.ts'
import type { Heartbeat } from '../supervisor/heartbeat.ts'
import { logQueue } from './queue-log.ts'
import { NO_PAST, type Past, type RestartPolicy, enoughMs, pastOf, pauseBefore, tell } from './restarts.ts'
import { untilUsable } from './usable-stores.ts'

const STORE_ANSWERS_WITHIN_MS = 10_000
const RETRIES = { firstMs: 500, limitMs: 10_000 }

/**
 * Brings a process from its first line to a runner that takes sessions: checks the stores, registers the runner, and pauses when
 * earlier processes of the container died early.
 * Failures are retried until the process leaves; only a wrong setting ends the start. While a store is away, the runner is
 * registered as not working yet.
 */
export class Start {
  readonly #options
  /** What the start waits for now, in sentences. */
  #waitsFor: readonly string[] = ['The start has just begun.']

  constructor(options: {
    documents: DocumentStore & DocumentCounter
    stores: Pick<RunnerStores, 'check'>
    heartbeat: Heartbeat
    supervisor: Supervisor
    clock: Clock
    logger: Logger
    instanceId: string | null
    policy: RestartPolicy
    /** Aborted when the process leaves. */
    leaving: AbortSignal
    /** Receives the result of each check of the stores. */
    onReport: (report: StoreReport) => void
    /** Called when the stores are unusable and waiting does not help. The process has to end. */
    onUnfit: (problems: readonly StoreProblem[]) => void
  }) {
    this.#options = options
  }

  /** What the start waits for. Null when it is over; the pause of a crash loop comes after that. */
  get waitsFor(): string | null {
    return this.#waitsFor.length === 0 ? null : this.#waitsFor.join(' ')
  }

  async run(): Promise<void> {
    const { clock, logger, supervisor, heartbeat, leaving, policy } = this.#options
    const startedAt = clock.monotonic()
    const earlier = this.#insist('The query for earlier processes of this container failed.', () => this.#askForPast())
    const unfit = await this.#untilUsable(earlier)
    if (unfit.length > 0) return this.#options.onUnfit(unfit)
    const past = (await earlier) ?? NO_PAST
    const { shortLives } = past
    this.#waitsFor = ['Firestore does not accept the heartbeat.']
    const beginning = { shortLives, works: pauseBefore(shortLives, policy) === 0 }
    await this.#insist('The registration of the runner failed.', () => heartbeat.start(beginning))
    if (leaving.aborted) return
    this.#waitsFor = []
    const tookMs = Math.round(clock.monotonic() - startedAt)
    logger.info({ tookMs }, `The runner is ready after ${tookMs} ms: its stores are usable, and it is registered.`)
    void logQueue(this.#options)
    if (shortLives > 0) await this.#afterShortLives(past)
    if (leaving.aborted) return
    await supervisor.start()
    clock.after(policy.uptimeMs, () => void this.#proveItself(past), 'start')
  }

  /**
   * Waits for usable stores. Meanwhile the runner is registered as waiting, with the reason. Returns the problems that retrying
   * cannot fix.
   */
  async #untilUsable(earlier: Promise<Past | null>): Promise<readonly StoreProblem[]> {
    const { heartbeat, logger, leaving } = this.#options
    this.#waitsFor = ['The stores have not answered yet.']
    return untilUsable({
      ...this.#options,
      onReport: (report) => {
        this.#options.onReport(report)
        this.#waitsFor = report.problems.map(({ sentence }) => sentence)
        if (report.valid) return
        earlier
          .then((past) => (leaving.aborted ? null : heartbeat.start({ shortLives: past?.shortLives ?? 0, works: false })))
          .catch((error: unknown) => logger.warn({ error }, 'The registration of the waiting runner failed.'))
      },
    })
  }

  /** Retries the work until it succeeds. Null when the process leaves first. */
  async #insist<Result>(trouble: string, work: () => Promise<Result>): Promise<Result | null> {
    const { clock, logger, leaving } = this.#options
    if (leaving.aborted) return null
    try {
      return await retry(work, {
        clock,
        timer: 'start',
        pauseMs: (failures) => doubledMs(RETRIES, failures),
        onFailure: (error, attempt) => logger.warn({ error, attempt }, trouble),
        signal: leaving,
      })
    } catch {
      return null
    }
  }

  /**
   * Judges the earlier processes of this container. The query also runs without an instance id, because its answer shows that
   * Firestore is there.
   */
  async #askForPast(): Promise<Past> {
    const { clock, documents, instanceId, policy } = this.#options
    const ofThisContainer = { collection: RUNNERS, where: [['instanceId', '==', instanceId]] } as const
    const query = instanceId === null ? { collection: RUNNERS, limit: 1 } : ofThisContainer
    const found = await within(clock, STORE_ANSWERS_WITHIN_MS, documents.query(query))
    if (instanceId === null) return NO_PAST
    return pastOf(
      found.flatMap(({ fields }) => runnerDocumentSchema.safeParse(fields).data ?? []),
      policy,
    )
  }

  async #afterShortLives(past: Past): Promise<void> {
    const { clock, logger, heartbeat, instanceId, leaving, policy } = this.#options
    const { shortLives, lastEnd } = past
    const pauseMs = pauseBefore(shortLives, policy)
    const figures = { shortLives, lastEnd, pauseMs, instance: instanceId }
    const crashLoop = tell(past, policy)
    const waits = pauseMs === 0 ? '' : ` This process waits ${pauseMs / 1000} s before it takes sessions.`
    if (shortLives >= policy.alertAfter) {
      logger.error(figures, `Crash loop: ${crashLoop.sentence}${waits}`)
      void this.#raise(crashLoop)
    } else logger.warn(figures, `${crashLoop.sentence}${waits}`)
    if (pauseMs === 0) return
    await clock.sleep(pauseMs, 'start', leaving)
    if (!leaving.aborted) await heartbeat.beginWork()
  }

  async #raise(crashLoop: Pick<Alert, 'sentence' | 'userAction'>): Promise<void> {
    const { documents, instanceId } = this.#options
    const alert = { type: 'crash-loop', scope: instanceId ?? '', severity: 'critical', ...crashLoop } as const
    await this.#insist('The alert about the crash loop could not be written.', () => raiseAlert(documents, alert))
  }

  /**
   * Renews the heartbeat so that a later death does not count as early, waits until the process has worked for long enough, and
   * resolves the alert of a crash loop.
   */
  async #proveItself({ lastEnd }: Past): Promise<void> {
    const { clock, documents, heartbeat, logger, instanceId, leaving, policy } = this.#options
    if (leaving.aborted) return
    await heartbeat.renew()
    await clock.sleep(enoughMs(lastEnd, policy) - policy.uptimeMs, 'start', leaving)
    if (instanceId === null || leaving.aborted) return
    const wasOpen = await this.#insist('The alert about the crash loop could not be resolved.', () =>
      resolveAlert(documents, 'crash-loop', instanceId),
    )
    if (wasOpen) logger.info({ instance: instanceId }, 'The crash loop is over: this process has worked for long enough.')
  }
}
