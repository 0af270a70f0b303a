import type { DocumentStore } from '@holdfast/core/platform/ports'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { linkSession } from '../support/linked-session.ts'
import { retireJobs } from '../support/retire-jobs.ts'
import type { Chat, Lag, Subject } from './subject.ts'
import type { BenchWorld } from './world.ts'

const REQUESTS_AT_ONCE = 8

/** The product: its runner process holds the sockets, and its API gets the requests. */
export class HoldfastSubject implements Subject {
  readonly name = 'Holdfast'
  readonly #world: BenchWorld
  readonly #documents: DocumentStore
  #rounds = 0

  constructor(world: BenchWorld, documents: DocumentStore) {
    this.#world = world
    this.#documents = documents
  }

  readonly pid = (): number => this.#world.sandbox.runner('runner-1').pid ?? Number.NaN

  async link({ name, phone }: Chat): Promise<void> {
    const active = this.#world.allActive([phone])
    await linkSession(this.#world.api, this.#world.simulator, { name, phone })
    await active
  }

  async disconnect(chats: readonly Chat[]): Promise<void> {
    const closed = this.#world.allDisconnected(chats.map(({ phone }) => phone))
    await inParallel(REQUESTS_AT_ONCE, chats, ({ name }) => this.#world.api.want(name, 'stop'))
    await closed
    await retireJobs(this.#documents, { status: 'delivered', olderThanMs: 0 })
  }

  async connect(chats: readonly Chat[]): Promise<void> {
    await inParallel(REQUESTS_AT_ONCE, chats, ({ name }) => this.#world.api.want(name, 'start'))
  }

  async queue({ name, contact }: Chat, texts: readonly string[]): Promise<void> {
    const round = ++this.#rounds
    for (const [index, text] of texts.entries()) {
      const idempotencyKey = `${name}-${round}-${index}`
      await this.#world.api.sendText({ session: name, chatId: `${contact}@c.us`, text, idempotencyKey })
    }
  }

  async takeLag(): Promise<Lag> {
    const lag = (await this.#world.sandbox.runner('runner-1').ask('lag')) as Lag | undefined
    if (!lag) throw new Error('The runner has ended; its log shows why.')
    return lag
  }

  /** Does nothing, because the runner ends with its sandbox. */
  async close(): Promise<void> {}
}
