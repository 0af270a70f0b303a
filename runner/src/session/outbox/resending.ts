import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { AskedAgainRow } from '@holdfast/core/journal/state-values'
import { ConnectionEnded, type AskedAgain, type Connection } from '../../whatsapp/port.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import { CopiesOnWire } from './copies-on-wire.ts'
import type { Receipts } from './receipts.ts'
import { afterFailure, unansweredDelayMs, type SendPolicy } from './send-policy.ts'

const { codec } = STATE_KINDS['asked-again']

/** The limit of requests that are remembered. Ids and devices in them are a stranger's choice. */
const MAX_REQUESTS = 1000

/** How often a device may ask for one message, as with WhatsApp's clients. One that can read no copy at all would ask for ever. */
const MAX_TIMES_ASKED = 5

/** The limit of requests whose number is remembered. */
const MAX_COUNTED = 5000

/** The requests are looked at this often, because the wall clock, which times the copies, may be set meanwhile. */
const LOOK_EVERY_MS = 10_000

/** A request whose copy may be on the wire, or that waits for its next copy. */
interface Request {
  readonly id: string
  readonly row: AskedAgainRow
  /** The time of the next copy, ms, unless the device gets this one. */
  readonly dueAtMs: number
}

export interface ResendingOptions {
  readonly state: JournaledState
  readonly receipts: Pick<Receipts, 'messageOf'>
  /** Its values may change at any time. */
  readonly policy: Pick<SendPolicy, 'ackTimeoutMs' | 'retryDelaysMs' | 'maxRetries'>
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Watches the copies of messages that devices ask for again because they could not read them. Baileys sends the first copy and
 * acknowledges the request, so that WhatsApp forgets it. A request is therefore recorded before the copy leaves, and ends when
 * WhatsApp has a copy or the device has read one. A copy that was refused or got lost is sent again, to that device only, with the
 * delays of a job. The job stays `sent`: its other devices may have read it.
 */
export class Resending {
  readonly #options: ResendingOptions
  readonly #requests = new Map<string, Request>()
  /** The number of times that each device has asked for a message, by the ids of the requests. */
  readonly #timesAsked = new Map<string, number>()
  readonly #onWire = new CopiesOnWire()
  #connection: Connection | null = null
  #cancelWake: () => void = () => {}

  constructor(options: ResendingOptions) {
    this.#options = options
    for (const [id, encoded] of options.state.image.entries('asked-again')) {
      this.#requests.set(id, { id, row: codec.decode(encoded), dueAtMs: 0 })
    }
  }

  /** Records a request whose first copy is about to leave. The gate holds that copy until the record is durable. */
  asked({ messageId, chat, device }: AskedAgain): void {
    const id = `${messageId} ${device}`
    if (this.#requests.size >= MAX_REQUESTS && !this.#requests.has(id)) return
    if (this.#count(id) > MAX_TIMES_ASKED) return
    this.#leaves({ id, row: { messageId, chat, device, copies: 1, notBeforeMs: 0 } })
  }

  /** Handles the server's answer to a message that belongs to no open job. */
  acknowledged(messageId: string, error: string | null): void {
    const answered = this.#onWire.answered(messageId, error)
    if (!answered) return
    const codes = answered.errors.map((one) => `whatsapp-${one}`)
    for (const id of answered.requests) {
      const request = this.#requests.get(id)
      // A receipt may have ended it.
      if (!request) continue
      if (codes.length === 0) this.#end(request)
      else this.#refused(request, codes)
    }
    this.#wake()
  }

  /** Handles a receipt for a message: the device has read it. */
  received(messageId: string, device: string): void {
    const request = this.#requests.get(`${messageId} ${device}`)
    if (request) this.#end(request)
  }

  /** Begins to send over a new connection. Receipts that WhatsApp kept meanwhile arrive before the first copy is due. */
  opened(connection: Connection): void {
    const { clock, policy } = this.#options
    this.#connection = connection
    const afterMs = clock.now() + policy.ackTimeoutMs
    for (const [id, request] of this.#requests) {
      this.#requests.set(id, { ...request, dueAtMs: Math.max(request.row.notBeforeMs, afterMs) })
    }
    this.#wake()
  }

  /** Sends no more copies. Answers to those on their way still count. */
  stop(): void {
    this.#connection = null
    this.#cancelWake()
  }

  /** Handles the end of the connection. The requests wait for the next one. */
  closed(): void {
    this.stop()
    this.#onWire.clear()
  }

  /** Counts a request, and returns how often the device has asked for the message. */
  #count(id: string): number {
    const times = (this.#timesAsked.get(id) ?? 0) + 1
    this.#timesAsked.delete(id)
    this.#timesAsked.set(id, times)
    const oldest = this.#timesAsked.keys().next()
    if (this.#timesAsked.size > MAX_COUNTED && !oldest.done) this.#timesAsked.delete(oldest.value)
    return times
  }

  /** Handles a refusal. Of several codes, one that a retry may mend counts: the others may be about other devices. */
  #refused({ id, row }: Request, codes: readonly string[]): void {
    const { policy, clock, logger } = this.#options
    const { messageId, copies } = row
    for (const code of codes) {
      const decision = afterFailure(policy, { retryDelaysMs: null }, code, copies)
      if (decision.action === 'fail') continue
      const notBeforeMs = clock.now() + decision.delayMs
      this.#keep({ id, row: { ...row, notBeforeMs }, dueAtMs: notBeforeMs })
      const nextAttemptAt = new Date(notBeforeMs)
      logger.warn(
        { messageId, code, copies, nextAttemptAt },
        'A message that a device asked for again was refused; it is sent again.',
      )
      return
    }
    this.#giveUp({ id, row }, codes.join(' '))
  }

  /** Sends the copies that are due, and wakes up for the next one. */
  #wake(): void {
    this.#cancelWake()
    const { clock } = this.#options
    if (!this.#connection) return
    const now = clock.now()
    for (const request of this.#requests.values()) if (request.dueAtMs <= now) void this.#send(request, this.#connection)
    const nextAtMs = Math.min(...Array.from(this.#requests.values(), ({ dueAtMs }) => dueAtMs))
    if (!Number.isFinite(nextAtMs)) return
    this.#cancelWake = clock.after(Math.min(nextAtMs - now, LOOK_EVERY_MS), () => this.#wake(), 'outbox')
  }

  async #send(request: Request, connection: Connection): Promise<void> {
    const { receipts, policy, logger, state } = this.#options
    const { id, row } = request
    // A new identity of our device has no part in the requests to the last one.
    if (state.image.get('asked-again', id) === undefined) return void this.#requests.delete(id)
    if (row.copies > policy.maxRetries) return this.#giveUp(request, 'no-ack')
    this.#requests.set(id, { ...request, dueAtMs: this.#afterCopy(row) })
    try {
      const message = await receipts.messageOf(row.messageId)
      // Meanwhile the device may have read a copy, or asked once more.
      if (this.#requests.get(id)?.row !== row || this.#connection !== connection) return
      if (!message) return this.#end(request)
      const count = row.copies + 1
      this.#leaves({ id, row: { ...row, copies: count, notBeforeMs: 0 } })
      await connection.resend(message, { ...row, count })
    } catch (error) {
      if (error instanceof ConnectionEnded) return
      logger.warn({ error, messageId: row.messageId }, 'A message that a device asked for again could not be sent yet.')
    }
  }

  #giveUp(request: Pick<Request, 'id' | 'row'>, code: string): void {
    const { messageId, copies } = request.row
    this.#options.logger.error({ messageId, code, copies }, 'A message that a device asked for again is given up.')
    this.#end(request)
  }

  /** Records a copy before it leaves. */
  #leaves({ id, row }: Pick<Request, 'id' | 'row'>): void {
    this.#keep({ id, row, dueAtMs: this.#afterCopy(row) })
    this.#onWire.left(row.messageId, id)
    this.#wake()
  }

  /** The time of the next copy when the last one gets no answer, ms. */
  #afterCopy({ copies }: AskedAgainRow): number {
    const { clock, policy } = this.#options
    return clock.now() + policy.ackTimeoutMs + unansweredDelayMs(copies)
  }

  #keep(request: Request): void {
    this.#requests.set(request.id, request)
    this.#options.state.change({ keys: { 'asked-again': { [request.id]: codec.encode(request.row) } } })
  }

  #end({ id }: Pick<Request, 'id'>): void {
    this.#requests.delete(id)
    this.#options.state.change({ keys: { 'asked-again': { [id]: null } } })
  }
}
