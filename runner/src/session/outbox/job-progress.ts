import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { MessageStatus } from '../events/session-event.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { JobError, OpenJob } from './open-jobs.ts'

/**
 * Reports the progress of a job. The report is an event in the session's journal, so that an owner that lost the session cannot
 * make it, and a log line with ids and codes only, since an error of other code may quote a text or a number.
 */
export class JobProgress {
  readonly #state: JournaledState
  readonly #clock: Clock
  readonly #logger: Logger

  constructor(options: { state: JournaledState; clock: Clock; logger: Logger }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /** Appends the intent to send, with the encoded message, before the frame leaves. Resolves when the record is durable. */
  begins(job: OpenJob, proto: Uint8Array): Promise<void> {
    const { attempts: attempt, lastError } = job
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#say(job, { status: 'processing', attempt, lastError, proto }, resolve)
    return promise
  }

  sent(job: OpenJob): void {
    this.#say(job, { status: 'sent' })
    this.#logger.info(idsOf(job), 'A message was sent: WhatsApp has it.')
  }

  /** Logs an attempt that ended with an unknown outcome. The next attempt, or `waits`, writes it to the job's document. */
  unacknowledged(job: OpenJob, error: JobError): void {
    job.lastError = error
    const figures = { ...idsOf(job), code: error.code, nextAttemptAt: nextAttemptOf(job) }
    this.#logger.warn(figures, 'A message got no ack; it goes out again.')
  }

  /** Reports that a message without an ack waits for its next attempt. */
  waits(job: OpenJob): void {
    this.#say(job, { status: 'waiting', lastError: job.lastError, nextAttemptAt: nextAttemptOf(job) })
  }

  refused(job: OpenJob, error: JobError): void {
    job.lastError = error
    const nextAttemptAt = nextAttemptOf(job)
    this.#say(job, { status: 'refused', attempt: job.attempts, error, nextAttemptAt })
    this.#logger.warn({ ...idsOf(job), code: error.code, nextAttemptAt }, 'A message was refused; it is tried again.')
  }

  failed(job: OpenJob, error: JobError): void {
    this.#say(job, { status: 'failed', error })
    this.#logger.warn({ ...idsOf(job), code: error.code }, 'A message has failed for good.')
  }

  #say({ id, document }: OpenJob, status: MessageStatus, onDurable: () => void = () => {}): void {
    const at = new Date(this.#clock.now())
    const event = { type: 'message.status' as const, job: id, messageId: document.messageId, at, ...status }
    this.#state.append({ events: [event], onDurable: () => onDurable() })
  }
}

/** Returns the time of the next attempt, null when the job waits for the next connection. */
const nextAttemptOf = ({ notBeforeMs }: OpenJob): Date | null => (notBeforeMs === 0 ? null : new Date(notBeforeMs))

const idsOf = ({ id, document, attempts }: OpenJob) => ({ job: id, messageId: document.messageId, attempt: attempts })
