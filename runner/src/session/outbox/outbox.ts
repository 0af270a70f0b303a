import { EXPIRED, isExpired } from '@holdfast/core/message/attempts'
import { OWNER_WAITS_MS } from '@holdfast/core/message/due'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import { HoldfastError, messageOf } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { ConnectionEnded, type Connection } from '../../whatsapp/port.ts'
import { JobProgress, type Outcome } from './job-progress.ts'
import { KnownJobs, type KnownJobsOptions } from './known-jobs.ts'
import type { JobError, OpenJob } from './open-jobs.ts'
import { afterFailure, CONNECTION_LOST, NO_ACK, NOT_ON_WHATSAPP, unansweredDelayMs, type SendPolicy } from './send-policy.ts'
import { Reachability } from './reachability.ts'
import type { Pacer } from './pacer.ts'
import { Turns } from './turns.ts'

/** The pause before a waiting job is tried again whose document could not be changed. */
const TAKE_AGAIN_MS = 5000

export interface OutboxOptions extends KnownJobsOptions {
  /** Passes every open job of the session to `onJobs`, then each newly queued one. */
  readonly subscribe: (onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
  /** Its values may change at any time. */
  readonly policy: SendPolicy
  readonly pacer: Pick<Pacer, 'isPaced' | 'holdOf' | 'sent'>
  /** Called when the record of a refused attempt is durable and the next attempt is further away than `OWNER_WAITS_MS`. */
  readonly onLaterRetry: (job: OpenJob) => void
}

/**
 * Sends the jobs of one session: in order and one at a time per chat, with a limit on chats at once. A job's state changes in the
 * commit of a journal record, so that an owner that lost the session cannot change it. A pending job is taken from the queue under a
 * precondition before anything of it is encrypted, because others may cancel, change or move it until then.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #progress: JobProgress
  readonly #reachability: Reachability
  readonly #jobs: KnownJobs
  readonly #turns: Turns
  readonly #sending = new Set<OpenJob>()
  #connection: Connection | null = null
  #unsubscribe: () => void = () => {}
  #onIdle: () => void = () => {}
  /** The number of messages that WhatsApp acknowledged to this outbox. */
  sent = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#progress = new JobProgress(options)
    this.#reachability = new Reachability(options.clock)
    this.#jobs = new KnownJobs(options)
    this.#turns = new Turns({
      ...options,
      jobs: this.#jobs,
      progress: this.#progress,
      underway: () => this.#connection && this.#sending.size,
      begin: (job) => this.#begin(job),
      refresh: (job) => this.#refresh(job),
    })
  }

  /** Subscribes to the session's jobs in Firestore, until the outbox stops. */
  listen(): void {
    this.#unsubscribe = this.#options.subscribe((jobs) => this.#hear(jobs))
  }

  /** Starts to send over a new connection. */
  opened(connection: Connection): void {
    this.#connection = connection
    // Missing acks on the last connection say nothing about this one.
    for (const job of this.#jobs.heads()) {
      if (job.phase !== 'unknown') continue
      job.unanswered = 0
      job.notBeforeMs = 0
    }
    this.#turns.next()
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

  /** Judges all waiting jobs anew, because WhatsApp has changed a limit. */
  reconsider(): void {
    this.#turns.next()
  }

  /**
   * Handles the server's answer to a message. Without an error the server has the message, and the
   * next record makes the job `sent`. Returns false when the message belongs to no open job.
   */
  acknowledged(messageId: string, error: string | null): boolean {
    const job = this.#jobs.get(messageId)
    if (job?.isTaken) this.#answered(job, error)
    else if (error === null) {
      if (job) this.#answeredLate(job)
      else void this.#options.receipts.acknowledgedLate(messageId)
    }
    return job !== undefined
  }

  /**
   * Handles an ack of a message that missed some devices of its chat. Sends the same message once more, to all present devices.
   * Returns false when the message belongs to no open job.
   */
  missedDevices(messageId: string): boolean {
    const job = this.#jobs.get(messageId)
    if (!job?.isTaken || job.sentToAll) return this.acknowledged(messageId, null)
    job.sentToAll = true
    this.#leaveWire(job, 'unknown')
    this.#turns.next()
    return true
  }

  #answered(job: OpenJob, error: string | null): void {
    const { messageId } = job.document
    // WhatsApp refused an earlier copy. It may take the one that is about to leave, and nobody may be told that it did not.
    if (error !== null && job.leaving) return
    if (error === null) this.sent++
    if (this.#options.receipts.isSent(messageId)) return void this.#arrived(job)
    this.#leaveWire(job, 'waiting')
    if (error !== null) {
      return this.#refused(job, { code: `whatsapp-${error}`, message: `WhatsApp refused the message (${error}).` })
    }
    this.#jobs.settle(job)
    this.#options.receipts.add(messageId, job.id, 'sent')
    this.#progress.sent(job)
    this.#turns.next()
  }

  /** Handles an ack of an earlier copy whose job is in the queue again: no further copy may leave. */
  #answeredLate(job: OpenJob): void {
    job.isAcknowledged = true
    if (job.phase === 'sending') return
    job.notBeforeMs = 0
    this.#turns.next()
  }

  #hear(jobs: readonly DocumentSnapshot[]): void {
    for (const job of jobs) this.#jobs.hear(job)
    this.#turns.next()
  }

  /** Reads a pending job again, which others may have changed. */
  #refresh(job: OpenJob): Promise<void> {
    return this.#jobs.refresh(job, () => this.#leaveWire(job, 'waiting'))
  }

  #begin(job: OpenJob): void {
    if (this.#connection) void this.#send(job, this.#connection)
  }

  async #send(job: OpenJob, connection: Connection): Promise<void> {
    const { receipts } = this.#options
    const isTaken = job.isTaken
    const isRepeated = job.message !== null
    const run = (job.run = Symbol('run'))
    job.phase = 'sending'
    this.#sending.add(job)
    const isStillOurs = (): boolean => this.#connection === connection && job.phase === 'sending' && job.run === run
    try {
      if (!isTaken && this.#jobs.isStale(job, this.#options.pacer.isPaced)) return await this.#comeAgain(job)
      if (job.isAcknowledged) return await this.#sentBefore(job)
      if (isTaken && !job.sentToAll && receipts.isSent(job.document.messageId)) return await this.#arrived(job)
      const proto = job.message ?? (await this.#compose(job, connection, isStillOurs))
      if (!proto) return
      // The record of the attempt carries the count, and no frame leaves before it.
      job.attempts++
      if (isTaken) this.#progress.repeats(job, proto)
      else if (!(await this.#take(job, proto, isStillOurs))) return
      if (job.isAcknowledged) return await this.#sentBefore(job)
      job.leaving = run
      await connection.relay(job.document.chat, proto, job.document.messageId, isRepeated)
      // The frame leaves when its records are durable; an answer to it can come only after that.
      await this.#options.state.journal.whenDurable().catch(() => {})
      if (job.leaving === run) job.leaving = null
      if (!isStillOurs()) return
      const { clock, policy } = this.#options
      job.cancelTimeout = clock.after(policy.ackTimeoutMs, () => this.#unanswered(job), 'outbox')
    } catch (error) {
      // The end of the connection is not a failure of the job: the outcome is unknown.
      if (!isStillOurs()) return
      if (error instanceof ConnectionEnded) return this.#cutOff(job)
      // Content that cannot be decrypted now cannot be decrypted later.
      if (error instanceof HoldfastError) await this.#fail(job, error)
      else this.#refused(job, { code: 'send-failed', message: messageOf(error) })
    }
  }

  /** Returns the message to send. Null when the job is settled instead, or the connection has ended. */
  async #compose(job: OpenJob, connection: Connection, isStillOurs: () => boolean): Promise<Uint8Array | null> {
    const { chat, messageId } = job.document
    const reachable = await this.#reachability.ask(connection, chat)
    if (!isStillOurs()) return null
    if (!reachable) {
      await this.#fail(job, NOT_ON_WHATSAPP)
      return null
    }
    return connection.compose(chat, openJobContent(this.#options.cipher, job.id, job.document), messageId)
  }

  /** Takes a pending job from the queue. Returns false when this run of the job is over. */
  async #take(job: OpenJob, proto: Uint8Array, isStillOurs: () => boolean): Promise<boolean> {
    const { pacer, clock } = this.#options
    if (isExpired(job.document, clock.now())) {
      await this.#fail(job, EXPIRED)
      return false
    }
    // WhatsApp may have announced a limit since.
    if (pacer.holdOf(job.document.chat)) return this.#holdBack(job)
    const outcome = await this.#progress.take(job, proto, pacer.sent(job.document.chat))
    if (outcome === 'ended' || !this.#jobs.has(job)) return false
    if (outcome === 'refused') return this.#putOff(job)
    if (outcome === 'outdated') {
      // Somebody else changed the job: it may be canceled, moved, or have another content.
      if (isStillOurs()) await this.#comeAgain(job)
      return false
    }
    job.isTaken = true
    job.message = proto
    if (isStillOurs()) return true
    // The connection ended meanwhile, and nothing was sent.
    if (job.phase === 'waiting') job.phase = 'unknown'
    this.#turns.next()
    return false
  }

  /** Ends the run of a job that may not be sent any more. */
  #holdBack(job: OpenJob): false {
    job.attempts--
    this.#leaveWire(job, 'waiting')
    this.#turns.next()
    return false
  }

  /** Waits with a job whose document Firestore did not let this owner change: it is away in mode `local`, or refuses the document. */
  #putOff(job: OpenJob): false {
    this.#options.logger.warn({ job: job.id }, 'The document of a waiting job could not be changed; the job is tried again.')
    this.#leaveWire(job, 'waiting')
    job.notBeforeMs = this.#options.clock.now() + TAKE_AGAIN_MS
    this.#turns.next()
    return false
  }

  /** Ends the work on a job whose recipient has told that the message arrived. Its document says so, and must not say less again. */
  async #arrived(job: OpenJob): Promise<void> {
    this.#leaveWire(job, 'waiting')
    this.#jobs.settle(job)
    if (job.lastError) this.#progress.arrived(job)
    // The jobs behind it are judged after the judgement that this is a part of.
    await Promise.resolve()
    this.#turns.next()
  }

  /** Makes a job `sent`, because WhatsApp has acknowledged an earlier copy. A pending one in the known version only. */
  async #sentBefore(job: OpenJob): Promise<void> {
    // The jobs behind it are judged after the judgement that this is a part of.
    await Promise.resolve()
    if (job.isTaken) return this.#answered(job, null)
    const outcome = await this.#progress.sentBefore(job)
    if (outcome === 'ended' || !this.#jobs.has(job)) return
    if (outcome === 'outdated') return this.#comeAgain(job)
    if (outcome === 'refused') return void this.#putOff(job)
    this.sent++
    this.#leaveWire(job, 'waiting')
    this.#jobs.settle(job)
    this.#options.receipts.add(job.document.messageId, job.id, 'sent')
    this.#turns.next()
  }

  /** Ends this run of a job and reads its present version, which the queue then judges anew. */
  async #comeAgain(job: OpenJob): Promise<void> {
    await this.#refresh(job)
    this.#turns.next()
  }

  /** Takes a job off the wire and sets its phase. */
  #leaveWire(job: OpenJob, phase: 'waiting' | 'unknown'): void {
    job.cancelTimeout?.()
    job.leaving = null
    job.phase = phase
    this.#sending.delete(job)
    if (this.#sending.size === 0) this.#onIdle()
  }

  /** Handles a job whose connection ended during the attempt. A job that was not taken is still pending: nothing was sent. */
  #cutOff(job: OpenJob): void {
    this.#leaveWire(job, job.isTaken ? 'unknown' : 'waiting')
    if (!job.isTaken) return
    job.notBeforeMs = 0
    this.#progress.unacknowledged(job, CONNECTION_LOST)
    this.#progress.waits(job)
  }

  /** Handles a missing ack. Sends the same message again under the same id: at once the first time, later after a delay. */
  #unanswered(job: OpenJob): void {
    if (job.phase !== 'sending') return
    this.#leaveWire(job, 'unknown')
    job.notBeforeMs = this.#options.clock.now() + unansweredDelayMs(++job.unanswered)
    this.#progress.unacknowledged(job, NO_ACK)
    this.#turns.next()
    // A job that goes out again at once reports the missing ack in the record of that attempt.
    if (!this.#sending.has(job)) this.#progress.waits(job)
  }

  /**
   * Handles an attempt that certainly failed: tries again after the delay of the schedule, or fails
   * the job when that is exhausted.
   */
  #refused(job: OpenJob, error: JobError): void {
    if (job.isAcknowledged) return void this.#sentBefore(job)
    const { clock, policy, onLaterRetry } = this.#options
    // It failed before it was taken, and no record has counted it.
    if (!job.isTaken) job.attempts++
    const decision = afterFailure(policy, job.document, error.code, ++job.refusals)
    if (decision.action === 'fail') return void this.#fail(job, error)
    this.#leaveWire(job, 'waiting')
    // It is no longer before an older one of its chat that came back meanwhile.
    this.#jobs.remove(job)
    this.#jobs.add(job)
    job.notBeforeMs = clock.now() + decision.delayMs
    const reported = this.#progress.refused(job, error, () => {
      if (decision.delayMs > OWNER_WAITS_MS) onLaterRetry(job)
    })
    if (!job.isTaken) void this.#judgeAnewUnless(reported, job)
    job.isTaken = false
    this.#turns.next()
  }

  /** Reads a job again whose document does not show its refusal. No task would make it due. */
  async #judgeAnewUnless(reported: Promise<Outcome>, job: OpenJob): Promise<void> {
    const outcome = await reported
    if (outcome === 'written' || outcome === 'ended' || job.phase !== 'waiting' || !this.#jobs.has(job)) return
    await this.#comeAgain(job)
  }

  /** Fails a job for good. A pending one is failed in the known version only: another one is judged anew. */
  async #fail(job: OpenJob, { code, message }: JobError): Promise<void> {
    if (!job.isTaken && !job.snapshot) return this.#comeAgain(job)
    if (job.isAcknowledged) return this.#sentBefore(job)
    const failed = this.#progress.failed(job, { code, message })
    if (job.isTaken) this.#giveUp(job)
    const outcome = await failed
    if (this.#jobs.has(job)) {
      if (outcome === 'outdated') return this.#comeAgain(job)
      if (outcome === 'refused') return void this.#putOff(job)
      this.#giveUp(job)
    }
    this.#turns.next()
  }

  #giveUp(job: OpenJob): void {
    this.#leaveWire(job, 'waiting')
    this.#jobs.settle(job)
    this.#options.receipts.add(job.document.messageId, job.id, 'failed')
  }

  #stopAccepting(): void {
    this.#unsubscribe()
    this.#unsubscribe = () => {}
    this.#turns.stop()
    this.#options.receipts.stop()
  }
}
