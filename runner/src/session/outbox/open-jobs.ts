import type { JobDocument } from '@holdfast/core/message/job-document'

/** Why an attempt was not the last one, or the last one failed: a stable code, and a sentence for people. */
export type JobError = NonNullable<JobDocument['lastError']>

/**
 * One job that is not settled yet.
 *
 * waiting   to be sent, now or from `notBeforeMs`
 * sending   on its way to the wire, or on the wire without the server's ack
 * unknown   it may have been on the wire (a crash, a lost connection, no ack): it goes out again, under the same id and with the
 *           same content, before anything else to its chat
 */
export interface OpenJob {
  readonly id: string
  readonly document: JobDocument
  /** By Firestore's clock: the order in which jobs were accepted. */
  readonly createdAtMicros: number
  phase: 'waiting' | 'sending' | 'unknown'
  attempts: number
  /** Attempts that certainly failed. Those with an unknown outcome do not count towards giving up. */
  refusals: number
  /** Attempts in a row that nobody answered. */
  unanswered: number
  /** 0: as soon as there is a connection. */
  notBeforeMs: number
  /** Of the last attempt that ended; null before one has. */
  lastError: JobError | null
  /** It goes or went out once more because devices were missed. */
  sentToAll: boolean
  /** The message as it was first sent; null before that. */
  message: Uint8Array | null
  cancelTimeout: (() => void) | null
}

/** The open jobs of a session by message id, and each chat's in the order of sending. */
export class OpenJobs {
  readonly #contactOf: (chat: string) => string
  readonly #byMessageId = new Map<string, OpenJob>()
  readonly #byChat = new Map<string, OpenJob[]>()

  /** @param contactOf the same for every name of a contact: chats of one contact share one order */
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
    // Nearly always the last: jobs are heard of in the order of their creation.
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

  /** Of each contact the job whose turn it is. That two chats are with one contact may become known at any time. */
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

/** What is on its way is waited for, whatever came before it. */
const isBefore = (a: OpenJob, b: OpenJob): boolean => a.phase === 'sending' || (b.phase !== 'sending' && comesBefore(a, b))

/** What was or may be on the wire comes before what was never sent; else the older one first. */
const comesBefore = (a: OpenJob, b: OpenJob): boolean =>
  rank(a) < rank(b) || (rank(a) === rank(b) && a.createdAtMicros <= b.createdAtMicros)

const rank = (job: OpenJob): number => (job.phase === 'waiting' ? 1 : 0)
