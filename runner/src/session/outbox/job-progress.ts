import { jobPath } from '@holdfast/core/message/job-document'
import { sealJobProto } from '@holdfast/core/message/sealed-content'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Logger } from '@holdfast/core/platform/logging'
import { Append, type Clock, type Fields } from '@holdfast/core/platform/ports'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { JobError, OpenJob } from './open-jobs.ts'

/**
 * Says what becomes of a job: in its document, by a write that rides on the session's journal, so that an owner that lost the session
 * can say nothing; and in the log, by its ids, since an error of somebody else may quote a text or a number.
 */
export class JobProgress {
  readonly #state: JournaledState
  readonly #cipher: SessionCipher
  readonly #clock: Clock
  readonly #logger: Logger

  constructor(options: { state: JournaledState; cipher: SessionCipher; clock: Clock; logger: Logger }) {
    this.#state = options.state
    this.#cipher = options.cipher
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /** The intent, with the message as it will be sent: in the log before the frame that it precedes. Resolves when it is durable. */
  begins(job: OpenJob, message: Uint8Array): Promise<void> {
    const { id, attempts, lastError } = job
    const at = this.#now()
    const fields = {
      status: 'processing',
      attempts,
      lastAttemptAt: at,
      nextAttemptAt: null,
      // Why the attempt before it was not the last one, where that did not make a write of its own.
      lastError,
      proto: sealJobProto(this.#cipher, id, message),
      timeline: new Append({ status: 'processing', at, attempt: attempts }),
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#write(job, fields, resolve)
    return promise
  }

  sent(job: OpenJob): void {
    const timeline = new Append({ status: 'sent', at: this.#now() })
    this.#write(job, { status: 'sent', lastError: null, nextAttemptAt: null, timeline })
    this.#logger.info(idsOf(job), 'A message was sent: WhatsApp has it.')
  }

  /** The attempt ended without a word on the message. Its document hears of it by the next attempt, or by `waits`. */
  unacknowledged(job: OpenJob, error: JobError): void {
    job.lastError = error
    const figures = { ...idsOf(job), code: error.code, nextAttemptAt: nextAttemptOf(job) }
    this.#logger.warn(figures, 'A message got no ack; it goes out again.')
  }

  /** The next attempt of a message without an ack does not begin at once. */
  waits(job: OpenJob): void {
    this.#write(job, { lastError: job.lastError, nextAttemptAt: nextAttemptOf(job) })
  }

  refused(job: OpenJob, error: JobError): void {
    job.lastError = error
    const timeline = new Append({ status: 'pending', at: this.#now(), attempt: job.attempts })
    const nextAttemptAt = nextAttemptOf(job)
    this.#write(job, { status: 'pending', nextAttemptAt, lastError: error, timeline })
    this.#logger.warn({ ...idsOf(job), code: error.code, nextAttemptAt }, 'A message was refused; it is tried again.')
  }

  failed(job: OpenJob, error: JobError): void {
    const failedAt = this.#now()
    const timeline = new Append({ status: 'failed', at: failedAt })
    this.#write(job, { status: 'failed', failedAt, nextAttemptAt: null, lastError: error, timeline })
    this.#logger.warn({ ...idsOf(job), code: error.code }, 'A message has failed for good.')
  }

  #write(job: OpenJob, fields: Fields, onDurable: () => void = () => {}): void {
    this.#state.append({ writes: () => [{ kind: 'merge', path: jobPath(job.id), fields }], onDurable: () => onDurable() })
  }

  #now(): Date {
    return new Date(this.#clock.now())
  }
}

/** Null when it waits for the next connection. */
const nextAttemptOf = ({ notBeforeMs }: OpenJob): Date | null => (notBeforeMs === 0 ? null : new Date(notBeforeMs))

const idsOf = ({ id, document, attempts }: OpenJob) => ({ job: id, messageId: document.messageId, attempt: attempts })
