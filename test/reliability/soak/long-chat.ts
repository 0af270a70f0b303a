import { setTimeout as pause } from 'node:timers/promises'
import { linkSession } from '../../support/linked-session.ts'
import type { World } from '../chaos/world.ts'

const NAME = 'soak-long-chat'
const PHONE = '5511990000099'
const CONTACT = '5511880000099'
/** The share of the time for writing all messages; the rest is for late ones. */
const SHARE_OF_TIME = 0.8
/** The server repeats this many of the oldest messages at the end of the chat. */
const REPEATED = 50

/** One very long chat, in a session of its own. */
export class LongChat {
  readonly #world: World
  readonly #oldest: string[] = []
  /** The messages so far, in both directions. */
  count = 0

  private constructor(world: World) {
    this.#world = world
  }

  static async link(world: World): Promise<LongChat> {
    const { api, simulator } = world
    await simulator.createContact(CONTACT, 'The long chat')
    await linkSession(api, simulator, { name: NAME, phone: PHONE })
    return new LongChat(world)
  }

  get sessionId(): string {
    return `default.${NAME}`
  }

  /** Writes messages at a steady pace, alternately from each side, so that both ratchets step. */
  async write(messages: number, seconds: number, signal: AbortSignal): Promise<void> {
    const paceMs = (seconds * 1000 * SHARE_OF_TIME) / messages
    const startedAt = performance.now()
    while (this.count < messages && !signal.aborted) {
      this.count++
      await (this.count % 2 === 0 ? this.#send() : this.#receive())
      await pause(Math.max(0, startedAt + this.count * paceMs - performance.now()))
    }
  }

  /** Has the server deliver the oldest messages again, unchanged. The runner has to recognize and acknowledge them. */
  async repeatOldest(): Promise<number> {
    for (const id of this.#oldest) await this.#world.simulator.repeatMessage(PHONE, id)
    return this.#oldest.length
  }

  async #send(): Promise<void> {
    const { api, ledger } = this.#world
    const text = `Number ${this.count} of a long chat`
    const idempotencyKey = `${NAME}-${this.count}`
    const job = await api.sendText({ session: NAME, chatId: `${CONTACT}@c.us`, text, idempotencyKey })
    ledger.accepted.push({ jobId: job.jobId, messageId: job.messageId, session: NAME, contact: CONTACT, text })
  }

  async #receive(): Promise<void> {
    const { simulator, ledger } = this.#world
    const text = `Number ${this.count} of a long chat`
    const id = await simulator.sendAsContact(CONTACT, PHONE, text)
    ledger.issued.push({ id, session: NAME, contact: CONTACT, text })
    if (this.#oldest.length < REPEATED) this.#oldest.push(id)
  }
}
