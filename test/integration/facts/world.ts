import type { SimulatorEvent } from '../../support/event-reader.ts'
import { partsOf, World } from '../../support/world.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

const LIMIT_MS = 30_000

type Fits = (event: SimulatorEvent) => boolean

/** The people and phones that both kinds of client meet, and the simulator's view of these clients. */
export class FactsWorld extends World {
  static override async of(sandbox: Sandbox): Promise<FactsWorld> {
    return new FactsWorld(await partsOf(sandbox))
  }

  /** The number of events so far, for `happens(…, since)`. */
  get now(): number {
    return this.happened.length
  }

  /** Resolves when an event of these types fits; with `since`, at once if one has happened after that point. */
  async happens(types: string | readonly string[], fits: Fits, since = this.now): Promise<SimulatorEvent> {
    const wanted = [types].flat()
    return await this.eventThat((event) => wanted.includes(event.type) && fits(event), since, LIMIT_MS)
  }

  countOf(type: string, fits: Fits, since: number): number {
    return this.happened.slice(since).filter((event) => event.type === type && fits(event)).length
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
}
