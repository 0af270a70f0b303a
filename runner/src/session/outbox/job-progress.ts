import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { Span } from '@holdfast/core/platform/traces'
import type { MessageStatus, SessionEvent } from '../events/session-event.ts'
import type { Entry } from '../journal/group.ts'
import { bytesOf } from '../inbox/stored-message.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { FileOfJob } from '../media/file-of-job.ts'
import type { JobError, OpenJob } from './open-jobs.ts'
import { OwnMessages, type DescribeSent } from './own-messages.ts'
import type { PaceChange } from './pacer.ts'

/**
 * The outcome of a change of a job that is still `pending`.
 *
 * written   the job's document shows the change
 * outdated  somebody else changed the job before, and the change was dropped
 * refused   Firestore does not accept the change
 * ended     the journal ended; the change may have been made, or never will be
 */
export type Outcome = 'written' | 'outdated' | 'refused' | 'ended'

/**
 * Reports the progress of a job. The report is an event in the session's journal, so that an owner that lost the session cannot
 * make it, and a log line with ids and codes only, since an error of other code may quote a text or a number.
 *
 * A change of a pending job is guarded by the version that this owner knows, because others may cancel, change or move such a job.
 * Nobody else changes a job that is `processing`.
 */
export class JobProgress {
  readonly #state: JournaledState
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #own: OwnMessages

  constructor(options: { state: JournaledState; clock: Clock; logger: Logger; describe: DescribeSent }) {
    this.#state = options.state
    this.#own = new OwnMessages(options)
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /**
   * Takes a pending job from the queue: appends the intent to send, with the encoded message. No frame of it may exist before this
   * is `written`. `change` counts the attempt; it belongs to the same record, and so does where the message's file lies.
   */
  take(job: OpenJob, proto: Uint8Array, change: PaceChange, file: FileOfJob | null): Promise<Outcome> {
    const { attempts: attempt, lastError } = job
    const { stored, keys } = this.#own.begun(job, proto)
    const status: MessageStatus = { status: 'processing', attempt, lastError, proto, ...(stored ? { stored } : {}) }
    const kept: SessionEvent[] = stored && file ? [{ type: 'media.changed', document: stored.document, ...file }] : []
    const whole = { ...change, keys: { ...change.keys, ...keys }, events: [...change.events, ...kept] }
    return this.#guarded(job, status, { change: whole, bytesOfWrites: proto.length + (stored ? bytesOf(stored.message) : 0) })
  }

  /** Appends the intent to send a job of unknown outcome again, before the frame leaves. */
  repeats(job: OpenJob, proto: Uint8Array): void {
    const { attempts: attempt, lastError } = job
    this.#say(job, { status: 'processing', attempt, lastError, proto })
  }

  sent(job: OpenJob): void {
    this.#say(job, { status: 'sent' }, {}, { keys: {}, events: this.#own.sent(job) })
    this.#logger.info(idsOf(job), SENT)
  }

  /** Makes a job `sent` that is in the queue again. */
  async sentBefore(job: OpenJob): Promise<Outcome> {
    const change = { keys: {}, events: this.#own.sent(job) }
    const outcome = await this.#guarded(job, { status: 'sent' }, { change })
    if (outcome === 'written') this.#logger.info(idsOf(job), SENT)
    return outcome
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

  /** Takes back what was reported about attempts without an ack. A receipt has shown that the message arrived. */
  arrived(job: OpenJob): void {
    this.#say(job, { status: 'waiting', lastError: null, nextAttemptAt: null })
  }

  /** Reports an attempt that certainly failed. `onDurable` is called when the record of it is durable. */
  refused(job: OpenJob, error: JobError, onDurable: () => void): Promise<Outcome> {
    job.lastError = error
    const nextAttemptAt = nextAttemptOf(job)
    const status: MessageStatus = { status: 'refused', attempt: job.attempts, error, nextAttemptAt }
    this.#logger.warn({ ...idsOf(job), code: error.code, nextAttemptAt }, 'A message was refused; it is tried again.')
    return job.isTaken ? this.#reported(job, status, { onDurable }) : this.#guarded(job, status, { onDurable })
  }

  async failed(job: OpenJob, error: JobError): Promise<Outcome> {
    const status: MessageStatus = { status: 'failed', error }
    const { isTaken } = job
    const outcome = await (isTaken ? this.#reported(job, status) : this.#guarded(job, status))
    const isPending = outcome === 'outdated' || (outcome === 'refused' && !isTaken)
    if (!isPending) this.#logger.warn({ ...idsOf(job), code: error.code }, 'A message has failed for good.')
    return outcome
  }

  /** Records that WhatsApp has the file of a pending job. Every attempt uses this one from then on. */
  uploaded(job: OpenJob, upload: UploadedMedia): Promise<Outcome> {
    return this.#guarded(job, { status: 'uploaded', upload })
  }

  /** Shows why a pending job is held back, and until when. */
  held(job: OpenJob, hold: { readonly reason: string; readonly until: Date }): Promise<Outcome> {
    return this.#guarded(job, { status: 'held', hold })
  }

  #guarded(job: OpenJob, status: MessageStatus, more: Beside = {}): Promise<Outcome> {
    const { snapshot } = job
    if (!snapshot) throw new Error('A pending job changes in a known version only.')
    job.snapshot = null
    return this.#reported(job, status, { ...more, unlessChanged: [snapshot] })
  }

  #reported(job: OpenJob, status: MessageStatus, { change, ...more }: Beside & Entry = {}): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const entry: Entry = {
      ...more,
      onWritten: () => resolve('written'),
      onOutdated: () => resolve('outdated'),
      onRefused: () => resolve('refused'),
      onEnd: () => resolve('ended'),
    }
    this.#say(job, status, entry, change)
    return promise
  }

  /** Returns the journal position of the event; infinite when the journal has ended. */
  #say(job: OpenJob, status: MessageStatus, entry: Entry = {}, change: PaceChange = NO_CHANGE): number {
    const { id, document } = job
    const at = new Date(this.#clock.now())
    const { messageId, chat, traceparent = null } = document
    const event = { type: 'message.status' as const, job: id, messageId, chat, at, ...status }
    const whole: Entry = { ...traced(entry, job.trace.record(status.status)), events: [event, ...change.events], traceparent }
    const changesState = Object.keys(change.keys).length > 0
    return changesState ? this.#state.change({ keys: change.keys }, whole) : this.#state.append(whole)
  }
}

/** What belongs to the record of a change besides it. */
interface Beside {
  readonly change?: PaceChange
  readonly onDurable?: () => void
  readonly bytesOfWrites?: number
}

const SENT = 'A message was sent: WhatsApp has it.'

const NO_CHANGE: PaceChange = { keys: {}, events: [] }

/** Returns the time of the next attempt, null when the job waits for the next connection. */
const nextAttemptOf = ({ notBeforeMs }: OpenJob): Date | null => (notBeforeMs === 0 ? null : new Date(notBeforeMs))

const idsOf = ({ id, document, attempts, trace }: OpenJob) => ({
  job: id,
  messageId: document.messageId,
  attempt: attempts,
  ...trace.logFields,
})

/** Ends the span of a record when the record is durable. */
function traced(entry: Entry, span: Span): Entry {
  if (!span.traceparent) return entry
  return {
    ...entry,
    onDurable(place) {
      span.end({ attributes: { 'holdfast.record': place.sequence } })
      entry.onDurable?.(place)
    },
  }
}
