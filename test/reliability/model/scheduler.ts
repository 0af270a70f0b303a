import type { Clock } from '@holdfast/core/platform/ports'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'

/** A pending step of an owner. It does not run while the owner is paused. */
interface Step {
  readonly actor: string
  readonly run: () => void
}

/**
 * Decides the order of all steps by the seed: when an operation takes effect at the store, when its answer arrives, and when a
 * timer fires. After each step the waiting code runs until it waits again, so that a seed gives the same run every time.
 */
export class Scheduler {
  readonly random: SeededRandom
  readonly #steps: Step[] = []
  readonly #timers = new Set<{ at: number; actor: string; callback: () => void }>()
  readonly #paused = new Set<string>()
  #nowMs = 1_700_000_000_000

  constructor(random: SeededRandom) {
    this.random = random
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Pauses an owner like a stopped process: its operations may take effect, but it gets no answers. */
  pause(actor: string): void {
    this.#paused.add(actor)
  }

  wake(actor: string): void {
    this.#paused.delete(actor)
  }

  isPaused(actor: string): boolean {
    return this.#paused.has(actor)
  }

  /** Adds a step at the store, which runs even when its owner is paused. */
  atStore(run: () => void): void {
    this.#steps.push({ actor: '', run })
  }

  /** Adds the arrival of an answer at its owner. */
  heardBy(actor: string, run: () => void): void {
    this.#steps.push({ actor, run })
  }

  /** Runs one step and all code that follows from it. Resolves with false when no step is possible. */
  async step(): Promise<boolean> {
    const possible = this.#steps.filter(({ actor }) => !this.#paused.has(actor))
    const timers = [...this.#timers].filter(({ actor }) => !this.#paused.has(actor)).toSorted((a, b) => a.at - b.at)
    const [timer] = timers
    // A timer fires when no other step is possible, and now and then earlier.
    if (timer && (possible.length === 0 || this.random.chance(0.1))) {
      this.#timers.delete(timer)
      this.#nowMs = Math.max(this.#nowMs, timer.at)
      timer.callback()
    } else if (possible.length > 0) {
      const next = this.random.pick(possible)
      this.#steps.splice(this.#steps.indexOf(next), 1)
      next.run()
    } else return false
    await settled()
    return true
  }

  clockOf(actor: string): Clock {
    const after = (delayMs: number, callback: () => void): (() => void) => {
      const timer = { at: this.#nowMs + delayMs, actor, callback }
      this.#timers.add(timer)
      return () => void this.#timers.delete(timer)
    }
    return {
      now: () => this.#nowMs,
      monotonic: () => this.#nowMs,
      after,
      every: () => () => {},
      sleep: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    }
  }
}

/** Waits until all code that needs no further step has run. The journal starts its commits in a later turn of the event loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}
