import { EXPIRED, isExpired } from '@holdfast/core/message/attempts'
import { openJobContent, openJobUpload } from '@holdfast/core/message/sealed-content'
import { HoldfastError, messageOf } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import { hasFile, type MediaContent } from '@holdfast/core/message/media-content'
import type { MediaUploads } from '../../whatsapp/media.ts'
import type { JobWithFile } from '../media/outgoing-media.ts'
import { type FileOfJob, fileOfJob } from '../media/file-of-job.ts'
import { ConnectionEnded, type Connection } from '../../whatsapp/port.ts'
import { JobProgress } from './job-progress.ts'
import { KnownJobs, type KnownJobsOptions } from './known-jobs.ts'
import type { OpenJob } from './open-jobs.ts'
import { Outcomes } from './outcomes.ts'
import type { DescribeSent } from './own-messages.ts'
import { NOT_ON_WHATSAPP, type SendPolicy } from './send-policy.ts'
import { Reachability } from './reachability.ts'
import type { Pacer } from './pacer.ts'
import type { Preparation } from './preparation.ts'
import { Turns } from './turns.ts'

export interface OutboxOptions extends KnownJobsOptions {
  /** Passes every open job of the session to `onJobs`, then each newly queued one. */
  readonly subscribe: (onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
  /** Its values may change at any time. */
  readonly policy: SendPolicy
  readonly preparation: Pick<Preparation, 'prepare'>
  readonly pacer: Pick<Pacer, 'isPaced' | 'holdOf' | 'sent'>
  readonly describe: DescribeSent
  /** Brings the file of a job to WhatsApp. A HoldfastError says that no repetition can help. */
  readonly outgoingMedia: { upload(job: JobWithFile, content: MediaContent, uploads: MediaUploads): Promise<UploadedMedia> }
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
  readonly #outcomes: Outcomes
  readonly #sending = new Set<OpenJob>()
  #connection: Connection | null = null
  #unsubscribe: () => void = () => {}
  #onIdle: () => void = () => {}

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
      refresh: (job) => this.#outcomes.refresh(job),
    })
    this.#outcomes = new Outcomes({
      ...options,
      jobs: this.#jobs,
      progress: this.#progress,
      sending: this.#sending,
      onIdle: () => this.#onIdle(),
      next: () => this.#turns.next(),
    })
  }

  /** The number of messages that WhatsApp acknowledged to this outbox. */
  get sent(): number {
    return this.#outcomes.sent
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
    for (const job of this.#sending) this.#outcomes.cutOff(job)
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
    if (job?.isTaken) this.#outcomes.answered(job, error)
    else if (error === null) {
      if (job) this.#outcomes.answeredLate(job)
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
    this.#outcomes.leaveWire(job, 'unknown')
    this.#turns.next()
    return true
  }

  #hear(jobs: readonly DocumentSnapshot[]): void {
    for (const job of jobs) this.#jobs.hear(job)
    this.#turns.next()
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
      if (!isTaken && this.#jobs.isStale(job, this.#options.pacer.isPaced)) return await this.#outcomes.comeAgain(job)
      if (job.isAcknowledged) return await this.#outcomes.sentBefore(job)
      if (isTaken && !job.sentToAll && receipts.isSent(job.document.messageId)) return await this.#outcomes.arrived(job)
      job.trace.begins(job.attempts + 1)
      const proto = job.message ?? (await this.#compose(job, connection, isStillOurs))
      if (!proto) return
      // The record of the attempt carries the count, and no frame leaves before it.
      job.attempts++
      if (isTaken) this.#progress.repeats(job, proto)
      else if (!(await this.#take(job, proto, isStillOurs))) return
      if (job.isAcknowledged) return await this.#outcomes.sentBefore(job)
      if (job.document.type === 'star') return await this.#star(job, connection, isStillOurs)
      job.leaving = run
      job.trace.step('frame', { 'holdfast.is_repeated': isRepeated })
      const how = { isRepeated, audience: this.#audienceOf(job), mediaHandle: this.#handleOf(job) }
      await connection.relay(job.document.chat, proto, job.document.messageId, how)
      // The frame leaves when its records are durable; an answer to it can come only after that.
      await this.#options.state.journal.whenDurable().catch(() => {})
      if (job.leaving === run) job.leaving = null
      if (!isStillOurs()) return
      job.trace.step('ack')
      const { clock, policy } = this.#options
      job.cancelTimeout = clock.after(policy.ackTimeoutMs, () => this.#outcomes.unanswered(job), 'outbox')
    } catch (error) {
      // The end of the connection is not a failure of the job: the outcome is unknown.
      if (!isStillOurs()) return
      if (error instanceof ConnectionEnded) return this.#outcomes.cutOff(job)
      // Content that cannot be decrypted now cannot be decrypted later.
      if (error instanceof HoldfastError) await this.#outcomes.fail(job, error)
      else this.#outcomes.refused(job, { code: 'send-failed', message: messageOf(error) })
    }
  }

  /** A star is no message, and nobody acknowledges it but the answer to the change itself. */
  async #star(job: OpenJob, connection: Connection, isStillOurs: () => boolean): Promise<void> {
    const content = openJobContent(this.#options.cipher, job.id, job.document)
    if (content.type === 'star') await connection.star(content.target, content.isStarred)
    if (isStillOurs()) this.#outcomes.answered(job, null)
  }

  /** The people who get a status. They stand in its content; whoever else gets a message is known by its chat. */
  #audienceOf({ id, document }: OpenJob): readonly string[] {
    if (document.chat !== 'status@broadcast') return []
    const content = openJobContent(this.#options.cipher, id, document)
    return ('audience' in content && content.audience) || []
  }

  /** The name of its file at WhatsApp, which the message of a channel has to give. */
  #handleOf({ id, document }: OpenJob): string | null {
    return document.upload ? (openJobUpload(this.#options.cipher, id, document.upload).handle ?? null) : null
  }

  /** Returns the message to send. Null when the job is settled instead, or the connection has ended. */
  async #compose(job: OpenJob, connection: Connection, isStillOurs: () => boolean): Promise<Uint8Array | null> {
    const { chat, messageId } = job.document
    const reachable = await this.#reachability.ask(connection, chat)
    if (!isStillOurs()) return null
    if (!reachable) {
      await this.#outcomes.fail(job, NOT_ON_WHATSAPP)
      return null
    }
    const content = openJobContent(this.#options.cipher, job.id, job.document)
    const upload = hasFile(content) ? await this.#uploadOf(job, content, connection, isStillOurs) : null
    if (hasFile(content) && !upload) return null
    const composition = await this.#options.preparation.prepare(chat, content, messageId)
    if (!isStillOurs()) return null
    const proto = await connection.compose({ ...composition, upload })
    return isStillOurs() ? proto : null
  }

  /**
   * Returns the file of the message at WhatsApp. Null when it is there only now: the record of it changes the job, which then comes again.
   */
  async #uploadOf(
    job: OpenJob,
    content: MediaContent,
    connection: Connection,
    isStillOurs: () => boolean,
  ): Promise<UploadedMedia | null> {
    const { cipher, outgoingMedia } = this.#options
    if (job.document.upload) return openJobUpload(cipher, job.id, job.document.upload)
    const upload = await outgoingMedia.upload({ id: job.id, chat: job.document.chat }, content, connection.files)
    if (!isStillOurs()) return null
    if (!job.snapshot) await this.#outcomes.comeAgain(job)
    else if ((await this.#progress.uploaded(job, upload)) === 'refused') this.#outcomes.putOff(job)
    else if (isStillOurs()) await this.#outcomes.comeAgain(job)
    return null
  }

  /** Where the file of a message lies. Null for a message without one. */
  #fileOf({ id, document }: OpenJob): FileOfJob | null {
    const { cipher } = this.#options
    const content = openJobContent(cipher, id, document)
    if (!document.upload || !hasFile(content)) return null
    return fileOfJob(cipher.sessionId, id, content, openJobUpload(cipher, id, document.upload))
  }

  /** Takes a pending job from the queue. Returns false when this run of the job is over. */
  async #take(job: OpenJob, proto: Uint8Array, isStillOurs: () => boolean): Promise<boolean> {
    const { pacer, clock } = this.#options
    if (isExpired(job.document, clock.now())) {
      await this.#outcomes.fail(job, EXPIRED)
      return false
    }
    // WhatsApp may have announced a limit since.
    if (pacer.holdOf(job.document.chat)) return this.#outcomes.holdBack(job)
    const outcome = await this.#progress.take(job, proto, pacer.sent(job.document.chat), this.#fileOf(job))
    if (outcome === 'ended' || !this.#jobs.has(job)) return false
    if (outcome === 'refused') return this.#outcomes.putOff(job)
    if (outcome === 'outdated') {
      // Somebody else changed the job: it may be canceled, moved, or have another content.
      if (isStillOurs()) await this.#outcomes.comeAgain(job)
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

  #stopAccepting(): void {
    this.#unsubscribe()
    this.#unsubscribe = () => {}
    this.#turns.stop()
    this.#options.receipts.stop()
  }
}
