import { EventReader, type SimulatorEvent } from '../../support/event-reader.ts'
import { requestJson } from '../../support/json-request.ts'
import { SimulatorClient } from '../../support/simulator-client.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

const LIMIT_MS = 30_000
const SHOWN_EVENTS = 20

type Fits = (event: SimulatorEvent) => boolean

/** The people and phones that both kinds of client meet, and the simulator's view of these clients. */
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

  /** The address that clients dial, and the root key of the server's certificates. */
  async address(): Promise<{ url: string; root: string }> {
    return await requestJson(`${this.simulator.url}/health`, { method: 'GET' })
  }

  /** The number of events so far, for `happens(…, since)`. */
  get now(): number {
    return this.#history.length
  }

  /** Resolves when an event of these types fits; with `since`, at once if one has happened after that point. */
  async happens(types: string | readonly string[], fits: Fits, since = this.now): Promise<SimulatorEvent> {
    const wanted = [types].flat()
    const isIt = (event: SimulatorEvent) => wanted.includes(event.type) && fits(event)
    const past = this.#history.slice(since).find(isIt)
    if (past) return past
    const { promise, resolve, reject } = Promise.withResolvers<SimulatorEvent>()
    const stop = this.#events.on((event) => isIt(event) && resolve(event))
    const limit = setTimeout(
      () => reject(new Error(`${wanted.join(' or ')} did not happen; the last events were\n${this.#lastEvents()}`)),
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

  /** Returns the violations of this phone's device. */
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
      .slice(-SHOWN_EVENTS)
      .map((event) => JSON.stringify(event))
      .join('\n')
  }
}
