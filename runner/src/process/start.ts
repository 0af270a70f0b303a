import { doubledMs } from '@holdfast/core/platform/backoff'
import { within } from '@holdfast/core/platform/deadlines'
import { RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentCounter, DocumentStore, TaskQueues } from '@holdfast/core/platform/ports'
import { retry } from '@holdfast/core/platform/retry'
import type { RunnerStores } from '@holdfast/core/adapters/session-stores'
import type { StoreProblem, StoreReport } from '@holdfast/core/operations/store-report'
import type { Supervisor } from '../supervisor/supervisor.ts'
import type { Heartbeat, TakenSlot } from '../supervisor/heartbeat.ts'
import { raiseCrashLoop, resolveCrashLoops } from './crash-loops.ts'
import { logQueue } from './queue-log.ts'
import { NO_PAST, type Past, type RestartPolicy, enoughMs, pastOf, pauseBefore, tell } from './restarts.ts'
import type { Slots } from './slots.ts'
import { untilUsable } from './usable-stores.ts'

const STORE_ANSWERS_WITHIN_MS = 10_000
const RETRIES = { firstMs: 500, limitMs: 10_000 }

/** Where this process stands in for an earlier one. */
interface Place {
  /** The scope of its alerts: the id of the container, or the slot. */
  readonly scope: string
  /** For sentences. */
  readonly said: string
  /** Null where the container has an id. */
  readonly slot: TakenSlot | null
  readonly past: Past
}

/**
 * Brings a process from its first line to a runner that takes sessions: checks the stores, registers the runner, and pauses when
 * earlier processes of its container or slot died early.
 * Failures are retried until the process leaves; only a wrong setting ends the start. While a store is away, the runner is
 * registered as not working yet.
 */
export class Start {
  readonly #options
  /** The first look for a place. Null once it was used. */
  #looking: Promise<Place | null> | null = null
  #entering: Promise<Place | null> | null = null
  /** What the start waits for now, in sentences. */
  #waitsFor: readonly string[] = ['The start has just begun.']

  constructor(options: {
    documents: DocumentStore & DocumentCounter
    stores: Pick<RunnerStores, 'check'>
    tasks: TaskQueues
    heartbeat: Heartbeat
    supervisor: Supervisor
    clock: Clock
    logger: Logger
    instanceId: string | null
    slots: Pick<Slots, 'find'>
    /** The revision of Cloud Run, empty elsewhere. */
    revision: string
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
    this.#looking = this.#insist('The query for earlier processes failed.', () => this.#findPlace())
    const unfit = await this.#untilUsable()
    if (unfit.length > 0) return this.#options.onUnfit(unfit)
    this.#waitsFor = ['Firestore does not accept the heartbeat, or another runner may have died a moment ago.']
    const place = await this.#enter(true)
    if (leaving.aborted || !place) return
    const { past } = place
    const { shortLives } = past
    // It may have been registered while its stores were away.
    if (pauseBefore(shortLives, policy) === 0 && !heartbeat.isAtWork) await heartbeat.beginWork()
    this.#waitsFor = []
    const tookMs = Math.round(clock.monotonic() - startedAt)
    logger.info({ tookMs }, `The runner is ready after ${tookMs} ms: its stores are usable, and it is registered.`)
    void logQueue(this.#options)
    if (shortLives > 0) await this.#afterShortLives(place)
    if (leaving.aborted) return
    await supervisor.start()
    clock.after(policy.uptimeMs, () => void this.#proveItself(place), 'start')
  }

  /**
   * Waits for usable stores. Meanwhile the runner is registered as waiting, with the reason. Returns the problems that retrying
   * cannot fix.
   */
  async #untilUsable(): Promise<readonly StoreProblem[]> {
    this.#waitsFor = ['The stores have not answered yet.']
    return untilUsable({
      ...this.#options,
      onReport: (report) => {
        this.#options.onReport(report)
        this.#waitsFor = report.problems.map(({ sentence }) => sentence)
        if (!report.valid) void this.#enter(false)
      },
    })
  }

  /** Registers the runner in its place. It works at once if it may and has no pause to make. Null when the process leaves first. */
  #enter(mayWork: boolean): Promise<Place | null> {
    const { heartbeat, leaving, policy } = this.#options
    this.#entering ??= this.#insist('The registration of the runner failed.', async () => {
      // Another process may take the slot first. Then this one looks again.
      const place = await (this.#looking ?? this.#findPlace())
      this.#looking = null
      if (!place || leaving.aborted) return null
      const { shortLives } = place.past
      const works = mayWork && pauseBefore(shortLives, policy) === 0
      await heartbeat.start({ shortLives, works, slot: place.slot })
      return place
    })
    return this.#entering
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

  /** Finds the place of this process, its container or a slot, and judges the earlier processes there. */
  async #findPlace(): Promise<Place> {
    const { clock, documents, instanceId, policy, slots, leaving } = this.#options
    if (instanceId === null) {
      const { slot, inherits } = await slots.find(leaving)
      const named = `slot-${slot.number}`
      return { scope: named, said: `slot ${slot.number}`, slot, past: inherits ? pastOf([inherits], policy) : NO_PAST }
    }
    const query = { collection: RUNNERS, where: [['instanceId', '==', instanceId]] } as const
    const found = await within(clock, STORE_ANSWERS_WITHIN_MS, documents.query(query))
    const lives = found.flatMap(({ fields }) => runnerDocumentSchema.safeParse(fields).data ?? [])
    return { scope: instanceId, said: 'this container', slot: null, past: pastOf(lives, policy) }
  }

  async #afterShortLives({ past, scope, said }: Place): Promise<void> {
    const { clock, logger, heartbeat, leaving, policy } = this.#options
    const { shortLives, lastEnd } = past
    const pauseMs = pauseBefore(shortLives, policy)
    const figures = { shortLives, lastEnd, pauseMs, instance: scope }
    const crashLoop = tell(past, policy, said)
    const waits = pauseMs === 0 ? '' : ` This process waits ${pauseMs / 1000} s before it takes sessions.`
    if (shortLives >= policy.alertAfter) {
      logger.error(figures, `Crash loop: ${crashLoop.sentence}${waits}`)
      void this.#insist('The alert about the crash loop could not be written.', () =>
        raiseCrashLoop({ ...this.#options, scope, texts: crashLoop }),
      )
    } else logger.warn(figures, `${crashLoop.sentence}${waits}`)
    if (pauseMs === 0) return
    await clock.sleep(pauseMs, 'start', leaving)
    if (!leaving.aborted) await heartbeat.beginWork()
  }

  /**
   * Renews the heartbeat so that a later death does not count as early, waits until the process has worked for long enough, and
   * resolves the alert of a crash loop.
   */
  async #proveItself({ past: { lastEnd }, scope }: Place): Promise<void> {
    const { clock, heartbeat, logger, leaving, policy } = this.#options
    if (leaving.aborted) return
    await heartbeat.renew()
    await clock.sleep(enoughMs(lastEnd, policy) - policy.uptimeMs, 'start', leaving)
    if (leaving.aborted) return
    const wasOpen = await this.#insist('The alert about the crash loop could not be resolved.', () =>
      resolveCrashLoops({ ...this.#options, scope }),
    )
    if (wasOpen) logger.info({ instance: scope }, 'The crash loop is over: this process has worked for long enough.')
  }
}
