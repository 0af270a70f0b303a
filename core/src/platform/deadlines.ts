import type { Clock } from './ports.ts'

/** Rejects when the work takes longer than the limit. The work goes on and may still take effect. */
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

/** The planned duration of each step of some work, in milliseconds, in the order of the steps. */
export type Plan<Step extends string> = Readonly<Record<Step, number>>

/** The moment by which work has to end, on the monotonic clock. The caller that begins the work makes it and hands it down. */
export class Deadline {
  readonly #clock: Clock
  readonly #atMs: number

  /** Makes a deadline that is this many milliseconds away. */
  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock
    this.#atMs = clock.monotonic() + limitMs
  }

  /** Milliseconds until the deadline, never below 0. */
  get remainingMs(): number {
    return Math.max(0, this.#atMs - this.#clock.monotonic())
  }

  /**
   * The deadline of a step that begins now. A step gets the time of its plan. When the remaining time is too short for this step
   * and the steps behind it, each gets its proportion of it, so that a slow step takes no time from the last one.
   */
  forStep<Step extends string>(plan: Plan<Step>, step: Step): Deadline {
    const steps = Object.keys(plan) as Step[]
    const stillNeededMs = steps.slice(steps.indexOf(step)).reduce((sum, later) => sum + plan[later], 0)
    const share = Math.min(1, this.remainingMs / stillNeededMs)
    return new Deadline(this.#clock, plan[step] * share)
  }

  /** Resolves with the result of the work, or with undefined at the deadline. The work itself goes on. */
  wait<T>(work: Promise<T>): Promise<T | undefined> {
    const done = new AbortController()
    const late = this.#clock.sleep(this.remainingMs, 'deadline', done.signal).then(() => undefined)
    const end = (): void => done.abort()
    work.then(end, end)
    return Promise.race([work, late])
  }
}
