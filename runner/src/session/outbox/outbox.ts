import { OWNER_WAITS_MS } from '@holdfast/core/message/due'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { HoldfastError, messageOf } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { ConnectionEnded, type Connection } from '../../whatsapp/port.ts'
import { byUrgency } from './job-order.ts'
import { JobProgress } from './job-progress.ts'
import { JobReader } from './job-reader.ts'
import { OpenJobs, type JobError, type OpenJob } from './open-jobs.ts'
import {
  afterFailure,
  CONNECTION_LOST,
  EXPIRED,
  isExpired,
  NO_ACK,
  NOT_ON_WHATSAPP,
  unansweredDelayMs,
  type SendPolicy,
} from './send-policy.ts'
import { Reachability } from './reachability.ts'
import type { Pacer } from './pacer.ts'
import type { Hold } from './pacing.ts'
import type { Receipts } from './receipts.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { SettledJobs } from './settled-jobs.ts'

/** A chat that waits behind a job of a later retry is looked at this often: that job may have been cancelled or moved. */
const LOOK_EVERY_MS = 60_000

/** Waiting jobs are judged anew this often, because settings of the tenant may have changed. */
const JUDGE_EVERY_MS = 10_000

export interface OutboxOptions {
  /** Passes every open job of the session to `onJobs`, then each newly queued one. */
  readonly subscribe: (onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
  readonly state: JournaledState
  readonly documents: DocumentStore
  readonly cipher: SessionCipher
  readonly clock: Clock
  /** Its values may change at any time. */
  readonly policy: SendPolicy
  readonly pacer: Pick<Pacer, 'isPaced' | 'holdOf' | 'sent'>
  readonly receipts: Receipts
  /** Outlives the outbox when the state is read again for each connection. */
  readonly settled: SettledJobs
  readonly logger: Logger
  /** Returns the same value for every name of a contact. */
  readonly contactOf: (chat: string) => string
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
  readonly #reader: JobReader
  readonly #reachability: Reachability
  readonly #open: OpenJobs
  readonly #sending = new Set<OpenJob>()
  #connection: Connection | null = null
  #accepting = true
  #unsubscribe: () => void = () => {}
  #cancelWake: () => void = () => {}
  #cancelLook: (() => void) | null = null
  #onIdle: () => void = () => {}
  /** The number of messages that WhatsApp acknowledged to this outbox. */
  sent = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#progress = new JobProgress(options)
    this.#reader = new JobReader(options.documents, options.cipher)
    this.#reachability = new Reachability(options.clock)
    this.#open = new OpenJobs(options.contactOf)
  }

  /** Subscribes to the session's jobs in Firestore, until the outbox stops. */
  listen(): void {
    this.#unsubscribe = this.#options.subscribe((jobs) => this.#hear(jobs))
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

  /** Judges all waiting jobs anew, because WhatsApp has changed a limit. */
  reconsider(): void {
    this.#next()
  }

  /**
   * Handles the server's answer to a message. Without an error the server has the message, and the
   * next record makes the job `sent`.
   */
  acknowledged(messageId: string, error: string | null): void {
    const job = this.#open.get(messageId)
    if (!job?.isTaken) return
    this.#leaveWire(job, 'waiting')
    if (error !== null) {
      return this.#refused(job, { code: `whatsapp-${error}`, message: `WhatsApp refused the message (${error}).` })
    }
    this.#close(job)
    this.sent++
    this.#options.receipts.add(messageId, job.id, 'sent')
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
    const { receipts, settled, logger } = this.#options
    try {
      const job = this.#reader.open(snapshot)
      if (!job) return
      const { messageId } = job.document
      const known = this.#open.get(messageId)
      if (known) return this.#renew(known, job)
      if (!settled.has(job.document) && !receipts.isSent(messageId)) this.#open.add(job)
    } catch (error) {
      logger.error({ error, job: snapshot.id }, 'A job cannot be read; it is skipped.')
    }
  }

  /** Takes over a later version of a waiting job, which a task or a person has changed. */
  #renew(known: OpenJob, found: OpenJob): void {
    if (known.phase !== 'waiting') return
    const isRequeued = Number(found.document.queuedAt) > Number(known.document.queuedAt)
    const isLater = known.snapshot !== null && Number(found.snapshot?.updatedAtMicros) > known.snapshot.updatedAtMicros
    if (!isRequeued && !isLater) return
    this.#open.remove(known)
    this.#open.add(found)
  }

  /** Begins whatever may begin now, and wakes up again when the next becomes due. */
  #next(): void {
    this.#cancelWake()
    if (!this.#connection || !this.#accepting) return
    const now = this.#options.clock.now()
    const { pacer, policy, clock } = this.#options
    let free = (pacer.isPaced ? 1 : policy.chatsAtOnce) - this.#sending.size
    let wakeAt = Number.POSITIVE_INFINITY
    const due: OpenJob[] = []
    for (const job of this.#open.heads()) {
      if (job.phase === 'sending') continue
      if (job.notBeforeMs <= now) due.push(job)
      // A task wakes the others.
      else if (job.phase === 'unknown' || job.notBeforeMs - now <= OWNER_WAITS_MS) wakeAt = Math.min(wakeAt, job.notBeforeMs)
      else if (this.#open.sizeOfChat(job) > 1) this.#lookLater()
    }
    for (const job of due.toSorted(byUrgency)) {
      if (free <= 0) break
      const hold = this.#holdOf(job)
      if (!hold) {
        free--
        void this.#send(job, this.#connection)
      } else wakeAt = Math.min(wakeAt, hold.untilMs)
    }
    if (!Number.isFinite(wakeAt)) return
    this.#cancelWake = clock.after(Math.min(Math.max(wakeAt - now, 0), JUDGE_EVERY_MS), () => this.#next(), 'outbox')
  }

  /** Returns why the job may not be sent now. A job that may be on the wire goes out again at any time. Shows a long hold. */
  #holdOf(job: OpenJob): Hold | null {
    const { pacer, clock } = this.#options
    if (job.phase === 'unknown') return null
    const hold = pacer.holdOf(job.document.chat)
    const until = hold && new Date(hold.untilMs)
    const isShown = job.document.hold?.reason === hold?.reason && Number(job.document.hold?.until) >= Number(until)
    if (!hold || !until || hold.untilMs - clock.now() <= OWNER_WAITS_MS || isShown || !job.snapshot) return hold
    void this.#show(job, { reason: hold.reason, until })
    return hold
  }

  async #show(job: OpenJob, hold: { reason: string; until: Date }): Promise<void> {
    await this.#progress.held(job, hold)
    await this.#refresh(job)
    this.#next()
  }

  /** Looks later at the jobs that block their chat for long. */
  #lookLater(): void {
    this.#cancelLook ??= this.#options.clock.after(
      LOOK_EVERY_MS,
      () => {
        this.#cancelLook = null
        const now = this.#options.clock.now()
        const blocking = [...this.#open.heads()].filter(
          (job) => job.phase === 'waiting' && job.notBeforeMs > now && this.#open.sizeOfChat(job) > 1,
        )
        void Promise.all(blocking.map((job) => this.#refresh(job))).then(() => this.#next())
      },
      'outbox',
    )
  }

  /**
   * Reads the present version of a pending job that others may have changed, unless a run of it has begun meanwhile. Keeps the known
   * version while Firestore does not answer.
   */
  async #refresh(job: OpenJob): Promise<void> {
    const { state, logger } = this.#options
    const { run } = job
    try {
      await state.journal.whenDurable()
      const found = await this.#reader.read(job.id)
      if (this.#open.get(job.document.messageId) !== job || job.run !== run) return
      // An earlier run has taken it in the meantime.
      if (job.isTaken) return this.#leaveWire(job, 'unknown')
      this.#leaveWire(job, 'waiting')
      this.#open.remove(job)
      if (found) this.#open.add(found)
    } catch (error) {
      if (state.journal.ended || job.run !== run) return
      logger.warn({ error, job: job.id }, 'A job could not be read again.')
      this.#leaveWire(job, 'waiting')
      job.notBeforeMs = Math.max(job.notBeforeMs, this.#options.clock.now() + 1000)
    }
  }

  async #send(job: OpenJob, connection: Connection): Promise<void> {
    const isTaken = job.isTaken
    const isRepeated = job.message !== null
    const run = (job.run = Symbol('run'))
    job.phase = 'sending'
    this.#sending.add(job)
    const isStillOurs = (): boolean => this.#connection === connection && job.phase === 'sending' && job.run === run
    try {
      if (!isTaken && !job.snapshot) return await this.#comeAgain(job)
      job.attempts++
      const proto = job.message ?? (await this.#compose(job, connection, isStillOurs))
      if (!proto) return
      const recorded = isTaken ? this.#progress.repeats(job, proto) : null
      if (!isTaken && !(await this.#take(job, proto, isStillOurs))) return
      await connection.relay(job.document.chat, proto, job.document.messageId, isRepeated)
      // The frame leaves when its record is durable; an ack can come only after that.
      await recorded
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
    const outcome = await this.#progress.take(job, proto, pacer.sent(job.document.chat))
    if (outcome === 'ended' || this.#open.get(job.document.messageId) !== job) return false
    if (outcome === 'refused') return this.#skip(job)
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
    this.#next()
    return false
  }

  /** Leaves a job, whose document Firestore does not let this owner change, to the next owner. */
  #skip(job: OpenJob): false {
    this.#options.logger.error({ job: job.id }, 'The document of a job cannot be changed; the job is skipped.')
    this.#leaveWire(job, 'waiting')
    this.#open.remove(job)
    this.#next()
    return false
  }

  /** Ends this run of a job and reads its present version, which the queue then judges anew. */
  async #comeAgain(job: OpenJob): Promise<void> {
    await this.#refresh(job)
    this.#next()
  }

  /** Takes a job off the wire and sets its phase. */
  #leaveWire(job: OpenJob, phase: 'waiting' | 'unknown'): void {
    job.cancelTimeout?.()
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

  #close(job: OpenJob): void {
    this.#open.remove(job)
    this.#options.settled.add(job.document)
  }

  /** Handles a missing ack. Sends the same message again under the same id: at once the first time, later after a delay. */
  #unanswered(job: OpenJob): void {
    if (job.phase !== 'sending') return
    this.#leaveWire(job, 'unknown')
    job.notBeforeMs = this.#options.clock.now() + unansweredDelayMs(++job.unanswered)
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
    const { clock, policy, onLaterRetry } = this.#options
    const decision = afterFailure(policy, job.document, error.code, ++job.refusals)
    if (decision.action === 'fail') return void this.#fail(job, error)
    this.#leaveWire(job, 'waiting')
    job.notBeforeMs = clock.now() + decision.delayMs
    void this.#progress.refused(job, error, () => {
      if (decision.delayMs > OWNER_WAITS_MS) onLaterRetry(job)
    })
    job.isTaken = false
    this.#next()
  }

  /** Fails a job for good. A pending one is failed in the known version only: another one is judged anew. */
  async #fail(job: OpenJob, { code, message }: JobError): Promise<void> {
    if (!job.isTaken && !job.snapshot) return this.#comeAgain(job)
    const failed = this.#progress.failed(job, { code, message })
    if (job.isTaken) {
      this.#leaveWire(job, 'waiting')
      this.#close(job)
    }
    const outcome = await failed
    if (this.#open.get(job.document.messageId) === job) {
      if (outcome === 'outdated') return this.#comeAgain(job)
      this.#leaveWire(job, 'waiting')
      this.#close(job)
    }
    this.#next()
  }

  #stopAccepting(): void {
    this.#accepting = false
    this.#unsubscribe()
    this.#unsubscribe = () => {}
    this.#cancelWake()
    this.#cancelLook?.()
    this.#cancelLook = null
    this.#options.receipts.stop()
  }
}
