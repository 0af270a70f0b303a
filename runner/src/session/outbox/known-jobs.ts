import { isDamage } from '@holdfast/core/platform/errors'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Traces } from '@holdfast/core/platform/traces'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { JournaledState } from '../journal/journaled-state.ts'
import { JobReader } from './job-reader.ts'
import { OpenJobs, type OpenJob } from './open-jobs.ts'
import type { Receipts } from './receipts.ts'
import type { SettledJobs } from './settled-jobs.ts'

/** How long a read document is believed where every job is read right before it is taken. */
const FRESH_MS = 2000

/** The pause before a job is tried again whose document could not be read. */
const READ_AGAIN_MS = 5000

const UNREADABLE = 'A job cannot be read; it is skipped.'

export interface KnownJobsOptions {
  readonly state: JournaledState
  readonly documents: DocumentStore
  readonly cipher: SessionCipher
  readonly clock: Clock
  readonly receipts: Receipts
  /** Outlives the outbox when the state is read again for each connection. */
  readonly settled: SettledJobs
  readonly logger: Logger
  /**
   * True in storage mode `local`, where the journal goes on without Firestore. A job is read right before it is taken, so that its
   * session does not wait for a Firestore that is away.
   */
  readonly readsFirst: boolean
  /** Returns the same value for every name of a contact. */
  readonly contactOf: (chat: string) => string
  /** Absent: nothing is traced. */
  readonly traces?: Traces
}

/** The session's open jobs, as this owner knows their documents. Others may change those of pending jobs at any time. */
export class KnownJobs extends OpenJobs {
  readonly #options: KnownJobsOptions
  readonly #reader: JobReader

  constructor(options: KnownJobsOptions) {
    super(options.contactOf)
    this.#options = options
    this.#reader = new JobReader(options)
  }

  /** Takes a document that Firestore delivered: of a new job, of a known one in a later version, or, once more, in an old one. */
  hear(snapshot: DocumentSnapshot): void {
    const { receipts, settled, logger } = this.#options
    try {
      const job = this.#reader.open(snapshot)
      if (!job) return
      const { messageId } = job.document
      const known = this.get(messageId)
      if (known) return this.#renew(known, job)
      if (!settled.has(job.document) && !receipts.isSent(messageId)) this.add(job)
    } catch (error) {
      logger.error({ error, job: snapshot.id }, UNREADABLE)
    }
  }

  /** Forgets a job that is settled, and remembers that it is. */
  settle(job: OpenJob): void {
    this.remove(job)
    this.#options.settled.add(job.document)
  }

  /**
   * Whether the document of a pending job has to be read before the job is taken. In a paced session it is, because a take counts,
   * and a job that was canceled or moved must not use up the pace.
   */
  isStale({ snapshot, readAtMs }: OpenJob, isPaced: boolean): boolean {
    const { readsFirst, clock } = this.#options
    return !snapshot || ((readsFirst || isPaced) && clock.monotonic() - readAtMs > FRESH_MS)
  }

  /** Whether the job is still the one that is known under its message id. */
  has(job: OpenJob): boolean {
    return this.get(job.document.messageId) === job
  }

  /**
   * Replaces a pending job by the present version of its document, or removes it when this session need not send it any more.
   * Calls `onReplaced` right before that. Changes nothing when a run of the job began or took it meanwhile. While Firestore does
   * not answer, the known version stays and waits a moment. A damaged document is skipped, so that it blocks no chat.
   */
  async refresh(job: OpenJob, onReplaced: () => void): Promise<void> {
    const { state, clock, logger } = this.#options
    const { run } = job
    try {
      // The document must show what this owner itself has written.
      await state.journal.whenShown()
      const found = await this.#reader.read(job.id)
      if (!this.has(job) || job.run !== run) return
      onReplaced()
      // An earlier run has taken it in the meantime.
      if (job.isTaken) return void (job.phase = 'unknown')
      if (found) this.#replace(job, found)
      else this.remove(job)
    } catch (error) {
      if (state.journal.ended || job.run !== run) return
      onReplaced()
      if (isDamage(error) && !job.isTaken) {
        logger.error({ error, job: job.id }, UNREADABLE)
        return this.remove(job)
      }
      logger.warn({ error, job: job.id }, 'A job could not be read again.')
      job.notBeforeMs = Math.max(job.notBeforeMs, clock.now() + READ_AGAIN_MS)
    }
  }

  /** Takes over a later version of a waiting job, which a task or a person has changed. */
  #renew(known: OpenJob, found: OpenJob): void {
    if (known.phase !== 'waiting') return
    const isRequeued = Number(found.document.queuedAt) > Number(known.document.queuedAt)
    const isLater = known.snapshot !== null && Number(found.snapshot?.updatedAtMicros) > known.snapshot.updatedAtMicros
    if (!isRequeued && !isLater) return
    this.#replace(known, found)
  }

  /** What WhatsApp has told holds in every version of the document. */
  #replace(known: OpenJob, found: OpenJob): void {
    if (known.isAcknowledged) Object.assign(found, { isAcknowledged: true, notBeforeMs: 0 })
    this.remove(known)
    this.add(found)
  }
}
