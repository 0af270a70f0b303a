import { EventReader, type SimulatorEvent } from '../../support/event-reader.ts'
import { requestJson } from '../../support/json-request.ts'
import { SimulatorClient } from '../../support/simulator-client.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

const LIMIT_MS = 30_000
const TOLD_OF = 20

type Fits = (event: SimulatorEvent) => boolean

/** The one world that both kinds of client live in: people with phones, and what is seen of the clients from outside. */
export class World implements Disposable {
  readonly simulator: SimulatorClient
  readonly #events: EventReader
  readonly #history: SimulatorEvent[] = []

  private constructor(simulator: SimulatorClient, events: EventReader) {
    this.simulator = simulator
    this.#events = events
    events.on((event) => this.#history.push(event))
  }

  static async of(sandbox: Sandbox): Promise<World> {
    const url = sandbox.info.simulator
    if (url === null) throw new Error('This sandbox has no simulator.')
    return new World(new SimulatorClient(url), await EventReader.open(url))
  }

  /** Where clients dial, and the key that the server's certificates lead to. */
  async address(): Promise<{ url: string; root: string }> {
    return await requestJson(`${this.simulator.url}/health`, { method: 'GET' })
  }

  /** For `happens(…, since)`: how far the story has gone. */
  get now(): number {
    return this.#history.length
  }

  /** Resolves at the moment when one of them happens; with `since`, at once if it has happened from there on. */
  async happens(types: string | readonly string[], fits: Fits, since = this.now): Promise<SimulatorEvent> {
    const wanted = [types].flat()
    const isIt = (event: SimulatorEvent) => wanted.includes(event.type) && fits(event)
    const past = this.#history.slice(since).find(isIt)
    if (past) return past
    const { promise, resolve, reject } = Promise.withResolvers<SimulatorEvent>()
    const stop = this.#events.on((event) => isIt(event) && resolve(event))
    const limit = setTimeout(
      () => reject(new Error(`${wanted.join(' or ')} did not happen; the last was\n${this.#lastEvents()}`)),
      LIMIT_MS,
    )
    return await promise.finally(() => {
      stop()
      clearTimeout(limit)
    })
  }

  countOf(type: string, fits: Fits, since: number): number {
    return this.#history.slice(since).filter((event) => event.type === type && fits(event)).length
  }

  /** What was recorded against the device of this phone. */
  async violationsOf(phone: string): Promise<{ kind: string; detail: string }[]> {
    const { violations } = await this.simulator.state()
    return violations.filter(({ detail }) => detail.includes(phone))
  }

  async receivedBy(contact: string, from: string): Promise<{ id: string; text: string }[]> {
    const { contacts } = await this.simulator.state()
    return contacts.find(({ phone }) => phone === contact)?.received.filter((message) => message.from === from) ?? []
  }

  [Symbol.dispose](): void {
    this.#events.close()
  }

  #lastEvents(): string {
    return this.#history
      .slice(-TOLD_OF)
      .map((event) => JSON.stringify(event))
      .join('\n')
  }
}
