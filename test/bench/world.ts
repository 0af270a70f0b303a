import { ApiClient } from '../support/api-client.ts'
import { EventReader, type SimulatorEvent } from '../support/event-reader.ts'
import { requestJson } from '../support/json-request.ts'
import { SimulatorClient } from '../support/simulator-client.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'

const LAG_PROBE = new URL('./lag-probe.ts', import.meta.url).href

/** One simulator for everybody who is compared, and the product beside it. */
export class World implements AsyncDisposable {
  readonly sandbox: Sandbox
  readonly api: ApiClient
  readonly simulator: SimulatorClient
  readonly events: EventReader

  private constructor(sandbox: Sandbox, api: ApiClient, simulator: SimulatorClient, events: EventReader) {
    this.sandbox = sandbox
    this.api = api
    this.simulator = simulator
    this.events = events
  }

  static async start(): Promise<World> {
    // It is killed a few times, which is not to be taken for a crash loop; and what is measured is the work, not the pacing of dials.
    const runnerEnv = {
      RESTART_PAUSE_LIMIT_MS: '0',
      CRASH_LOOP_AFTER: '1000000',
      CONNECTS_PER_SECOND: '1000',
      MAX_CONNECTIONS: '200',
    }
    const sandbox = await startSandbox({ runnerEnv, runnerPreloads: [LAG_PROBE], forLong: true })
    const { api, apiKey, simulator } = sandbox.info
    if (api === null || simulator === null) throw new Error('The sandbox is not whole.')
    const events = await EventReader.open(simulator)
    return new World(sandbox, new ApiClient({ url: api, apiKey }), new SimulatorClient(simulator), events)
  }

  async simulatorAddress(): Promise<{ url: string; root: string }> {
    const { url, root } = await requestJson<{ url: string; root: string }>(`${this.simulator.url}/health`, { method: 'GET' })
    return { url, root }
  }

  allActive(phones: readonly string[]): Promise<number> {
    return this.#all('active', phones)
  }

  allDisconnected(phones: readonly string[]): Promise<number> {
    return this.#all('disconnect', phones)
  }

  /** From the first such event of these phones to the last of so many, in ms. */
  span(type: 'acked' | 'receipt', phones: readonly string[], count: number): Promise<number> {
    const among = new Set(phones)
    let first = 0
    let seen = 0
    return this.#until((event) => {
      if (event.type !== type || !among.has(String(event.phone))) return null
      if (seen++ === 0) first = event.at
      return seen >= count ? event.at - first : null
    })
  }

  /** Resolves with the time of the last one, when each of these phones has had such an event from now on. */
  #all(type: string, phones: readonly string[]): Promise<number> {
    const missing = new Set(phones)
    return this.#until((event) => {
      if (event.type === type) missing.delete(String(event.phone))
      return missing.size === 0 ? event.at : null
    })
  }

  #until(judge: (event: SimulatorEvent) => number | null): Promise<number> {
    return new Promise((resolve) => {
      const stop = this.events.on((event) => {
        const result = judge(event)
        if (result === null) return
        stop()
        resolve(result)
      })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.events.close()
    await this.sandbox.stop()
  }
}
