// A phone with an app state, and stock Baileys linked to it, set to check every MAC (its default checks none).
import { newLTHashState } from '@whiskeysockets/baileys'
import type { LTHashState } from '@whiskeysockets/baileys'
import pino from 'pino'
import type { Happening } from '../happenings.ts'
import type { SimulatorProcess } from './simulator-process.ts'
import { StockClient } from './stock-client.ts'

export const ANA = '5511800000001'
export const ANA_JID = `${ANA}@s.whatsapp.net`

type OnPhone = { version: number; entries: { index: string[]; value: Record<string, unknown> }[] }

export class PhoneAndClient {
  readonly phone: string
  readonly client: StockClient
  /** The beginning of this phone's story, for `simulator.happens(…, since)`. */
  readonly since: number
  readonly #simulator: SimulatorProcess
  /** Complaints of Baileys, which continues although a MAC is wrong. */
  readonly #warnings: string[] = []

  private constructor(simulator: SimulatorProcess, phone: string) {
    this.#simulator = simulator
    this.phone = phone
    this.since = simulator.now
    this.client = this.makeClient()
  }

  static async make(simulator: SimulatorProcess, phone: string): Promise<PhoneAndClient> {
    const made = new PhoneAndClient(simulator, phone)
    const messages = [{ text: 'long ago', from: ANA, part: 'bootstrap' }]
    const history = { conversations: [{ chat: ANA, messages }], recentChunks: 0 }
    await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
    await simulator.post('/phones', { phone, keyShare: true, history })
    return made
  }

  makeClient(): StockClient {
    const write = (line: string): void => void this.#warnings.push((JSON.parse(line) as { msg: string }).msg)
    return new StockClient(this.#simulator, {
      shouldSyncHistoryMessage: () => true,
      syncFullHistory: false,
      appStateMacVerification: { patch: true, snapshot: true },
      logger: pino({ level: 'warn' }, { write }),
    })
  }

  /** Links the client and brings it level with the phone. */
  async link(): Promise<void> {
    const { client } = this
    await client.link(this.phone)
    await client.until('the first sync', () => client.creds.accountSyncCounter === 1 && client.sync.history.length === 3)
  }

  change(what: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.#simulator.post(`/phones/${this.phone}/app-state`, what)
  }

  archive(archived: boolean): Promise<Record<string, unknown>> {
    return this.change({ archive: { chat: ANA, archived } })
  }

  /** A change on the phone. */
  async collection(name: string): Promise<OnPhone | undefined> {
    const { body } = await this.#simulator.request('GET', `/phones/${this.phone}/app-state`)
    return (body.collections as Record<string, OnPhone>)[name]
  }

  /** A change in the client. */
  version(collection: string): number {
    const value = this.client.keys.get(`app-state-sync-version|${collection}`)
    return value === undefined ? newLTHashState().version : (JSON.parse(value) as LTHashState).version
  }

  reaches(collection: string, version: number): Promise<void> {
    return this.client.until(`version ${version} of ${collection}`, () => this.version(collection) === version)
  }

  isArchived(archived: boolean): Promise<void> {
    const last = () => this.client.sync.chatUpdates.findLast((chat) => chat.id === ANA_JID && chat.archived !== undefined)
    return this.client.until(`archived: ${archived}`, () => last()?.archived === archived)
  }

  /** Sends a stanza, because stock Baileys may hold events back for up to 30 s until the next one comes. */
  async nudge(): Promise<void> {
    const [id] = await this.#simulator.send(ANA, this.phone, 'nudge')
    await this.client.until('the nudge', () => this.client.received.some((message) => message.id === id))
  }

  /** Resolves when this many change notices have been acknowledged since the beginning. */
  acknowledged(count: number): Promise<Happening> {
    let seen = 0
    const isOne = ({ tag, class: kind, attrsType, phone }: Happening): boolean =>
      phone === this.phone && tag === 'ack' && kind === 'notification' && attrsType === 'server_sync'
    return this.#simulator.happens('frame', (frame) => isOne(frame) && ++seen === count, this.since)
  }

  /** Violations of this phone's clients alone. */
  async violations(): Promise<string[]> {
    const { violations } = await this.#simulator.state()
    return violations.filter(({ detail }) => detail.includes(this.phone)).map(({ kind }) => kind)
  }

  complaints(about = /LTHash|failed to (decode|sync)/): string[] {
    return this.#warnings.filter((warning) => about.test(warning))
  }
}
