import {
  JOBS,
  OPEN_JOB_STATUSES,
  jobContentPlace,
  jobDocumentSchema,
  jobPath,
  jobProtoPlace,
  type JobDocument,
} from '@holdfast/core/documents/job-document'
import { parseStored } from '@holdfast/core/documents/parse'
import type { SessionCipher } from '@holdfast/core/envelope'
import { messageOf } from '@holdfast/core/errors'
import type { Logger } from '@holdfast/core/logging'
import { Append, type Clock, type DocumentSnapshot, type DocumentStore, type Fields } from '@holdfast/core/ports'
import type { Connection } from './connection.ts'
import { afterFailure, type SendPolicy } from './send-policy.ts'
import type { SentJobs } from './sent-jobs.ts'
import type { SessionState } from './session-state.ts'

/**
 * One job that is not settled yet.
 *
 * waiting   to be sent, now or from `notBeforeMs`
 * sending   on its way to the wire, or on the wire without the server's ack
 * unknown   it may have been on the wire (a crash, a lost connection, no ack): it goes out again, under the same id and with the
 *           same content, before anything else to its chat
 */
interface OpenJob {
  readonly id: string
  readonly document: JobDocument
  readonly createdAtMicros: number
  phase: 'waiting' | 'sending' | 'unknown'
  attempts: number
  notBeforeMs: number
  message: Uint8Array | null
  cancelTimeout: (() => void) | null
}

/**
 * Sends the jobs of one session: in order per chat, one at a time to each, up to a number of chats at once. A job's state changes in
 * the commit of a journal record, so that an owner that lost the session cannot change it either.
 */
export class Outbox {
  readonly #sessionId: string
  readonly #state: SessionState
  readonly #cipher: SessionCipher
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #policy: SendPolicy
  readonly #sentJobs: SentJobs
  readonly #logger: Logger
  readonly #open = new Map<string, OpenJob>()
  #connection: Connection | null = null
  #stopListening: (() => void) | null = null
  #cancelWake: (() => void) | null = null
  #accepting = true
  sent = 0

  constructor(options: {
    sessionId: string
    state: SessionState
    cipher: SessionCipher
    documents: DocumentStore
    clock: Clock
    policy: SendPolicy
    sentJobs: SentJobs
    logger: Logger
  }) {
    this.#sessionId = options.sessionId
    this.#state = options.state
    this.#cipher = options.cipher
    this.#documents = options.documents
    this.#clock = options.clock
    this.#policy = options.policy
    this.#sentJobs = options.sentJobs
    this.#logger = options.logger
  }

  /** Hears of jobs through Firestore, for as long as the session is owned. */
  listen(): void {
    const query = {
      collection: JOBS,
      where: [
        ['sessionId', '==', this.#sessionId],
        ['status', 'in', OPEN_JOB_STATUSES],
      ] as const,
    }
    const onEvents = (events: readonly { kind: string; document: DocumentSnapshot }[]) => {
      for (const { kind, document } of events) if (kind === 'added') this.#add(document)
      this.#next()
    }
    this.#stopListening = this.#documents.listen(query, onEvents, (error) => {
      this.#logger.warn({ error }, 'The job listener failed; it is set up again.')
      this.#stopListening = null
      if (this.#accepting) this.#cancelWake = this.#clock.after(1000, () => this.listen())
    })
  }

  /** The connection is ready to send. */
  opened(connection: Connection): void {
    this.#connection = connection
    this.#next()
  }

  /** The connection is gone: what was on its way has an unknown outcome. */
  closed(): void {
    this.#connection = null
    for (const job of this.#open.values()) {
      if (job.phase !== 'sending') continue
      job.cancelTimeout?.()
      job.phase = 'unknown'
    }
  }

  /** Nothing more is begun. */
  stop(): void {
    this.#accepting = false
    this.#stopListening?.()
    this.#cancelWake?.()
    this.closed()
  }

  get inFlight(): number {
    return [...this.#open.values()].filter(({ phase }) => phase === 'sending').length
  }

  get waiting(): number {
    return this.#open.size
  }

  /** The server's word on a message. Without an error it has it: `sent` rides on the next record. */
  acknowledged(messageId: string, error: string | null): void {
    const job = [...this.#open.values()].find(({ document }) => document.messageId === messageId)
    if (!job) return
    job.cancelTimeout?.()
    if (error !== null) return this.#refused(job, `whatsapp-${error}`, `WhatsApp refused the message (${error}).`)
    this.#open.delete(job.id)
    this.sent++
    this.#sentJobs.add(messageId, job.id, 'sent')
    this.#record(job, {
      status: 'sent',
      lastError: null,
      nextAttemptAt: null,
      timeline: new Append({ status: 'sent', at: this.#now() }),
    })
    this.#next()
  }

  #add(snapshot: DocumentSnapshot): void {
    if (this.#open.has(snapshot.id)) return
    let document: JobDocument
    try {
      document = parseStored(jobDocumentSchema, snapshot.fields, snapshot.path)
    } catch (error) {
      this.#logger.error({ error, job: snapshot.id }, 'A job has an unexpected shape and is left alone.')
      return
    }
    this.#open.set(snapshot.id, {
      id: snapshot.id,
      document,
      createdAtMicros: snapshot.createdAtMicros,
      phase: document.status === 'processing' ? 'unknown' : 'waiting',
      attempts: document.attempts,
      notBeforeMs: document.nextAttemptAt?.getTime() ?? 0,
      message: document.proto === undefined ? null : this.#cipher.openContent(document.proto, jobProtoPlace(snapshot.id)),
      cancelTimeout: null,
    })
  }

  /** Begins whatever may begin now, and wakes up again when the next becomes due. */
  #next(): void {
    this.#cancelWake?.()
    this.#cancelWake = null
    if (!this.#connection || !this.#accepting) return
    const now = this.#clock.now()
    let free = this.#policy.chatsAtOnce - this.inFlight
    let wakeAt = Number.POSITIVE_INFINITY
    for (const job of this.#heads()) {
      if (job.phase === 'sending') continue
      if (job.notBeforeMs > now) wakeAt = Math.min(wakeAt, job.notBeforeMs)
      else if (free-- > 0) void this.#send(job, this.#connection)
    }
    if (Number.isFinite(wakeAt)) this.#cancelWake = this.#clock.after(wakeAt - now, () => this.#next())
  }

  /** The job of each chat whose turn it is: the one with an unknown outcome first, else the oldest. */
  #heads(): OpenJob[] {
    const heads = new Map<string, OpenJob>()
    for (const job of this.#open.values()) {
      const head = heads.get(job.document.chat)
      if (!head || comesBefore(job, head)) heads.set(job.document.chat, job)
    }
    return [...heads.values()].sort((a, b) => a.createdAtMicros - b.createdAtMicros)
  }

  async #send(job: OpenJob, connection: Connection): Promise<void> {
    const { chat, messageId } = job.document
    job.phase = 'sending'
    try {
      if (!job.message) {
        if (!(await connection.isReachable(chat)))
          return this.#fail(job, 'not-on-whatsapp', 'Nobody has this number on WhatsApp.')
        job.message = connection.composeText(chat, this.#textOf(job), messageId)
      }
      this.#recordAttempt(job, job.message)
      job.cancelTimeout = this.#clock.after(this.#policy.ackTimeoutMs, () => this.#unanswered(job))
      await connection.relay(chat, job.message, messageId)
    } catch (error) {
      job.cancelTimeout?.()
      // The connection's end is no failure of the job: `closed` has made its outcome unknown.
      if (this.#connection !== connection || job.phase !== 'sending') return
      this.#refused(job, 'send-failed', messageOf(error))
    }
  }

  #textOf(job: OpenJob): string {
    const content = this.#cipher.openContent(job.document.content, jobContentPlace(job.id))
    return (JSON.parse(content.toString()) as { text: string }).text
  }

  #recordAttempt(job: OpenJob, message: Uint8Array): void {
    job.attempts++
    const at = this.#now()
    this.#record(job, {
      status: 'processing',
      attempts: job.attempts,
      lastAttemptAt: at,
      nextAttemptAt: null,
      proto: this.#cipher.sealContent(message, jobProtoPlace(job.id)),
      timeline: new Append({ status: 'processing', at, attempt: job.attempts }),
    })
  }

  /** No ack came in time: the same message again, under the same id. */
  #unanswered(job: OpenJob): void {
    if (job.phase !== 'sending') return
    job.phase = 'unknown'
    this.#next()
  }

  /** The attempt certainly failed: again after the delay of the schedule, or for good when it is exhausted. */
  #refused(job: OpenJob, code: string, message: string): void {
    const decision = afterFailure(this.#policy, code, job.attempts)
    if (decision.action === 'fail') return this.#fail(job, code, message)
    job.phase = 'waiting'
    job.notBeforeMs = this.#clock.now() + decision.delayMs
    const nextAttemptAt = new Date(job.notBeforeMs)
    const timeline = new Append({ status: 'pending', at: this.#now(), attempt: job.attempts })
    this.#record(job, { status: 'pending', nextAttemptAt, lastError: { code, message }, timeline })
    this.#next()
  }

  #fail(job: OpenJob, code: string, message: string): void {
    const at = this.#now()
    this.#open.delete(job.id)
    this.#record(job, {
      status: 'failed',
      failedAt: at,
      nextAttemptAt: null,
      lastError: { code, message },
      timeline: new Append({ status: 'failed', at }),
    })
    this.#next()
  }

  #record(job: OpenJob, fields: Fields): void {
    this.#state.append({ writes: () => [{ kind: 'merge', path: jobPath(job.id), fields }] })
  }

  #now(): Date {
    return new Date(this.#clock.now())
  }
}

const comesBefore = (a: OpenJob, b: OpenJob): boolean =>
  rank(a) < rank(b) || (rank(a) === rank(b) && a.createdAtMicros < b.createdAtMicros)

/** What is or may be on the wire comes before what was never sent. */
const rank = (job: OpenJob): number => (job.phase === 'waiting' ? 1 : 0)
