import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '../seeded-random.ts'
import type { ChaosSession, World } from './world.ts'

/** Messages flow both ways in every session, whatever happens meanwhile, and every one that was taken is in the ledger. */
export class Traffic {
  readonly #world: World
  readonly #paceMs: number
  readonly #random: SeededRandom
  #running: Promise<void> | null = null
  #stopped = false
  #count = 0

  /** `paceMs` is the mean time between two messages of one session in one direction. */
  constructor(world: World, options: { paceMs: number; random: SeededRandom }) {
    this.#world = world
    this.#paceMs = options.paceMs
    this.#random = options.random
  }

  start(): void {
    const flows = this.#world.sessions.flatMap((session) => [
      this.#flow((number) => this.#send(session, number)),
      this.#flow((number) => this.#receive(session, number)),
    ])
    this.#running = Promise.all(flows).then(() => undefined)
    // Told by `stop`.
    this.#running.catch(() => undefined)
  }

  /** Resolves when the last message that was begun is taken; rejects when one was refused. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** Until so many went each way. */
  async untilCount(each: number): Promise<void> {
    const { accepted, issued } = this.#world.ledger
    const hasEnough = async () => {
      while (accepted.length < each || issued.length < each) await pause(50)
    }
    // A flow that was refused is not going to be enough.
    await Promise.race([hasEnough(), this.#running])
  }

  async #flow(once: (number: number) => Promise<void>): Promise<void> {
    const random = this.#random.fork()
    while (!this.#stopped) {
      await pause(random.between(0, 2 * this.#paceMs))
      if (!this.#stopped) await once(++this.#count)
    }
  }

  async #send(session: ChaosSession, number: number): Promise<void> {
    const contact = this.#random.pick(session.contacts)
    const text = `Outgoing ${number}`
    const chatId = `${contact}@c.us`
    const job = await this.#world.api.sendText({ session: session.name, chatId, text, idempotencyKey: `chaos-${number}` })
    this.#world.ledger.accepted.push({ jobId: job.id, messageId: job.messageId, session: session.name, contact, text })
  }

  async #receive(session: ChaosSession, number: number): Promise<void> {
    const contact = this.#random.pick(session.contacts)
    const text = `Incoming ${number}`
    const id = await this.#world.simulator.sendAsContact(contact, session.phone, text)
    this.#world.ledger.issued.push({ id, session: session.name, contact, text })
  }
}
