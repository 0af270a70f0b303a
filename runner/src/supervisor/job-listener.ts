import { JOBS, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, ListenerEvent, Query } from '@holdfast/core/platform/ports'

interface Member {
  readonly onJobs: (jobs: readonly DocumentSnapshot[]) => void
  /** Its open jobs were fetched, once the bell could hear of newer ones. */
  isLoaded: boolean
}

const RETRY_MS = 1000
const PAGE = 500
const BURST_MS = 50

/** Firestore promises no order between the time stamp that it sets and the moment of becoming visible; this is far beyond both. */
const SWEEP_AFTER_MS = 5000

const EPOCH = new Date(0)

const IS_PENDING = ['status', '==', 'pending'] as const

/**
 * Hears that something was queued for one of some sessions, and fetches it.
 *
 * The listener is on the newest pending job only: on the whole queue it would cost with each change what the queue is long. What
 * was queued since the last fetch is then fetched, and a little later once more, for what became visible late.
 *
 * A runner that is alone listens to the newest of all sessions: that is less to ask for than a list of sessions, and need not be
 * asked anew when the list changes. With others it would hear, and pay for, all that is theirs.
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
  /** The newest job that was fetched was queued then. */
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

  /** Once for all changes of this tick. */
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
        this.#logger.warn({ error }, 'The job listener failed; it is set up again.')
        this.#listening = this.#clock.after(RETRY_MS, () => this.#listen(), 'job-listener')
        // It may stay away for long, as before its index is built: until then the queue is asked.
        this.#fetch()
      },
    )
  }

  #ring(events: readonly ListenerEvent[]): void {
    const isFirst = !this.#isHearing
    this.#isHearing = true
    const isNews = ({ kind, document }: ListenerEvent) => kind === 'added' && queuedAt(document) >= this.#fetchedUpTo
    if (!isFirst && !events.some(isNews)) return
    this.#fetch()
    // Whatever rang, be it nobody's job, may hide one that becomes visible after it.
    this.#cancelSweep ??= this.#clock.after(SWEEP_AFTER_MS, () => this.#sweep(), 'job-listener')
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
        // What is queued in a burst is fetched together.
        if (unloaded.length === 0) await this.#clock.sleep(BURST_MS, 'job-listener')
      }
    } finally {
      // In the tick of the last look at `#again`, or what is asked for in between would be asked of nobody.
      this.#working = false
    }
  }

  /** What earlier owners left of a session's jobs: everything that is not settled. */
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

/** Of a job that says nothing readable: long ago. Its session will find out what is wrong with it. */
const queuedAt = ({ fields }: DocumentSnapshot): Date => (fields['queuedAt'] instanceof Date ? fields['queuedAt'] : EPOCH)
