import type { Clock } from '@holdfast/core/platform/ports'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'

/** Something that may happen next, on behalf of an owner; while that owner is paused it does not. */
interface Step {
  readonly actor: string
  readonly run: () => void
}

/**
 * Decides, by seed, in which order things happen: when an operation takes effect at the store, when its answer is heard, when a timer
 * goes off. Code that waits for one of them runs on until it waits again, so that a seed gives the same run every time.
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

  /** A process that is stopped: what it waits for may have happened, but it hears of nothing. */
  pause(actor: string): void {
    this.#paused.add(actor)
  }

  wake(actor: string): void {
    this.#paused.delete(actor)
  }

  isPaused(actor: string): boolean {
    return this.#paused.has(actor)
  }

  /** Happens at the store, whether its owner is awake or not. */
  atStore(run: () => void): void {
    this.#steps.push({ actor: '', run })
  }

  /** Is heard by the owner. */
  heardBy(actor: string, run: () => void): void {
    this.#steps.push({ actor, run })
  }

  /** Lets one thing happen, and everything that follows from it until somebody waits again. False when nothing can. */
  async step(): Promise<boolean> {
    const possible = this.#steps.filter(({ actor }) => !this.#paused.has(actor))
    const timers = [...this.#timers].filter(({ actor }) => !this.#paused.has(actor)).toSorted((a, b) => a.at - b.at)
    const [timer] = timers
    // Time passes when nothing else can happen, and now and then before everything has.
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

/** Everything that can run without anything further happening has run: the journal begins its commits in a later turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}
