import { advances, type JobStatus } from '@holdfast/core/message/job-document'
import { isDamage, isKeyTrouble } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot } from '@holdfast/core/platform/ports'
import { below, NO_TRACES, type Traces } from '@holdfast/core/platform/traces'
import type { SessionEvent } from '../events/session-event.ts'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { ReceiptType } from '../../whatsapp/port.ts'
import { MessageAcks } from './message-acks.ts'
import { SentJobs, type SentJob, type SentJobsOptions } from './sent-jobs.ts'

/** The pause before the next lookup of a job, after one that failed. */
const SETTLE_AGAIN_MS = 60_000

/** What is known of a job whose message was sent. */
type KnownJob = Pick<SentJob, 'id' | 'chat' | 'status' | 'traceparent'>

const chatIn = (chat: string | null) => (chat === null ? {} : { chat })

/** Handles receipts for sent messages, and returns their content when a contact asks for it again. */
export class Receipts {
  readonly #state: JournaledState
  readonly #jobs: SentJobs
  readonly #acks: MessageAcks
  readonly #clock: Clock
  readonly #traces: Traces
  readonly #logger: Logger
  /** The newest jobs, by message id. Older jobs are looked up in Firestore. */
  readonly #recent = new Map<string, KnownJob>()
  /** The ids of messages whose recorded receipts the next attempt settles. */
  readonly #unsettled = new Set<string>()
  /** The corrections of failed jobs that are on their way, by message id. */
  readonly #corrections = new Map<string, Promise<void>>()
  #cancelAttempt: (() => void) | null = null
  #isStopped = false

  constructor(options: SentJobsOptions & { state: JournaledState; clock: Clock; traces?: Traces; logger: Logger }) {
    this.#state = options.state
    this.#traces = options.traces ?? NO_TRACES
    this.#jobs = new SentJobs(options)
    this.#acks = new MessageAcks(options)
    this.#clock = options.clock
    this.#logger = options.logger
  }

  add(messageId: string, { id, chat, traceparent }: Pick<SentJob, 'id' | 'chat' | 'traceparent'>, status: JobStatus): void {
    this.#recent.set(messageId, { id, chat, traceparent, status })
    const oldest = this.#recent.keys().next()
    if (this.#recent.size > RECENT_JOBS && !oldest.done) this.#recent.delete(oldest.value)
  }

  /** Whether WhatsApp is known to have the message, even if an older document of its job says otherwise. */
  isSent(messageId: string): true | undefined {
    const known = this.#recent.get(messageId)
    return known && advances('processing', known.status) && known.status !== 'failed' ? true : undefined
  }

  /**
   * Handles a receipt. The change is in the journal before this returns, since WhatsApp forgets the receipt
   * after our acknowledgement. For a known job the change is its new status; for another it is the receipt
   * itself, until the job is looked up. Jobs only know that a message was read; that it was played is in the message's own document.
   */
  receipt(messageId: string, received: ReceiptType): void {
    // No message has such an id, and what is recorded under it would be taken for a receipt of another message.
    if (messageId.startsWith(PLAYED)) return
    const type = received === 'played' ? 'read' : received
    if (received === 'played') this.#record(`${PLAYED}${messageId}`, 'read')
    const known = this.#certain(messageId)
    if (known) {
      this.#advance(messageId, known, type)
      return
    }
    this.#record(messageId, type)
  }

  /** Records a receipt until it is settled. */
  #record(entry: string, type: 'delivered' | 'read'): void {
    const recorded = this.#state.image.get('receipt', entry)
    if (recorded === 'read' || recorded === type) return
    this.#state.change({ keys: { receipt: { [entry]: type } } })
    if (recorded === undefined) this.#settle(entry)
  }

  /** Handles an ack of a job that is not open any more. One that has failed is `sent`, unless somebody has queued it again. */
  async acknowledgedLate(messageId: string): Promise<void> {
    try {
      while (this.#recent.get(messageId)?.status === 'failed') {
        const found = await this.#find(messageId)
        if (found?.status !== 'failed' || !found.snapshot) return
        await this.#correct(messageId, found, found.snapshot)
      }
    } catch (error) {
      // A receipt corrects it as well.
      this.#logger.warn({ error, messageId }, 'A failed message that WhatsApp has could not be corrected.')
    }
  }

  /** Settles the recorded receipts that the last owner did not settle. */
  settleRecorded(): void {
    for (const [messageId] of this.#state.image.entries('receipt')) this.#settle(messageId)
  }

  /** Stops all lookups. The recorded receipts are left to the next owner of the state. */
  stop(): void {
    this.#isStopped = true
    this.#cancelAttempt?.()
    this.#cancelAttempt = null
  }

  /**
   * Returns the message as it was sent, for a contact that asks for it again. Returns null when no job of this
   * session has the id, and when the stored message is damaged: a caller that retried a damaged one would block the
   * contact's whole request for ever.
   */
  async messageOf(messageId: string): Promise<Uint8Array | null> {
    try {
      const found = await this.#jobs.find(messageId)
      return found && (await found.message())
    } catch (error) {
      if (!isDamage(error) && !isKeyTrouble(error)) throw error
      this.#logger.error(
        { error, messageId },
        'A message that a contact asks for again cannot be decrypted; it is not sent again.',
      )
      return null
    }
  }

  /** Looks up the job and applies the receipt that is recorded by then, since a later receipt may have come during the lookup. */
  #settle(messageId: string): void {
    if (messageId.startsWith(PLAYED)) {
      this.#settleInDocument(messageId, messageId.slice(PLAYED.length), 'played')
      return
    }
    this.#find(messageId).then(
      (found) => {
        const type = this.#state.image.get('receipt', messageId)
        if (type === undefined) return
        const forget = { keys: { receipt: { [messageId]: null } } }
        if (!found) {
          this.#settleInDocument(messageId, messageId, STATE_KINDS.receipt.codec.decode(type))
          return
        }
        const known = this.#certain(messageId) ?? found
        if (known.status === 'failed' && found.snapshot) {
          this.#correct(messageId, found, found.snapshot).then(
            () => this.#settle(messageId),
            (error: unknown) => this.#settleLater(messageId, error),
          )
          return
        }
        this.#advance(messageId, known, STATE_KINDS.receipt.codec.decode(type), forget)
      },
      (error: unknown) => this.#settleLater(messageId, error),
    )
  }

  /** Applies a receipt to the message's own document. Without one the receipt is of a message that nobody stores. */
  #settleInDocument(entry: string, messageId: string, type: ReceiptType): void {
    this.#acks.eventsOf(messageId, type).then(
      (events) => {
        const forget = { receipt: { [entry]: null } }
        const recorded = this.#state.image.get('receipt', entry)
        if (events.length === 0) this.#state.later(forget)
        else this.#state.change({ keys: forget }, { events })
        // A later receipt has come during the look-up.
        if (entry === messageId && recorded === 'read' && type === 'delivered') this.#record(entry, 'read')
      },
      (error: unknown) => this.#settleLater(entry, error),
    )
  }

  /** The status of a recent job. Null for a failed one, because somebody may have queued it again. */
  #certain(messageId: string): KnownJob | null {
    const known = this.#recent.get(messageId)
    return known && known.status !== 'failed' ? known : null
  }

  /** Looks up a job, as this owner itself has left it. */
  async #find(messageId: string): Promise<SentJob | null> {
    if (this.#recent.has(messageId)) await this.#state.journal.whenShown()
    return this.#jobs.find(messageId)
  }

  /**
   * Makes a failed job `sent`, because WhatsApp has its message after all. It does so in the version that was found, since somebody may
   * queue the job again meanwhile. Resolves after that, or when the job has changed.
   */
  #correct(messageId: string, { id, chat, traceparent }: SentJob, snapshot: DocumentSnapshot): Promise<void> {
    const underway = this.#corrections.get(messageId)
    // Two in one commit would both find the version.
    if (underway) return underway
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const at = new Date(this.#clock.now())
    const event: SessionEvent = { type: 'message.status', job: id, messageId, ...chatIn(chat), at, status: 'sent' }
    this.#state.append({
      events: [event],
      traceparent,
      unlessChanged: [snapshot],
      onWritten: () => {
        this.add(messageId, { id, chat, traceparent }, 'sent')
        this.#logger.info({ job: id, messageId }, 'A message that had failed was sent: WhatsApp has it.')
        resolve()
      },
      onOutdated: resolve,
      onRefused: () => reject(new Error('Firestore refused to change the job.')),
    })
    const correction = promise.finally(() => this.#corrections.delete(messageId))
    this.#corrections.set(messageId, correction)
    return correction
  }

  /**
   * Schedules the next lookup; the receipt stays recorded. A damaged job is left to the next owner: a minute does not repair it.
   */
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
    known: KnownJob,
    type: 'delivered' | 'read',
    mutation?: { keys: Record<string, Record<string, null>> },
  ): void {
    if (!advances(known.status, type)) {
      if (mutation) this.#state.later(mutation.keys)
      return
    }
    this.add(messageId, known, type)
    const at = new Date(this.#clock.now())
    const { id, chat, traceparent } = known
    const span = below(this.#traces, traceparent, 'receipt', {
      kind: 'consumer',
      attributes: { 'holdfast.job': id, 'holdfast.status': type },
    })
    const event: SessionEvent = { type: 'message.status', job: id, messageId, ...chatIn(chat), at, status: type }
    const entry = { events: [event], traceparent, onWritten: () => span.end() }
    if (mutation) this.#state.change(mutation, entry)
    else this.#state.append(entry)
  }
}

const RECENT_JOBS = 5000

/** Begins the key of a recorded receipt which says that a message was played. An id has no blank. */
const PLAYED = 'played '
