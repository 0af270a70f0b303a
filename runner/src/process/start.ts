import { raiseAlert, resolveAlert } from '@holdfast/core/alerts'
import { within } from '@holdfast/core/deadlines'
import { RUNNERS, runnerDocumentSchema } from '@holdfast/core/documents/runner-document'
import type { Logger } from '@holdfast/core/logging'
import type { Clock, DocumentStore, StoreCheck } from '@holdfast/core/ports'
import type { Fleet } from '../fleet/fleet.ts'
import type { Heartbeat } from '../fleet/heartbeat.ts'
import { type RestartPolicy, pauseBefore, shortLivesBefore } from './restarts.ts'

const STORE_ANSWERS_WITHIN_MS = 10_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 10_000

/**
 * From the first line to a runner that takes up sessions: the stores answer, the runner is on the list, and if its predecessors in the
 * same container died young, it waits. Nothing of it fails for good: what does not succeed is tried again until the process leaves.
 */
export class Start {
  readonly #options
  /** What it waits for now, each in a sentence. */
  readonly #waitsFor = new Set<string>(['The process has just begun.'])

  constructor(options: {
    documents: DocumentStore
    storage: StoreCheck
    heartbeat: Heartbeat
    fleet: Fleet
    clock: Clock
    logger: Logger
    instanceId: string | null
    policy: RestartPolicy
    /** Aborted when the process leaves. */
    leaving: AbortSignal
  }) {
    this.#options = options
  }

  /** What a start that is under way waits for. Null when it is over, which the pause of a crash loop does not put off. */
  get waitsFor(): string | null {
    return this.#waitsFor.size === 0 ? null : [...this.#waitsFor].join(' ')
  }

  async run(): Promise<void> {
    const { clock, logger, fleet, heartbeat, leaving, policy } = this.#options
    const startedAt = clock.monotonic()
    this.#waitsFor.clear()
    const [shortLives] = await Promise.all([
      this.#need('Firestore does not answer.', () => this.#shortLives()),
      this.#need('Cloud Storage does not answer, or does not have the bucket.', () => this.#askStorage()),
    ])
    const beginning = { shortLives: shortLives ?? 0, works: pauseBefore(shortLives ?? 0, policy) === 0 }
    await this.#need('Firestore does not take the heartbeat.', () => heartbeat.start(beginning))
    if (leaving.aborted) return
    this.#waitsFor.clear()
    const tookMs = Math.round(clock.monotonic() - startedAt)
    logger.info({ tookMs }, `The runner is ready after ${tookMs} ms: both stores answer, and it is on the list.`)
    if (beginning.shortLives > 0) await this.#afterShortLives(beginning.shortLives)
    if (leaving.aborted) return
    await fleet.start()
    clock.after(policy.uptimeMs, () => void this.#provedItself())
  }

  /** Tries until it succeeds; meanwhile the start waits for it. Null when the process leaves first. */
  async #need<Result>(what: string, work: () => Promise<Result>): Promise<Result | null> {
    this.#waitsFor.add(what)
    const result = await this.#insist(`The runner cannot start yet: ${what}`, work)
    this.#waitsFor.delete(what)
    return result
  }

  /** Tries until it succeeds. Null when the process leaves first. */
  async #insist<Result>(trouble: string, work: () => Promise<Result>): Promise<Result | null> {
    const { clock, logger, leaving } = this.#options
    for (let attempt = 1; !leaving.aborted; attempt++) {
      try {
        return await work()
      } catch (error) {
        logger.warn({ error, attempt }, trouble)
        await clock.sleep(Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS), leaving)
      }
    }
    return null
  }

  async #askStorage(): Promise<void> {
    const { clock, storage } = this.#options
    await within(clock, STORE_ANSWERS_WITHIN_MS, storage.check())
  }

  /** Of processes of this container. Asked even where they cannot be known, since the answer shows that Firestore is there. */
  async #shortLives(): Promise<number> {
    const { clock, documents, instanceId, policy } = this.#options
    const ofThisContainer = { collection: RUNNERS, where: [['instanceId', '==', instanceId]] } as const
    const query = instanceId === null ? { collection: RUNNERS, limit: 1 } : ofThisContainer
    const found = await within(clock, STORE_ANSWERS_WITHIN_MS, documents.query(query))
    if (instanceId === null) return 0
    return shortLivesBefore(
      found.flatMap(({ fields }) => runnerDocumentSchema.safeParse(fields).data ?? []),
      policy,
    )
  }

  async #afterShortLives(shortLives: number): Promise<void> {
    const { clock, logger, heartbeat, instanceId, leaving, policy } = this.#options
    const pauseMs = pauseBefore(shortLives, policy)
    const figures = { shortLives, pauseMs, instance: instanceId }
    const who =
      shortLives === 1 ? 'The last process of this container' : `Each of the last ${shortLives} processes of this container`
    const sentence = `${who} died before it had worked for ${policy.uptimeMs / 1000} s.`
    const waits = pauseMs === 0 ? '' : ` This one waits ${pauseMs / 1000} s before it takes up sessions.`
    if (shortLives >= policy.alertAfter) {
      logger.error(figures, `Crash loop: ${sentence}${waits}`)
      void this.#raise(sentence)
    } else logger.warn(figures, `${sentence}${waits}`)
    if (pauseMs === 0) return
    await clock.sleep(pauseMs, leaving)
    if (!leaving.aborted) await heartbeat.beginWork()
  }

  async #raise(sentence: string): Promise<void> {
    const { documents, instanceId } = this.#options
    const userAction = "Read the runner's log: the last lines before each end say why it ended."
    const alert = { type: 'crash-loop', scope: instanceId ?? '', severity: 'critical', sentence, userAction } as const
    await this.#insist('The alert of a crash loop could not be written.', () => raiseAlert(documents, alert))
  }

  /** It has worked for long enough: Firestore is told, and whatever was alerted is over. */
  async #provedItself(): Promise<void> {
    const { documents, heartbeat, logger, instanceId, leaving } = this.#options
    if (leaving.aborted) return
    await heartbeat.renew()
    if (instanceId === null) return
    const wasOpen = await this.#insist('The alert of a crash loop could not be looked at.', () =>
      resolveAlert(documents, 'crash-loop', instanceId),
    )
    if (wasOpen) logger.info({ instance: instanceId }, 'The crash loop is over: this process has worked for long enough.')
  }
}
