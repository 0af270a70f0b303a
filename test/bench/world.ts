import { setTimeout as pause } from 'node:timers/promises'
import type { SimulatorEvent } from '../support/event-reader.ts'
import { startParts, World } from '../support/world.ts'
import { coreOfContestants } from './core.ts'

const EVENT_LIMIT_MS = 120_000
const LOOK_EVERY_MS = 10

const PROBES = ['./lag-probe.ts', './pin-probe.ts', './traffic-probe.ts', './buffer-probe.ts'].map(
  (file) => new URL(file, import.meta.url).href,
)

/** One sandbox with the product, whose simulator all compared subjects share. */
export class BenchWorld extends World {
  static async start(): Promise<BenchWorld> {
    // The bench kills the runner several times, so crash-loop detection is off. Dial pacing is off, as it would hide the work.
    const runnerEnv = {
      RESTART_PAUSE_LIMIT_MS: '0',
      CRASH_LOOP_AFTER: '1000000',
      CONNECTS_PER_SECOND: '1000',
      MAX_CONNECTIONS: '1000',
    }
    const core = coreOfContestants()
    const onCore = core === null ? {} : { BENCH_CORE: String(core) }
    // The host of files and the receivers of webhooks are on this machine.
    const inside = { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' }
    const environments = { runnerEnv: { ...runnerEnv, ...onCore, ...inside }, functionsEnv: inside }
    const firestore = process.env['SHARED_FIRESTORE']
    return new BenchWorld(await startParts({ ...environments, firestore, runnerPreloads: PROBES, forLong: true }))
  }

  allActive(phones: readonly string[]): Promise<number> {
    return this.#all('active', phones)
  }

  allDisconnected(phones: readonly string[]): Promise<number> {
    return this.#all('disconnect', phones)
  }

  /** Resolves with the first event that fits, which may have happened before, at or after the position `since` in `happened`. */
  async first(fits: (event: SimulatorEvent) => boolean, since: number): Promise<SimulatorEvent> {
    const deadline = performance.now() + EVENT_LIMIT_MS
    for (;;) {
      const found = this.happened.slice(since).find(fits)
      if (found) return found
      if (performance.now() > deadline) throw new Error('WhatsApp saw nothing of what was awaited.')
      await pause(LOOK_EVERY_MS)
    }
  }

  /** Resolves with the time from the first to the last of `count` such events of these phones, in ms. */
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

  /** Waits until each of these phones has had such an event from now on. Resolves with the time of the last one. */
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
