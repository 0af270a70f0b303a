import { JOBS, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, ListenerEvent, Query } from '@holdfast/core/platform/ports'

interface Member {
  readonly onJobs: (jobs: readonly DocumentSnapshot[]) => void
  /** Its open jobs were fetched after the listener could hear of newer ones. */
  isLoaded: boolean
}

const RETRY_MS = 1000
const PAGE = 500
const BURST_MS = 50

/** Firestore promises no order between its time stamp and the moment of visibility. This is far beyond the difference. */
const SWEEP_AFTER_MS = 5000

const EPOCH = new Date(0)

const IS_PENDING = ['status', '==', 'pending'] as const

/**
 * Listens for new jobs of some sessions, and fetches them.
 *
 * The listener watches the newest pending job only: on the whole queue each change would cost the length of the queue. The query then
 * fetches all jobs queued since the last fetch, and once more a little later, for jobs that became visible late.
 *
 * A runner that is alone listens to the newest job of all sessions. That is cheaper than a list of sessions and stays the same when the
 * list changes. With other runners it would hear of, and pay for, their jobs.
 */
export class JobListener {
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #members = new Map<string, Member>()
  #isAlone: boolean
  #listening: () => void = () => {}
  #willListen = false
  #isHearing = false
  #working = false
  #again = false
  /** Queue time of the newest fetched job. */
  #fetchedUpTo = EPOCH
  #sweptUpTo = EPOCH
  #cancelSweep: (() => void) | null = null
  #cancelFetch: () => void = () => {}

  constructor(options: { documents: DocumentStore; clock: Clock; logger: Logger; isAlone: boolean }) {
    const { documents, clock, logger, isAlone } = options
    this.#isAlone = isAlone
    this.#documents = documents
    this.#clock = clock
    this.#logger = logger
  }

  get size(): number {
    return this.#members.size
  }

  add(sessionId: string, onJobs: Member['onJobs']): void {
    this.#members.set(sessionId, { onJobs, isLoaded: false })
    if (this.#isAlone && this.#isHearing) this.#fetch()
    else this.#listenAnew()
  }

  remove(sessionId: string): void {
    this.#members.delete(sessionId)
    if (!this.#isAlone || this.size === 0) this.#listenAnew()
  }

  alone(isAlone: boolean): void {
    this.#isAlone = isAlone
    this.#listenAnew()
  }

  /** Renews the listener once for all changes of this tick. */
  #listenAnew(): void {
    this.#stopListening()
    if (this.#willListen) return
    this.#willListen = true
    setImmediate(() => {
      this.#willListen = false
      if (this.size > 0) this.#listen()
    })
  }

  #stopListening(): void {
    this.#listening()
    this.#isHearing = false
    if (this.size > 0) return
    this.#cancelFetch()
    this.#cancelSweep?.()
    this.#cancelSweep = null
  }

  #listen(): void {
    const of = this.#isAlone ? { collection: JOBS, where: [IS_PENDING] } : this.#pending()
    const newest: Query = { ...of, orderBy: ['queuedAt', 'desc'], limit: 1 }
    this.#listening = this.#documents.listen(
      newest,
      (events) => this.#ring(events),
      (error) => {
        this.#logger.warn({ error }, 'The job listener failed; listening again.')
        this.#listening = this.#clock.after(RETRY_MS, () => this.#listen(), 'job-listener')
        // It may fail for long, for example until its index is built. Until then the query finds the jobs.
        this.#fetch()
      },
    )
  }

  #ring(events: readonly ListenerEvent[]): void {
    const isFirst = !this.#isHearing
    this.#isHearing = true
    if (!isFirst && !events.some((event) => this.#isNews(event))) return
    this.#fetch()
    // The newest job may hide an older one that becomes visible later.
    this.#cancelSweep ??= this.#clock.after(SWEEP_AFTER_MS, () => this.#sweep(), 'job-listener')
  }

  /** The newest job may itself return to the queue; then it changes. Any other change of it is no news. */
  #isNews({ kind, document }: ListenerEvent): boolean {
    if (kind === 'removed') return false
    return kind === 'added' ? queuedAt(document) >= this.#fetchedUpTo : queuedAt(document) > this.#fetchedUpTo
  }

  #fetch(): void {
    this.#again = true
    if (this.#working || this.size === 0) return
    this.#working = true
    this.#fetchAll().catch((error: unknown) => {
      this.#logger.warn({ error }, 'Jobs could not be fetched; trying again.')
      this.#cancelFetch()
      this.#cancelFetch = this.#clock.after(RETRY_MS, () => this.#fetch(), 'job-listener')
    })
  }

  async #fetchAll(): Promise<void> {
    try {
      while (this.#again && this.size > 0) {
        this.#again = false
        const unloaded = [...this.#members].filter(([, { isLoaded }]) => !isLoaded)
        await Promise.all(unloaded.map(([sessionId, member]) => this.#load(sessionId, member)))
        if (unloaded.length < this.size) this.#give(await this.#queuedSince(this.#fetchedUpTo))
        // Waits a moment, so that one fetch takes a whole burst.
        if (unloaded.length === 0) await this.#clock.sleep(BURST_MS, 'job-listener')
      }
    } finally {
      // Reset in the tick of the last look at `#again`. A request in between would otherwise get lost.
      this.#working = false
    }
  }

  /** Fetches the jobs of a session that earlier owners did not settle. */
  async #load(sessionId: string, member: Member): Promise<void> {
    const where = [['sessionId', '==', sessionId] as const, ['status', 'in', OPEN_JOB_STATUSES] as const]
    const jobs = await this.#pages({ collection: JOBS, where, orderBy: ['id', 'asc'] }, ({ id }) => id)
    member.isLoaded = true
    if (this.#members.get(sessionId) === member) member.onJobs(jobs)
  }

  #give(jobs: readonly DocumentSnapshot[]): void {
    const bySession = Map.groupBy(jobs, ({ fields }) => fields['sessionId'])
    this.#fetchedUpTo = jobs.map(queuedAt).reduce((newest, time) => (time > newest ? time : newest), this.#fetchedUpTo)
    for (const [sessionId, member] of this.#members) {
      const own = bySession.get(sessionId)
      if (own && member.isLoaded) member.onJobs(own)
    }
  }

  #sweep(): void {
    this.#cancelSweep = null
    const from = new Date(this.#sweptUpTo.getTime() - SWEEP_AFTER_MS)
    this.#queuedSince(from).then(
      (jobs) => {
        this.#sweptUpTo = this.#fetchedUpTo
        this.#give(jobs)
      },
      (error: unknown) => {
        this.#logger.warn({ error }, 'Jobs could not be swept; trying again.')
        if (this.size > 0) this.#cancelSweep ??= this.#clock.after(SWEEP_AFTER_MS, () => this.#sweep(), 'job-listener')
      },
    )
  }

  async #queuedSince(time: Date): Promise<DocumentSnapshot[]> {
    const { collection, where } = this.#pending()
    const since: Query = { collection, where: [...where, ['queuedAt', '>=', time]], orderBy: ['queuedAt', 'asc'] }
    return this.#pages(since, queuedAt)
  }

  async #pages(query: Query, place: (last: DocumentSnapshot) => unknown): Promise<DocumentSnapshot[]> {
    const all: DocumentSnapshot[] = []
    for (let startAfter: unknown = undefined; ;) {
      const page = await this.#documents.query({ ...query, limit: PAGE, ...(startAfter === undefined ? {} : { startAfter }) })
      all.push(...page)
      const last = page.at(-1)
      if (!last || page.length < PAGE) return all
      startAfter = place(last)
    }
  }

  #pending() {
    return {
      collection: JOBS,
      where: [['sessionId', 'in', [...this.#members.keys()]] as const, IS_PENDING],
    }
  }
}

/** A job's queue time. An unreadable one counts as long ago; its session reports the damage. */
const queuedAt = ({ fields }: DocumentSnapshot): Date => (fields['queuedAt'] instanceof Date ? fields['queuedAt'] : EPOCH)
