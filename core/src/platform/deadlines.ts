import type { Clock } from './ports.ts'

/** Rejects after the time; what was asked for may still take effect. */
export async function within<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> {
  let cancel = () => {}
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () => reject(new Error(`No answer within ${limitMs} ms.`)), 'deadline')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** How long each step of some work is planned to take, ms, in the order of the steps. */
export type Plan<Step extends string> = Readonly<Record<Step, number>>

/** The moment at which some work has to be over, by the monotonic clock. It is made once, where the work begins, and handed down. */
export class Deadline {
  readonly #clock: Clock
  readonly #atMs: number

  /** Lies this many milliseconds ahead. */
  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock
    this.#atMs = clock.monotonic() + limitMs
  }

  /** Never below 0. */
  get remainingMs(): number {
    return Math.max(0, this.#atMs - this.#clock.monotonic())
  }

  /**
   * The deadline of a step that begins now. A step gets the time of its plan. When too little is left for it and the steps behind it,
   * each of them gets its proportion of what is left, so that a slow step takes nothing from the last one.
   */
  forStep<Step extends string>(plan: Plan<Step>, step: Step): Deadline {
    const steps = Object.keys(plan) as Step[]
    const stillNeededMs = steps.slice(steps.indexOf(step)).reduce((sum, later) => sum + plan[later], 0)
    const share = Math.min(1, this.remainingMs / stillNeededMs)
    return new Deadline(this.#clock, plan[step] * share)
  }

  /** Resolves with the result of the work, or with undefined when the time is up first. The work itself goes on. */
  wait<T>(work: Promise<T>): Promise<T | undefined> {
    const done = new AbortController()
    const late = this.#clock.sleep(this.remainingMs, 'deadline', done.signal).then(() => undefined)
    const end = (): void => done.abort()
    work.then(end, end)
    return Promise.race([work, late])
  }
}
