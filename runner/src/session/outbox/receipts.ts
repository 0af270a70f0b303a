import { JOBS, advances, jobDocumentSchema, type JobStatus } from '@holdfast/core/message/job-document'
import { openJobProto } from '@holdfast/core/message/sealed-content'
import { parseStored } from '@holdfast/core/platform/parse'
import { isDamage, isKeyTrouble } from '@holdfast/core/platform/errors'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import type { SessionEvent } from '../events/session-event.ts'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { JournaledState } from '../journal/journaled-state.ts'

/** A job that could not be looked up is looked up again after this. */
const SETTLE_AGAIN_MS = 60_000

/** Jobs whose messages are with WhatsApp: their receipts, and their content when a contact asks for it again. */
export class Receipts {
  readonly #sessionId: string
  readonly #state: JournaledState
  readonly #cipher: SessionCipher
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  /** The newest ones, by message id. Others are looked up. */
  readonly #recent = new Map<string, { jobId: string; status: JobStatus }>()
  /** Messages whose recorded receipts are to be settled at the next attempt. */
  readonly #unsettled = new Set<string>()
  #cancelAttempt: (() => void) | null = null
  #isStopped = false

  constructor(options: {
    sessionId: string
    state: JournaledState
    cipher: SessionCipher
    documents: DocumentStore
    clock: Clock
    logger: Logger
  }) {
    this.#sessionId = options.sessionId
    this.#state = options.state
    this.#cipher = options.cipher
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
  }

  add(messageId: string, jobId: string, status: JobStatus): void {
    this.#recent.set(messageId, { jobId, status })
    const oldest = this.#recent.keys().next()
    if (this.#recent.size > RECENT_JOBS && !oldest.done) this.#recent.delete(oldest.value)
  }

  /** Whether WhatsApp is known to have the message, however old what Firestore said of its job was. */
  isSent(messageId: string): true | undefined {
    const known = this.#recent.get(messageId)
    return known && advances('processing', known.status) && known.status !== 'failed' ? true : undefined
  }

  /**
   * A contact received or read a message. What it changes is in the journal before this returns, since WhatsApp forgets the
   * receipt once we have acknowledged it: the job's new status if the job is known, else the receipt itself until it was looked up.
   */
  receipt(messageId: string, type: 'delivered' | 'read'): void {
    const known = this.#recent.get(messageId)
    if (known) {
      this.#advance(messageId, known, type)
      return
    }
    const recorded = this.#state.image.get('receipt', messageId)
    if (recorded === 'read' || recorded === type) return
    this.#state.change({ keys: { receipt: { [messageId]: type } } })
    if (recorded === undefined) this.#settle(messageId)
  }

  /** Settles the receipts that the last owner recorded and did not get to. */
  settleRecorded(): void {
    for (const [messageId] of this.#state.image.entries('receipt')) this.#settle(messageId)
  }

  /** Nothing is looked up again by itself: what is recorded is left to whoever has the state next. */
  stop(): void {
    this.#isStopped = true
    this.#cancelAttempt?.()
    this.#cancelAttempt = null
  }

  /**
   * The message as it was sent, for a contact that asks for it again; null when no job of this session has this id, or when it is
   * damaged: whoever waited for that to change would wait for ever, with all that came with the request.
   */
  async messageOf(messageId: string): Promise<Uint8Array | null> {
    try {
      const found = await this.#find(messageId)
      if (!found?.job.proto) return null
      return openJobProto(this.#cipher, found.id, found.job.proto)
    } catch (error) {
      if (!isDamage(error) && !isKeyTrouble(error)) throw error
      this.#logger.error({ error, messageId }, 'A message that a contact asks for again cannot be read: it is not sent again.')
      return null
    }
  }

  /** Looks the job up and gives it what is recorded by then: a later receipt may have come meanwhile. */
  #settle(messageId: string): void {
    this.#find(messageId).then(
      (found) => {
        const type = this.#state.image.get('receipt', messageId)
        if (type === undefined) return
        const forget = { keys: { receipt: { [messageId]: null } } }
        if (!found) {
          this.#state.later(forget.keys)
          return
        }
        const known = this.#recent.get(messageId) ?? { jobId: found.id, status: found.job.status }
        this.#advance(messageId, known, STATE_KINDS.receipt.codec.decode(type), forget)
      },
      (error: unknown) => this.#settleLater(messageId, error),
    )
  }

  /** It stays recorded. What is damaged is left to the next owner: a minute changes nothing about it. */
  #settleLater(messageId: string, error: unknown): void {
    this.#logger.warn({ error, messageId }, 'A receipt could not be settled yet.')
    if (this.#isStopped || isDamage(error)) return
    this.#unsettled.add(messageId)
    this.#cancelAttempt ??= this.#clock.after(
      SETTLE_AGAIN_MS,
      () => {
        this.#cancelAttempt = null
        const due = [...this.#unsettled]
        this.#unsettled.clear()
        for (const one of due) this.#settle(one)
      },
      'receipts',
    )
  }

  #advance(
    messageId: string,
    known: { jobId: string; status: JobStatus },
    type: 'delivered' | 'read',
    mutation?: { keys: Record<string, Record<string, null>> },
  ): void {
    if (!advances(known.status, type)) {
      if (mutation) this.#state.later(mutation.keys)
      return
    }
    this.add(messageId, known.jobId, type)
    const at = new Date(this.#clock.now())
    const event: SessionEvent = { type: 'message.status', job: known.jobId, messageId, at, status: type }
    if (mutation) this.#state.change(mutation, { events: [event] })
    else this.#state.append({ events: [event] })
  }

  async #find(messageId: string) {
    const where = [
      ['sessionId', '==', this.#sessionId],
      ['messageId', '==', messageId],
    ] as const
    const [snapshot] = await this.#documents.query({ collection: JOBS, where, limit: 1 })
    return snapshot ? { id: snapshot.id, job: parseStored(jobDocumentSchema, snapshot.fields, snapshot.path) } : null
  }
}

const RECENT_JOBS = 5000
