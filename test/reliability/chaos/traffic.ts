import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from './world.ts'

/** The most requests of one session that wait for an answer at the same time. */
const MOST_UNANSWERED = 8

/** A session with more messages under way gets no new ones, because a machine slower than the traffic would never catch up. */
const MOST_UNDERWAY = 150

/** Sends messages both ways in every session during the strikes, and records every accepted message in the ledger. */
export class Traffic {
  readonly #world: World
  readonly #paceMs: number
  readonly #random: SeededRandom
  readonly #refused = Promise.withResolvers<never>()
  #flows: Promise<void>[] = []
  #stopped = false
  #count = 0

  /** `paceMs` is the mean time between two messages of one session in one direction. */
  constructor(world: World, options: { paceMs: number; random: SeededRandom }) {
    this.#world = world
    this.#paceMs = options.paceMs
    this.#random = options.random
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
      if (this.#world.underway.of(session) > MOST_UNDERWAY) continue
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
    const chatId = `${contact}@c.us`
    const job = await this.#world.api.sendText({ session: session.name, chatId, text, idempotencyKey: `chaos-${number}` })
    this.#world.ledger.accepted.push({ jobId: job.id, messageId: job.messageId, session: session.name, contact, text })
  }

  async #receive(session: ChaosSession, contact: string, number: number): Promise<void> {
    const text = `Incoming ${number}`
    const id = await this.#world.simulator.sendAsContact(contact, session.phone, text)
    this.#world.ledger.issued.push({ id, session: session.name, contact, text })
  }
}
