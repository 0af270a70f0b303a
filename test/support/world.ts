import type { SandboxOptions } from '../../sandbox/options.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { ApiClient, type ApiClientOptions } from './api-client.ts'
import { EventReader, type SimulatorEvent } from './event-reader.ts'
import type { Ledger } from './figures.ts'
import { requestJson } from './json-request.ts'
import { SimulatorClient } from './simulator-client.ts'

/** The limits of the API client and the listener of its attempts. */
export type ApiPatience = Omit<ApiClientOptions, 'url' | 'apiKey'>

interface WorldOptions extends ApiPatience {
  /** Whether the sandbox's clock is moved while the world watches. Its events then have the time of their arrival. */
  timeMoves?: boolean
}

/** So many of the last events does an error show. */
const SHOWN_EVENTS = 20

export interface WorldParts {
  readonly sandbox: Sandbox
  readonly events: EventReader
  readonly patience: ApiPatience
  /** Whether the sandbox stops with the world. */
  readonly ownsSandbox: boolean
}

/** A sandbox, seen from outside: the API, the simulator, and the simulator's events. */
export class World implements AsyncDisposable {
  readonly sandbox: Sandbox
  readonly api: ApiClient
  readonly simulator: SimulatorClient
  readonly events: EventReader
  /** All events since the start of the world. */
  readonly happened: readonly SimulatorEvent[]
  /** The ids of messages that the API accepted and the simulator issued. The caller enters them. */
  readonly ledger: Ledger = { accepted: [], issued: [] }
  readonly #ownsSandbox: boolean

  constructor({ sandbox, events, patience, ownsSandbox }: WorldParts) {
    const { api, apiKey } = sandbox.info
    this.sandbox = sandbox
    this.events = events
    this.api = new ApiClient({ url: api ?? '', apiKey, ...patience })
    this.simulator = new SimulatorClient(simulatorOf(sandbox))
    this.#ownsSandbox = ownsSandbox
    const happened: SimulatorEvent[] = []
    this.happened = happened
    events.on((event) => happened.push(event))
  }

  /** Opens a world on a sandbox that the caller stops. */
  static async of(sandbox: Sandbox, options: WorldOptions = {}): Promise<World> {
    return new World(await partsOf(sandbox, options))
  }

  /** Resolves with the first event that fits, at or after a position in `happened`. Rejects when none comes within the limit, in ms. */
  async eventThat(fits: (event: SimulatorEvent) => boolean, since: number, limitMs: number): Promise<SimulatorEvent> {
    const past = this.happened.find((event, index) => index >= since && fits(event))
    if (past) return past
    const { promise, resolve, reject } = Promise.withResolvers<SimulatorEvent>()
    const ignore = this.events.on((event) => fits(event) && resolve(event))
    const limit = setTimeout(() => {
      const last = this.happened.slice(-SHOWN_EVENTS).map((event) => JSON.stringify(event))
      reject(new Error(`No event fits within ${limitMs / 1000} s; the last ones were\n${last.join('\n')}`))
    }, limitMs)
    return await promise.finally(() => {
      ignore()
      clearTimeout(limit)
    })
  }

  /** Posts to the simulator. */
  async post(path: string, json: unknown): Promise<void> {
    await requestJson(`${this.simulator.url}${path}`, { method: 'POST', json })
  }

  /** Returns the address that clients dial and the root key of the server's certificates. */
  async whatsappAddress(): Promise<{ url: string; root: string }> {
    return await requestJson(`${this.simulator.url}/health`, { method: 'GET' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.events.close()
    if (this.#ownsSandbox) await this.sandbox.stop()
  }
}

export const partsOf = async (sandbox: Sandbox, { timeMoves = false, ...patience }: WorldOptions = {}): Promise<WorldParts> => ({
  sandbox,
  patience,
  events: await EventReader.open(simulatorOf(sandbox), { ownTime: timeMoves }),
  ownsSandbox: false,
})

/** The parts of a world whose sandbox stops with it. */
export async function startParts(options: SandboxOptions, patience: ApiPatience = {}): Promise<WorldParts> {
  const sandbox = await startSandbox(options)
  return { ...(await partsOf(sandbox, patience)), ownsSandbox: true }
}

function simulatorOf({ info }: Sandbox): string {
  if (info.simulator === null) throw new Error('This sandbox has no simulator: another server stands in for WhatsApp.')
  return info.simulator
}
