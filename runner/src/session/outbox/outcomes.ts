import { OWNER_WAITS_MS } from '@holdfast/core/message/due'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { JobProgress, Outcome } from './job-progress.ts'
import type { KnownJobs } from './known-jobs.ts'
import type { JobError, OpenJob } from './open-jobs.ts'
import type { Receipts } from './receipts.ts'
import { afterFailure, CONNECTION_LOST, NO_ACK, unansweredDelayMs, type SendPolicy } from './send-policy.ts'

/** The pause before a waiting job is tried again whose document could not be changed. */
const TAKE_AGAIN_MS = 5000

export interface OutcomesOptions {
  readonly jobs: KnownJobs
  readonly progress: JobProgress
  readonly receipts: Pick<Receipts, 'add' | 'isSent'>
  /** Its values may change at any time. */
  readonly policy: Pick<SendPolicy, 'retryDelaysMs' | 'maxRetries'>
  readonly clock: Clock
  readonly logger: Logger
  /** The jobs on their way. */
  readonly sending: Set<OpenJob>
  /** Called when no job is on its way any more. */
  readonly onIdle: () => void
  /** Begins the jobs that may begin now. */
  readonly next: () => void
  /** Called when the record of a refused attempt is durable and the next attempt is further away than `OWNER_WAITS_MS`. */
  readonly onLaterRetry: (job: OpenJob) => void
}

/**
 * Ends the runs of jobs: takes each one off the wire, reports what has become of it, and lets the next jobs begin. A job is then settled,
 * or waits for its next run.
 */
export class Outcomes {
  readonly #options: OutcomesOptions
  /** The number of messages that WhatsApp acknowledged to this outbox. */
  sent = 0

  constructor(options: OutcomesOptions) {
    this.#options = options
  }

  /** Handles the server's answer to a job that was taken: the job is `sent` without an error, and refused with one. */
  answered(job: OpenJob, error: string | null): void {
    const { messageId } = job.document
    // WhatsApp refused an earlier copy. It may take the one that is about to leave, and nobody may be told that it did not.
    if (error !== null && job.leaving) return
    if (error === null) this.sent++
    if (this.#options.receipts.isSent(messageId)) return void this.arrived(job)
    const code = error === null ? null : `whatsapp-${error}`
    this.leaveWire(job, 'waiting', code)
    if (code !== null) {
      return this.refused(job, { code, message: `WhatsApp refused the message (${error}).` })
    }
    this.#options.jobs.settle(job)
    this.#options.receipts.add(messageId, sentJobOf(job), 'sent')
    this.#options.progress.sent(job)
    this.#options.next()
  }

  /** Handles an ack of an earlier copy whose job is in the queue again: no further copy may leave. */
  answeredLate(job: OpenJob): void {
    job.isAcknowledged = true
    if (job.phase === 'sending') return
    job.notBeforeMs = 0
    this.#options.next()
  }

  /** Ends the work on a job whose recipient has told that the message arrived. Its document says so, and must not say less again. */
  async arrived(job: OpenJob): Promise<void> {
    this.leaveWire(job, 'waiting')
    this.#options.jobs.settle(job)
    if (job.lastError) this.#options.progress.arrived(job)
    // The jobs behind it are judged after the judgement that this is a part of.
    await Promise.resolve()
    this.#options.next()
  }

  /** Makes a job `sent`, because WhatsApp has acknowledged an earlier copy. A pending one in the known version only. */
  async sentBefore(job: OpenJob): Promise<void> {
    // The jobs behind it are judged after the judgement that this is a part of.
    await Promise.resolve()
    if (job.isTaken) return this.answered(job, null)
    if (this.#options.receipts.isSent(job.document.messageId)) {
      this.sent++
      return this.arrived(job)
    }
    const outcome = await this.#options.progress.sentBefore(job)
    if (outcome === 'ended' || !this.#options.jobs.has(job)) return
    if (outcome === 'outdated') return this.comeAgain(job)
    if (outcome === 'refused') return void this.putOff(job)
    this.sent++
    this.leaveWire(job, 'waiting')
    this.#options.jobs.settle(job)
    this.#options.receipts.add(job.document.messageId, sentJobOf(job), 'sent')
    this.#options.next()
  }

  /** Fails a job for good. A pending one is failed in the known version only: another one is judged anew. */
  async fail(job: OpenJob, { code, message }: JobError): Promise<void> {
    if (!job.isTaken && !job.snapshot) return this.comeAgain(job)
    if (job.isAcknowledged) return this.sentBefore(job)
    const failed = this.#options.progress.failed(job, { code, message })
    if (job.isTaken) this.#giveUp(job, code)
    const outcome = await failed
    if (this.#options.jobs.has(job)) {
      if (outcome === 'outdated') return this.comeAgain(job)
      if (outcome === 'refused') return void this.putOff(job)
      this.#giveUp(job, code)
    }
    this.#options.next()
  }

  /**
   * Handles an attempt that certainly failed: tries again after the delay of the schedule, or fails
   * the job when that is exhausted.
   */
  refused(job: OpenJob, error: JobError): void {
    if (job.isAcknowledged) return void this.sentBefore(job)
    const { clock, policy, onLaterRetry } = this.#options
    // It failed before it was taken, and no record has counted it.
    if (!job.isTaken) job.attempts++
    const decision = afterFailure(policy, job.document, error.code, ++job.refusals)
    if (decision.action === 'fail') return void this.fail(job, error)
    this.leaveWire(job, 'waiting', error.code)
    // It is no longer before an older one of its chat that came back meanwhile.
    this.#options.jobs.remove(job)
    this.#options.jobs.add(job)
    job.notBeforeMs = clock.now() + decision.delayMs
    const reported = this.#options.progress.refused(job, error, () => {
      if (decision.delayMs > OWNER_WAITS_MS) onLaterRetry(job)
    })
    if (!job.isTaken) void this.#judgeAnewUnless(reported, job)
    job.isTaken = false
    this.#options.next()
  }

  /** Handles a missing ack. Sends the same message again under the same id: at once the first time, later after a delay. */
  unanswered(job: OpenJob): void {
    if (job.phase !== 'sending') return
    this.leaveWire(job, 'unknown', NO_ACK.code)
    job.notBeforeMs = this.#options.clock.now() + unansweredDelayMs(++job.unanswered)
    this.#options.progress.unacknowledged(job, NO_ACK)
    this.#options.next()
    // A job that goes out again at once reports the missing ack in the record of that attempt.
    if (!this.#options.sending.has(job)) this.#options.progress.waits(job)
  }

  /** Handles a job whose connection ended during the attempt. A job that was not taken is still pending: nothing was sent. */
  cutOff(job: OpenJob): void {
    this.leaveWire(job, job.isTaken ? 'unknown' : 'waiting', CONNECTION_LOST.code)
    if (!job.isTaken) return
    job.notBeforeMs = 0
    this.#options.progress.unacknowledged(job, CONNECTION_LOST)
    this.#options.progress.waits(job)
  }

  /** Ends the run of a job that may not be sent any more. */
  holdBack(job: OpenJob): false {
    job.attempts--
    this.leaveWire(job, 'waiting')
    this.#options.next()
    return false
  }

  /** Waits with a job whose document Firestore did not let this owner change: it is away in mode `local`, or refuses the document. */
  putOff(job: OpenJob): false {
    this.#options.logger.warn({ job: job.id }, 'The document of a waiting job could not be changed; the job is tried again.')
    this.leaveWire(job, 'waiting')
    job.notBeforeMs = this.#options.clock.now() + TAKE_AGAIN_MS
    this.#options.next()
    return false
  }

  /** Ends this run of a job and reads its present version, which the queue then judges anew. */
  async comeAgain(job: OpenJob): Promise<void> {
    await this.refresh(job)
    this.#options.next()
  }

  /** Reads a pending job again, which others may have changed. */
  refresh(job: OpenJob): Promise<void> {
    return this.#options.jobs.refresh(job, () => this.leaveWire(job, 'waiting'))
  }

  /** Takes a job off the wire and sets its phase. `error` is the code of what kept it from being sent. */
  leaveWire(job: OpenJob, phase: 'waiting' | 'unknown', error: string | null = null): void {
    job.trace.ends(error)
    job.cancelTimeout?.()
    job.leaving = null
    job.phase = phase
    this.#options.sending.delete(job)
    if (this.#options.sending.size === 0) this.#options.onIdle()
  }

  /** Reads a job again whose document does not show its refusal. No task would make it due. */
  async #judgeAnewUnless(reported: Promise<Outcome>, job: OpenJob): Promise<void> {
    const outcome = await reported
    if (outcome === 'written' || outcome === 'ended' || job.phase !== 'waiting' || !this.#options.jobs.has(job)) return
    await this.comeAgain(job)
  }

  #giveUp(job: OpenJob, code: string): void {
    this.leaveWire(job, 'waiting', code)
    this.#options.jobs.settle(job)
    this.#options.receipts.add(job.document.messageId, sentJobOf(job), 'failed')
  }
}

const sentJobOf = ({ id, document: { chat, traceparent } }: OpenJob) => ({ id, chat, traceparent: traceparent ?? null })
