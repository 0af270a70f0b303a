import type { SimulatorEvent } from '../support/event-reader.ts'
import { startParts, World } from '../support/world.ts'

const LAG_PROBE = new URL('./lag-probe.ts', import.meta.url).href

/** One simulator for everybody who is compared, and the product beside it. */
export class BenchWorld extends World {
  static async start(): Promise<BenchWorld> {
    // It is killed a few times, which is not to be taken for a crash loop; and what is measured is the work, not the pacing of dials.
    const runnerEnv = {
      RESTART_PAUSE_LIMIT_MS: '0',
      CRASH_LOOP_AFTER: '1000000',
      CONNECTS_PER_SECOND: '1000',
      MAX_CONNECTIONS: '200',
    }
    return new BenchWorld(await startParts({ runnerEnv, runnerPreloads: [LAG_PROBE], forLong: true }))
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
}
