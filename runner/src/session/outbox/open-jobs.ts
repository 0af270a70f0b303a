import type { JobDocument } from '@holdfast/core/message/job-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { JobTrace } from './job-trace.ts'
import { comesBefore } from './job-order.ts'

/** The error of a failed attempt: a stable code, and a sentence for people. */
export type JobError = NonNullable<JobDocument['lastError']>

/**
 * One job that is not settled yet.
 *
 * waiting   `pending` in its document: to be sent, now or from `notBeforeMs`
 * sending   being taken from the queue, on its way to the wire, or on the wire without the server's ack
 * unknown   it may have been on the wire (a crash, a lost connection, no ack): it goes out again, under the same id and with the
 *           same content, before anything else to its chat
 */
export interface OpenJob {
  readonly id: string
  readonly document: JobDocument
  /**
   * The version of the document that `document` shows. Null when this owner has changed it since; the document is then read again
   * before the job leaves the state `pending`.
   */
  snapshot: DocumentSnapshot | null
  /** When the document was read, by the monotonic clock. */
  readonly readAtMs: number
  /** The time of creation by Firestore's clock. It orders the jobs as they were accepted. */
  readonly createdAtMicros: number
  phase: 'waiting' | 'sending' | 'unknown'
  /** True once the job's document certainly says `processing`. Until then others may cancel, change or move the job. */
  isTaken: boolean
  attempts: number
  /** The number of attempts that certainly failed. Attempts with an unknown outcome do not count towards giving up. */
  refusals: number
  /** The number of attempts in a row without an ack. */
  unanswered: number
  /** The earliest time of the next attempt, ms; 0: as soon as there is a connection. */
  notBeforeMs: number
  /** The error of the last attempt; null before the first one. */
  lastError: JobError | null
  /** True when WhatsApp has acknowledged an earlier copy of the message while the job was in the queue again. */
  isAcknowledged: boolean
  /** True once the message goes or went out again for devices that were missed. */
  sentToAll: boolean
  /** The message as it was first sent; null before that. */
  message: Uint8Array | null
  cancelTimeout: (() => void) | null
  /** Tells one run of the job from a later one. */
  run: symbol | null
  /** The run whose frame is about to leave; null before that, and once it has left. */
  leaving: symbol | null
  readonly trace: JobTrace
}

/** The open jobs of a session, by message id and by chat. The jobs of a chat are in the order of sending. */
export class OpenJobs {
  readonly #contactOf: (chat: string) => string
  readonly #byMessageId = new Map<string, OpenJob>()
  readonly #byChat = new Map<string, OpenJob[]>()

  /** @param contactOf returns the same value for every name of a contact, so that all its chats share one order */
  constructor(contactOf: (chat: string) => string) {
    this.#contactOf = contactOf
  }

  get size(): number {
    return this.#byMessageId.size
  }

  get(messageId: string): OpenJob | undefined {
    return this.#byMessageId.get(messageId)
  }

  all(): IterableIterator<OpenJob> {
    return this.#byMessageId.values()
  }

  add(job: OpenJob): void {
    const { chat, messageId } = job.document
    this.#byMessageId.set(messageId, job)
    const jobs = this.#byChat.get(chat)
    if (!jobs) {
      this.#byChat.set(chat, [job])
      return
    }
    // The place is nearly always the last one: Firestore lists jobs in the order of their creation.
    const index = jobs.findLastIndex((other) => comesBefore(other, job))
    jobs.splice(index + 1, 0, job)
  }

  remove(job: OpenJob): void {
    const { chat, messageId } = job.document
    this.#byMessageId.delete(messageId)
    const jobs = this.#byChat.get(chat) ?? []
    const index = jobs.indexOf(job)
    if (index >= 0) jobs.splice(index, 1)
    if (jobs.length === 0) this.#byChat.delete(chat)
  }

  /** The number of jobs in the chat of a job. */
  sizeOfChat({ document: { chat } }: OpenJob): number {
    return this.#byChat.get(chat)?.length ?? 0
  }

  /** Returns the next job of each contact. It may become known at any time that two chats are with one contact. */
  heads(): IterableIterator<OpenJob> {
    const heads = new Map<string, OpenJob>()
    for (const [chat, [job]] of this.#byChat) {
      const contact = this.#contactOf(chat)
      const other = heads.get(contact)
      if (job && (!other || isBefore(job, other))) heads.set(contact, job)
    }
    return heads.values()
  }
}

/** A job on its way comes first: every other job waits for it. */
const isBefore = (a: OpenJob, b: OpenJob): boolean => a.phase === 'sending' || (b.phase !== 'sending' && comesBefore(a, b))
