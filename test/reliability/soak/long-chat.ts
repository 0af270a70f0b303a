import { setTimeout as pause } from 'node:timers/promises'
import { linkSession } from '../../support/linked-session.ts'
import type { World } from '../chaos/world.ts'

const NAME = 'soak-long-chat'
const PHONE = '5511990000099'
const CONTACT = '5511880000099'
/** Part of the time in which all of it is written: what is late has the rest. */
const SHARE_OF_TIME = 0.8
/** So many of the oldest messages come once more when the chat is as long as it gets. */
const REPEATED = 50

/** One chat that goes on and on, in a session of its own. */
export class LongChat {
  readonly #world: World
  readonly #oldest: string[] = []
  /** How many there were so far, both ways. */
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

  /** Each side says something in turn, so that the ratchets turn as well; at a steady pace, for a part of the time. */
  async write(messages: number, seconds: number, signal: AbortSignal): Promise<void> {
    const paceMs = (seconds * 1000 * SHARE_OF_TIME) / messages
    const startedAt = performance.now()
    while (this.count < messages && !signal.aborted) {
      this.count++
      await (this.count % 2 === 0 ? this.#send() : this.#receive())
      await pause(Math.max(0, startedAt + this.count * paceMs - performance.now()))
    }
  }

  /** The server delivers the oldest messages once more, as they were: to be told from new ones, and acknowledged. */
  async repeatOldest(): Promise<number> {
    for (const id of this.#oldest) await this.#world.simulator.repeatMessage(PHONE, id)
    return this.#oldest.length
  }

  async #send(): Promise<void> {
    const { api, ledger } = this.#world
    const text = `Number ${this.count} of a long chat`
    const idempotencyKey = `${NAME}-${this.count}`
    const job = await api.sendText({ session: NAME, chatId: `${CONTACT}@c.us`, text, idempotencyKey })
    ledger.accepted.push({ jobId: job.id, messageId: job.messageId, session: NAME, contact: CONTACT, text })
  }

  async #receive(): Promise<void> {
    const { simulator, ledger } = this.#world
    const text = `Number ${this.count} of a long chat`
    const id = await simulator.sendAsContact(CONTACT, PHONE, text)
    ledger.issued.push({ id, session: NAME, contact: CONTACT, text })
    if (this.#oldest.length < REPEATED) this.#oldest.push(id)
  }
}
