import { type Alert, raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { doubledMs } from '@holdfast/core/platform/backoff'
import { within } from '@holdfast/core/platform/deadlines'
import { RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import { retry } from '@holdfast/core/platform/retry'
import type { RunnerStores } from '@holdfast/core/adapters/session-stores'
import type { StoreProblem, StoreReport } from '@holdfast/core/operations/store-report'
import type { Supervisor } from '../supervisor/supervisor.ts'
import type { Heartbeat } from '../supervisor/heartbeat.ts'
import { NO_PAST, type Past, type RestartPolicy, enoughMs, pastOf, pauseBefore, tell } from './restarts.ts'
import { untilUsable } from './usable-stores.ts'

const STORE_ANSWERS_WITHIN_MS = 10_000
const RETRIES = { firstMs: 500, limitMs: 10_000 }

/**
 * From the first line to a runner that takes up sessions: the stores can be worked with, the runner is on the list, and if its
 * predecessors in the same container died young, it waits. What does not succeed is tried again until the process leaves; only what
 * is set wrong fails for good. While a store is away the runner is on the list as one that does not work yet.
 */
export class Start {
  readonly #options
  /** What it waits for now, each in a sentence. */
  #waitsFor: readonly string[] = ['The process has just begun.']

  constructor(options: {
    documents: DocumentStore
    stores: Pick<RunnerStores, 'check'>
    heartbeat: Heartbeat
    supervisor: Supervisor
    clock: Clock
    logger: Logger
    instanceId: string | null
    policy: RestartPolicy
    /** Aborted when the process leaves. */
    leaving: AbortSignal
    /** What came out of each look at the stores. */
    onReport: (report: StoreReport) => void
    /** The stores cannot be worked with, and waiting does not help: the process has to end. */
    onUnfit: (problems: readonly StoreProblem[]) => void
  }) {
    this.#options = options
  }

  /** What a start that is under way waits for. Null when it is over, which the pause of a crash loop does not put off. */
  get waitsFor(): string | null {
    return this.#waitsFor.length === 0 ? null : this.#waitsFor.join(' ')
  }

  async run(): Promise<void> {
    const { clock, logger, supervisor, heartbeat, leaving, policy } = this.#options
    const startedAt = clock.monotonic()
    const asked = this.#insist('Firestore could not be asked who was here before.', () => this.#askForPast())
    const unfit = await this.#untilUsable(asked)
    if (unfit.length > 0) return this.#options.onUnfit(unfit)
    const past = (await asked) ?? NO_PAST
    const { shortLives } = past
    this.#waitsFor = ['Firestore does not take the heartbeat.']
    const beginning = { shortLives, works: pauseBefore(shortLives, policy) === 0 }
    await this.#insist('The runner is not on the list yet.', () => heartbeat.start(beginning))
    if (leaving.aborted) return
    this.#waitsFor = []
    const tookMs = Math.round(clock.monotonic() - startedAt)
    logger.info({ tookMs }, `The runner is ready after ${tookMs} ms: its stores can be worked with, and it is on the list.`)
    if (shortLives > 0) await this.#afterShortLives(past)
    if (leaving.aborted) return
    await supervisor.start()
    clock.after(policy.uptimeMs, () => void this.#proveItself(past), 'start')
  }

  /** Meanwhile whoever looks at the runners sees one that waits, and for what. Gives what waiting does not change. */
  async #untilUsable(asked: Promise<Past | null>): Promise<readonly StoreProblem[]> {
    const { heartbeat, logger, leaving } = this.#options
    this.#waitsFor = ['The stores have not answered yet.']
    return untilUsable({
      ...this.#options,
      onReport: (report) => {
        this.#options.onReport(report)
        this.#waitsFor = report.problems.map(({ sentence }) => sentence)
        if (report.valid) return
        asked
          .then((past) => (leaving.aborted ? null : heartbeat.start({ shortLives: past?.shortLives ?? 0, works: false })))
          .catch((error: unknown) => logger.warn({ error }, 'The runner cannot be put on the list yet.'))
      },
    })
  }

  /** Tries until it succeeds. Null when the process leaves first. */
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

  /** Of processes of this container. Asked even where they cannot be known, since the answer shows that Firestore is there. */
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
    const waits = pauseMs === 0 ? '' : ` This one waits ${pauseMs / 1000} s before it takes up sessions.`
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
    await this.#insist('The alert of a crash loop could not be written.', () => raiseAlert(documents, alert))
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
    const wasOpen = await this.#insist('The alert of a crash loop could not be looked at.', () =>
      resolveAlert(documents, 'crash-loop', instanceId),
    )
    if (wasOpen) logger.info({ instance: instanceId }, 'The crash loop is over: this process has worked for long enough.')
  }
}
