import { HoldfastProblem } from '@holdfast/client/problem'
import { setTimeout as pause } from 'node:timers/promises'
import type { TextOptions, TextToSend } from '../../support/api-client.ts'
import type { TimedAccepted } from '../../support/order.ts'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { type Draft, drawDraft } from './queue/drafts.ts'
import type { Fates } from './queue/fates.ts'
import { POOL } from './queue/life.ts'
import type { ChaosSession, World } from './world.ts'

/** The most requests of one session that wait for an answer at the same time. */
const MOST_UNANSWERED = 8

/** A session with more messages under way gets no new ones, because a machine slower than the traffic would never catch up. */
const MOST_UNDERWAY = 150

interface TrafficOptions {
  paceMs: number
  random: SeededRandom
  fates?: Fates | null
  mostUnderway?: number
}

/** Sends messages both ways in every session during the strikes, and records every accepted message in the ledger. */
export class Traffic {
  readonly #world: World
  readonly #paceMs: number
  readonly #random: SeededRandom
  readonly #mostUnderway: number
  readonly #drafts: { readonly random: SeededRandom; readonly fates: Fates } | null
  readonly #refused = Promise.withResolvers<never>()
  #flows: Promise<void>[] = []
  #stopped = false
  #count = 0

  /**
   * `mostUnderway` messages of a session may be under way. `paceMs` is the mean time between two messages of one session in one direction. With `fates`, the messages to send are of all
   * kinds, and those that need not arrive are noted there.
   */
  constructor(world: World, options: TrafficOptions) {
    this.#world = world
    this.#paceMs = options.paceMs
    this.#random = options.random
    this.#mostUnderway = options.mostUnderway ?? MOST_UNDERWAY
    this.#drafts = options.fates ? { random: options.random.fork(), fates: options.fates } : null
    // `stop` reports the rejection to callers that do not wait for it here.
    this.#refused.promise.catch(() => undefined)
  }

  start(): void {
    this.#flows = this.#world.sessions.flatMap((session) => [
      this.#flow(MOST_UNANSWERED, (number, contact) => this.#send(session, contact, number), session),
      this.#flow(1, (number, contact) => this.#receive(session, contact, number), session),
    ])
  }

  /** Resolves when every started message is accepted; rejects when one was refused. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.untilRefused(Promise.all(this.#flows))
  }

  /** Resolves when `each` messages went in each direction. */
  async untilCount(each: number): Promise<void> {
    const { accepted, issued } = this.#world.ledger
    const hasEnough = async () => {
      while (accepted.length < each || issued.length < each) await pause(50)
    }
    await this.untilRefused(hasEnough())
  }

  /** Resolves with the end of the work; rejects when a message is refused before that. */
  async untilRefused(work: Promise<unknown> = new Promise(() => {})): Promise<void> {
    await Promise.race([work, this.#refused.promise])
  }

  /** Starts messages of one direction at random intervals, without waiting for the answers of earlier ones up to `atOnce`. */
  async #flow(atOnce: number, once: (number: number, contact: string) => Promise<void>, session: ChaosSession): Promise<void> {
    const random = this.#random.fork()
    const unanswered = new Set<Promise<void>>()
    while (!this.#stopped) {
      await pause(random.between(0, 2 * this.#paceMs))
      if (this.#stopped) break
      if (this.#world.underway.of(session) > this.#mostUnderway) continue
      const taken = once(++this.#count, random.pick(session.contacts))
        .catch((error: unknown) => this.#refused.reject(error))
        .finally(() => unanswered.delete(taken))
      unanswered.add(taken)
      while (unanswered.size >= atOnce) await Promise.race(unanswered)
    }
    await Promise.all(unanswered)
  }

  async #send(session: ChaosSession, contact: string, number: number): Promise<void> {
    const text = `Outgoing ${number}`
    const message = { chatId: `${contact}@c.us`, text, idempotencyKey: `chaos-${number}` }
    const accept = async (options: TextOptions & Pick<TextToSend, 'session' | 'pool'>): Promise<TimedAccepted> => {
      const askedAt = performance.now()
      const { jobId, messageId } = await this.#world.api.sendText({ ...message, ...options })
      return { jobId, messageId, session: session.name, contact, text, askedAt, acceptedAt: performance.now() }
    }
    const own = { session: session.name }
    if (!this.#drafts) return void this.#world.ledger.accepted.push(await accept(own))
    const { random, fates } = this.#drafts
    const draft = drawDraft(random, this.#world.sandbox.now())
    try {
      await this.#follow(draft, await accept({ ...(draft.isPooled ? { pool: POOL } : own), ...draft.options }), fates)
    } catch (error) {
      // The API was away until the time of the message was past.
      if (!isRefusal(error, 'invalid-time')) throw error
    }
  }

  /** Does what the caller of a message does with it, and notes how the message has to end. */
  async #follow({ kind, cancelAfterMs, mayExpire }: Draft, message: TimedAccepted, fates: Fates): Promise<void> {
    const { api, ledger } = this.#world
    fates.count(kind)
    if (mayExpire) return void fates.expiring.push(message)
    if (cancelAfterMs === null) return void ledger.accepted.push(message)
    await pause(cancelAfterMs)
    try {
      await api.cancel(message.jobId)
      fates.canceled.push(message)
    } catch (error) {
      if (!isRefusal(error, 'cannot-cancel')) throw error
      // It is on the wire, or past it.
      fates.cancelsRefused++
      ledger.accepted.push(message)
    }
  }

  async #receive(session: ChaosSession, contact: string, number: number): Promise<void> {
    const text = `Incoming ${number}`
    const id = await this.#world.simulator.sendAsContact(contact, session.phone, text)
    this.#world.ledger.issued.push({ id, session: session.name, contact, text })
  }
}

const isRefusal = (error: unknown, code: string): boolean => error instanceof HoldfastProblem && error.code === code
