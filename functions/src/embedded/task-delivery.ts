import { DUE_TASKS, type DueTaskDocument, dueTaskDocumentSchema } from '@holdfast/core/operations/due-task-document'
import { within } from '@holdfast/core/platform/deadlines'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import {
  type Clock,
  type DocumentSnapshot,
  type DocumentStore,
  type Fields,
  type Query,
  REMOVED,
} from '@holdfast/core/platform/ports'
import type { QueueOptions } from '../tasks/queues.ts'
import { DispatchRate, pauseAfter } from './delivery-limits.ts'

type QueueName = DueTaskDocument['queue']

export interface EmbeddedQueue extends QueueOptions {
  /** Does what the task asks for. It may be called twice for one task, also at the same time. A rejection repeats the task. */
  readonly handle: (payload: unknown) => Promise<unknown>
}

/** The listener watches the tasks that come first. */
const WATCHED = 100

/** A delivery that takes longer has failed. The work may go on, and do what its repetition does. */
const DELIVERED_WITHIN_MS = 20_000

/** Nobody else delivers a task for this long after a delivery began. */
const LEASE_MS = 30_000

/** A timer does not notice that the clock of the machine is set, so the clock is looked at this often. It costs no request. */
const LOOKS_EVERY_MS = 1000

const RETRY_MS = 1000

/** A name stays taken for this long after the end of its task. */
const KNOWN_FOR_MS = 60 * 60_000
const PAGE = 200

/**
 * Delivers the tasks of the embedded queue at their times. Any number of servers may do so.
 *
 * A server that delivers a task moves its time ahead first, in the version that it knows. So one server delivers, a task whose server
 * died comes again after the lease, and the number of deliveries survives. Nothing is read while nothing happens: a listener brings new
 * tasks, and timers look at the clock only.
 */
export class TaskDelivery {
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #serverId: string
  readonly #queues: Readonly<Record<QueueName, EmbeddedQueue>>
  readonly #rates: Readonly<Record<QueueName, DispatchRate>>
  /** The tasks that come first, by their paths. */
  readonly #waiting = new Map<string, { readonly snapshot: DocumentSnapshot; readonly task: DueTaskDocument }>()
  readonly #underWay = new Map<string, { readonly queue: QueueName; readonly end: Promise<void> }>()
  #stopListening: () => void = () => {}
  #cancelLook: () => void = () => {}
  #claims = 0
  #cleanedAtMs = Number.NEGATIVE_INFINITY
  #isStopped = false

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    logger: Logger
    /** Unique among the servers that ever deliver. */
    serverId: string
    queues: Readonly<Record<QueueName, EmbeddedQueue>>
  }) {
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    this.#serverId = options.serverId
    this.#queues = options.queues
    const rateOf = (queue: QueueName) => new DispatchRate(options.queues[queue].rateLimits.maxDispatchesPerSecond)
    this.#rates = { retries: rateOf('retries'), alerts: rateOf('alerts'), webhooks: rateOf('webhooks') }
  }

  start(): void {
    if (!this.#isStopped) this.#listen()
  }

  /** Begins no delivery from now on. Resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopListening()
    this.#cancelLook()
    await Promise.all([...this.#underWay.values()].map(({ end }) => end))
  }

  #listen(): void {
    const first: Query = { collection: DUE_TASKS, orderBy: ['dueAt', 'asc'], limit: WATCHED }
    this.#waiting.clear()
    this.#stopListening = this.#documents.listen(
      first,
      (events) => {
        for (const { kind, document } of events) {
          if (kind === 'removed') this.#waiting.delete(document.path)
          else this.#heard(document)
        }
        this.#look()
      },
      (error) => {
        this.#logger.warn({ error }, 'The listener to due tasks failed; listening again.')
        if (!this.#isStopped) this.#stopListening = this.#clock.after(RETRY_MS, () => this.#listen(), 'due-tasks')
      },
    )
  }

  #heard(snapshot: DocumentSnapshot): void {
    const task = parseUnlessDamaged(dueTaskDocumentSchema, snapshot)
    if (!isHoldfastError(task)) return void this.#waiting.set(snapshot.path, { snapshot, task })
    this.#waiting.delete(snapshot.path)
    this.#logger.error({ error: task }, 'A due task cannot be read. It stays as it is; the sweep finds what it stood for.')
  }

  /** Begins the deliveries that are due, and sets the timer for the next look. */
  #look(): void {
    this.#cancelLook()
    if (this.#isStopped) return
    const nowMs = this.#clock.now()
    let nextInMs = Number.POSITIVE_INFINITY
    const inOrder = [...this.#waiting].toSorted(([, one], [, other]) => Number(one.task.dueAt) - Number(other.task.dueAt))
    for (const [path, { snapshot, task }] of inOrder) {
      const inMs = Number(task.dueAt) - nowMs
      const waitMs = inMs > 0 ? inMs : this.#underWay.has(path) ? RETRY_MS : this.#mayBeginIn(task.queue)
      if (waitMs === 0) this.#begin(snapshot, task)
      else nextInMs = Math.min(nextInMs, waitMs)
    }
    if (nextInMs < Number.POSITIVE_INFINITY) {
      this.#cancelLook = this.#clock.after(Math.min(nextInMs, LOOKS_EVERY_MS), () => this.#look(), 'due-tasks')
    }
  }

  /** Returns 0 when a delivery may begin now. Otherwise the milliseconds until the limits are asked again. */
  #mayBeginIn(queue: QueueName): number {
    const { maxConcurrentDispatches } = this.#queues[queue].rateLimits
    const running = [...this.#underWay.values()].filter((delivery) => delivery.queue === queue).length
    return running >= maxConcurrentDispatches ? RETRY_MS : this.#rates[queue].take(this.#clock.monotonic())
  }

  #begin(snapshot: DocumentSnapshot, task: DueTaskDocument): void {
    const { path } = snapshot
    const end = this.#deliver(snapshot, task)
      .catch((error: unknown) => {
        this.#logger.warn({ error, task: snapshot.id }, 'A due task could not be changed; it comes again.')
        // Firestore may be away. Without the pause a task that is due would be tried without end.
        return this.#clock.sleep(RETRY_MS, 'due-tasks')
      })
      .finally(() => {
        this.#underWay.delete(path)
        this.#look()
      })
    this.#underWay.set(path, { queue: task.queue, end })
  }

  async #deliver(snapshot: DocumentSnapshot, task: DueTaskDocument): Promise<void> {
    const attempts = task.attempts + 1
    if (!(await this.#claim(snapshot, attempts))) return
    const claimedAtMs = this.#clock.monotonic()
    const { handle, ...options } = this.#queues[task.queue]
    let isDone = false
    try {
      await within(this.#clock, DELIVERED_WITHIN_MS, handle(task.payload))
      isDone = true
    } catch (error) {
      this.#logger.warn({ error, task: snapshot.id, attempts }, 'A due task failed.')
    }
    const pauseMs = isDone ? null : pauseAfter(options, attempts)
    if (!isDone && pauseMs === null) this.#logger.error({ task: snapshot.id, attempts }, 'A due task failed for the last time.')
    if (pauseMs !== null) {
      // After the lease somebody else may have delivered and ended the task.
      if (this.#clock.monotonic() - claimedAtMs < LEASE_MS) await this.#change(snapshot, { dueAt: this.#in(pauseMs) })
    } else await this.#change(snapshot, { dueAt: REMOVED, endedAt: new Date(this.#clock.now()) })
    if (isDone) await this.#clean()
  }

  /** Moves the time of the task ahead by the lease. Returns false when somebody else has changed the task meanwhile. */
  async #claim(snapshot: DocumentSnapshot, attempts: number): Promise<boolean> {
    const { path } = snapshot
    const claim = `${this.#serverId}.${++this.#claims}`
    const isOurs = await this.#writeClaim(snapshot, { dueAt: this.#in(LEASE_MS), attempts, claim })
    // The listener brings the change, unless it has brought it already.
    if (this.#waiting.get(path)?.snapshot === snapshot) this.#waiting.delete(path)
    return isOurs
  }

  /** A claim whose answer was lost is found by its value: taken for another's, the task would wait for the whole lease. */
  async #writeClaim(snapshot: DocumentSnapshot, fields: { dueAt: Date; attempts: number; claim: string }): Promise<boolean> {
    const { path } = snapshot
    try {
      await this.#documents.commit([{ kind: 'update', path, fields, unlessChangedSince: snapshot }])
      return true
    } catch (error) {
      const found = await this.#documents.read(path)
      if (found?.updatedAtMicros === snapshot.updatedAtMicros) throw error
      return found?.fields['claim'] === fields.claim
    }
  }

  async #change({ path }: DocumentSnapshot, fields: Fields): Promise<void> {
    await this.#documents.commit([{ kind: 'update', path, fields }])
  }

  /** Removes the tasks that ended long ago: after a delivery, and not more often than they get old. */
  async #clean(): Promise<void> {
    const nowMs = this.#clock.now()
    if (nowMs - this.#cleanedAtMs < KNOWN_FOR_MS) return
    this.#cleanedAtMs = nowMs
    try {
      await this.#removeEndedBefore(new Date(nowMs - KNOWN_FOR_MS))
    } catch (error) {
      this.#logger.warn({ error }, 'Tasks that ended long ago could not be removed; trying again later.')
    }
  }

  async #removeEndedBefore(time: Date): Promise<void> {
    const old = { where: [['endedAt', '<=', time] as const], orderBy: ['endedAt', 'asc'] as const }
    for (;;) {
      const page = await this.#documents.query({ collection: DUE_TASKS, ...old, limit: PAGE, select: ['endedAt'] })
      if (page.length > 0) await this.#documents.commit(page.map(({ path }) => ({ kind: 'delete', path })))
      if (page.length < PAGE || this.#isStopped) return
    }
  }

  readonly #in = (ms: number): Date => new Date(this.#clock.now() + ms)
}
