import { ApiClient } from '../../support/api-client.ts'
import { linkSession } from '../../support/linked-session.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { Subject } from './subject.ts'
import type { FactsWorld } from './world.ts'

/** Holdfast from its users' side: an API, and runners that can be killed. */
export class HoldfastSubject implements Subject {
  readonly phone: string
  readonly name: string
  readonly api: ApiClient
  readonly #sandbox: Sandbox
  readonly #world: FactsWorld
  #killedAt = 0
  #sent = 0

  constructor(world: FactsWorld, sandbox: Sandbox, options: { phone: string; name: string }) {
    const { api, apiKey } = sandbox.info
    if (api === null) throw new Error('This sandbox has no API.')
    this.api = new ApiClient({ url: api, apiKey })
    this.phone = options.phone
    this.name = options.name
    this.#sandbox = sandbox
    this.#world = world
  }

  async link(): Promise<void> {
    const since = this.#world.now
    await linkSession(this.api, this.#world.simulator, this)
    await this.#isActive(since)
  }

  async send(contact: string, text: string): Promise<void> {
    const idempotencyKey = `${this.name}-${++this.#sent}`
    await this.api.sendText({ session: this.name, chatId: `${contact}@c.us`, text, idempotencyKey })
  }

  async storedMessages(): Promise<{ id: string; text: string }[]> {
    const stored = await this.api.storedMessages(this.name)
    return stored.map(({ id, body }) => ({ id: id ?? '', text: body ?? '' }))
  }

  kill(): void {
    this.#killedAt = this.#world.now
    this.#sandbox.runner('runner-1').kill('SIGKILL')
  }

  /** Waits for the session. The sandbox starts the process again by itself, as Cloud Run would. */
  async restart(): Promise<void> {
    await this.#isActive(this.#killedAt)
  }

  async close(): Promise<void> {
    // The sandbox ends the processes.
  }

  async #isActive(since: number): Promise<void> {
    await this.#world.happens('active', ({ phone }) => phone === this.phone, since)
  }
}
