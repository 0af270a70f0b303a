import { jobDocumentSchema, type JobDocument } from '@holdfast/core/message/job-document'
import { openJobContent, openJobProto } from '@holdfast/core/message/sealed-content'
import { parseStored } from '@holdfast/core/platform/parse'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { HoldfastError, messageOf } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot } from '@holdfast/core/platform/ports'
import { ConnectionEnded, type Connection } from '../../whatsapp/port.ts'
import { JobProgress } from './job-progress.ts'
import { OpenJobs, type JobError, type OpenJob } from './open-jobs.ts'
import { afterFailure, CONNECTION_LOST, NO_ACK, unansweredDelayMs, type SendPolicy } from './send-policy.ts'
import type { Receipts } from './receipts.ts'
import type { JournaledState } from '../journal/journaled-state.ts'

/** The longest time of one timer. Node's timers cannot wait longer than 24 days. */
const LONGEST_WAIT_MS = 60 * 60 * 1000

/** The number of settled jobs to remember: far more than a session can settle during one query. */
const SETTLED_KEPT = 5000

/** The queueing times, ms, of settled jobs, by message id. */
export type SettledJobs = Map<string, number>

/**
 * Sends the jobs of one session: in order and one at a time per chat, with a limit on chats at once. A job's state changes in the
 * commit of a journal record, so that an owner that lost the session cannot change it.
 */
export class Outbox {
  readonly #progress: JobProgress
  readonly #cipher: SessionCipher
  readonly #subscribe: (onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
  readonly #clock: Clock
  readonly #policy: SendPolicy
  readonly #receipts: Receipts
  readonly #logger: Logger
  readonly #open: OpenJobs
  readonly #sending = new Set<OpenJob>()
  /** Settled jobs. A query that read such a job before may still deliver it. */
  readonly #settled: SettledJobs
  #connection: Connection | null = null
  #accepting = true
  #unsubscribe: () => void = () => {}
  #cancelWake: () => void = () => {}
  #onIdle: () => void = () => {}
  /** The number of messages that WhatsApp acknowledged to this outbox. */
  sent = 0

  constructor(options: {
    /** Passes every open job of the session to `onJobs`, then each newly queued one. */
    subscribe: (onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
    state: JournaledState
    cipher: SessionCipher
    clock: Clock
    policy: SendPolicy
    receipts: Receipts
    /** Outlives the outbox when the state is read again for each connection. */
    settled: SettledJobs
    logger: Logger
    /** Returns the same value for every name of a contact. */
    contactOf: (chat: string) => string
  }) {
    this.#subscribe = options.subscribe
    this.#progress = new JobProgress(options)
    this.#cipher = options.cipher
    this.#clock = options.clock
    this.#policy = options.policy
    this.#receipts = options.receipts
    this.#settled = options.settled
    this.#logger = options.logger
    this.#open = new OpenJobs(options.contactOf)
  }

  /** Subscribes to the session's jobs in Firestore, until the outbox stops. */
  listen(): void {
    this.#unsubscribe = this.#subscribe((jobs) => this.#hear(jobs))
  }

  /** Starts to send over a new connection. */
  opened(connection: Connection): void {
    this.#connection = connection
    // Missing acks on the last connection say nothing about this one.
    for (const job of this.#open.heads()) {
      if (job.phase !== 'unknown') continue
      job.unanswered = 0
      job.notBeforeMs = 0
    }
    this.#next()
  }

  /** Handles the end of the connection: each job on its way now has an unknown outcome. */
  closed(): void {
    this.#connection = null
    for (const job of this.#sending) this.#cutOff(job)
  }

  /** Starts no more jobs. Resolves when no job is on its way. */
  async stop(): Promise<void> {
    this.#stopAccepting()
    if (this.#sending.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }

  /** Ends at once. Jobs on their way get an unknown outcome. */
  abandon(): void {
    this.#stopAccepting()
    this.closed()
  }

  /**
   * Handles the server's answer to a message. Without an error the server has the message, and the
   * next record makes the job `sent`.
   */
  acknowledged(messageId: string, error: string | null): void {
    const job = this.#open.get(messageId)
    if (!job) return
    this.#leaveWire(job, 'waiting')
    if (error !== null) {
      return this.#refused(job, { code: `whatsapp-${error}`, message: `WhatsApp refused the message (${error}).` })
    }
    this.#close(job)
    this.sent++
    this.#receipts.add(messageId, job.id, 'sent')
    this.#progress.sent(job)
    this.#next()
  }

  /**
   * Handles an ack of a message that missed some devices of its chat. Sends the same message once more, to all present devices.
   */
  missedDevices(messageId: string): void {
    const job = this.#open.get(messageId)
    if (!job || job.sentToAll) return this.acknowledged(messageId, null)
    job.sentToAll = true
    this.#leaveWire(job, 'unknown')
    this.#next()
  }

  #hear(jobs: readonly DocumentSnapshot[]): void {
    for (const job of jobs) this.#add(job)
    this.#next()
  }

  #add(snapshot: DocumentSnapshot): void {
    try {
      const document = parseStored(jobDocumentSchema, snapshot.fields, snapshot.path)
      const isSettled = (document.queuedAt?.getTime() ?? 0) <= (this.#settled.get(document.messageId) ?? 0)
      const isKnown = this.#open.get(document.messageId) ?? this.#receipts.isSent(document.messageId)
      if (!isSettled && !isKnown) this.#open.add(this.#openJob(snapshot, document))
    } catch (error) {
      this.#logger.error({ error, job: snapshot.id }, 'A job cannot be read; it is skipped.')
    }
  }

  #openJob({ id, createdAtMicros }: DocumentSnapshot, document: JobDocument): OpenJob {
    const isUnknown = document.status === 'processing'
    return {
      id,
      document,
      createdAtMicros,
      phase: isUnknown ? 'unknown' : 'waiting',
      attempts: document.attempts,
      refusals: document.timeline.filter(({ status, attempt }) => status === 'pending' && attempt !== undefined).length,
      unanswered: 0,
      // Missing acks of the last owner say nothing about this one.
      notBeforeMs: isUnknown ? 0 : (document.nextAttemptAt?.getTime() ?? 0),
      lastError: document.lastError,
      sentToAll: false,
      message: !document.proto ? null : openJobProto(this.#cipher, id, document.proto),
      cancelTimeout: null,
    }
  }

  /** Begins whatever may begin now, and wakes up again when the next becomes due. */
  #next(): void {
    this.#cancelWake()
    if (!this.#connection || !this.#accepting) return
    const now = this.#clock.now()
    let free = this.#policy.chatsAtOnce - this.#sending.size
    let wakeAt = Number.POSITIVE_INFINITY
    const due: OpenJob[] = []
    for (const job of this.#open.heads()) {
      if (job.phase === 'sending') continue
      if (job.notBeforeMs > now) wakeAt = Math.min(wakeAt, job.notBeforeMs)
      else due.push(job)
    }
    due.sort((a, b) => a.createdAtMicros - b.createdAtMicros)
    for (const job of due) if (free-- > 0) void this.#send(job, this.#connection)
    if (Number.isFinite(wakeAt))
      this.#cancelWake = this.#clock.after(Math.min(wakeAt - now, LONGEST_WAIT_MS), () => this.#next(), 'outbox')
  }

  async #send(job: OpenJob, connection: Connection): Promise<void> {
    const { chat, messageId } = job.document
    const attempt = ++job.attempts
    const isRepeated = job.message !== null
    job.phase = 'sending'
    this.#sending.add(job)
    const isStillOurs = (): boolean => this.#connection === connection && job.phase === 'sending' && job.attempts === attempt
    try {
      if (!job.message) {
        const reachable = await connection.isReachable(chat)
        if (!isStillOurs()) return
        if (!reachable) return this.#fail(job, { code: 'not-on-whatsapp', message: 'This number is not on WhatsApp.' })
        job.message = connection.compose(chat, openJobContent(this.#cipher, job.id, job.document), messageId)
      }
      const recorded = this.#progress.begins(job, job.message)
      await connection.relay(chat, job.message, messageId, isRepeated)
      // The frame leaves when its record is durable; an ack can come only after that.
      await recorded
      if (isStillOurs()) job.cancelTimeout = this.#clock.after(this.#policy.ackTimeoutMs, () => this.#unanswered(job), 'outbox')
    } catch (error) {
      // The end of the connection is not a failure of the job: the outcome is unknown.
      if (!isStillOurs()) return
      if (error instanceof ConnectionEnded) return this.#cutOff(job)
      this.#leaveWire(job, 'waiting')
      // Content that cannot be decrypted now cannot be decrypted later.
      if (error instanceof HoldfastError) this.#fail(job, error)
      else this.#refused(job, { code: 'send-failed', message: messageOf(error) })
    }
  }

  /** Takes a job off the wire and sets its phase. */
  #leaveWire(job: OpenJob, phase: 'waiting' | 'unknown'): void {
    job.cancelTimeout?.()
    job.phase = phase
    this.#sending.delete(job)
    if (this.#sending.size === 0) this.#onIdle()
  }

  /** Handles a job whose connection ended during the attempt. */
  #cutOff(job: OpenJob): void {
    this.#leaveWire(job, 'unknown')
    // A job without a composed message was never on its way.
    if (job.message === null) return
    job.notBeforeMs = 0
    this.#progress.unacknowledged(job, CONNECTION_LOST)
    this.#progress.waits(job)
  }

  #close(job: OpenJob): void {
    const { messageId, queuedAt } = job.document
    this.#open.remove(job)
    this.#settled.set(messageId, queuedAt?.getTime() ?? 0)
    const oldest = this.#settled.keys().next()
    if (this.#settled.size > SETTLED_KEPT && !oldest.done) this.#settled.delete(oldest.value)
  }

  /** Handles a missing ack. Sends the same message again under the same id: at once the first time, later after a delay. */
  #unanswered(job: OpenJob): void {
    if (job.phase !== 'sending') return
    this.#leaveWire(job, 'unknown')
    job.notBeforeMs = this.#clock.now() + unansweredDelayMs(++job.unanswered)
    this.#progress.unacknowledged(job, NO_ACK)
    this.#next()
    // A job that goes out again at once reports the missing ack in the record of that attempt.
    if (!this.#sending.has(job)) this.#progress.waits(job)
  }

  /**
   * Handles an attempt that certainly failed: tries again after the delay of the schedule, or fails
   * the job when that is exhausted.
   */
  #refused(job: OpenJob, error: JobError): void {
    const decision = afterFailure(this.#policy, error.code, ++job.refusals)
    if (decision.action === 'fail') return this.#fail(job, error)
    job.notBeforeMs = this.#clock.now() + decision.delayMs
    this.#progress.refused(job, error)
    this.#next()
  }

  #fail(job: OpenJob, { code, message }: JobError): void {
    this.#leaveWire(job, 'waiting')
    this.#close(job)
    this.#progress.failed(job, { code, message })
    this.#next()
  }

  #stopAccepting(): void {
    this.#accepting = false
    this.#unsubscribe()
    this.#unsubscribe = () => {}
    this.#cancelWake()
    this.#receipts.stop()
  }
}
