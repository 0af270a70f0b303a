import type { Clock } from '@holdfast/core/platform/ports'

/**
 * What becomes of one operation.
 *
 * done     it takes effect and is answered
 * refused  it has no effect, and its caller gets an error
 * lost     it takes effect, and its caller gets an error
 * late     it takes effect, and its caller gets an error after a long time
 */
export const FATES = ['done', 'refused', 'lost', 'late'] as const

export type Fate = (typeof FATES)[number]

/** Picks one of the waiting steps, 0 is the oldest, and says what becomes of it. */
export interface Turn {
  readonly pick: number
  readonly fate: Fate
}

interface Step {
  readonly actor: string
  readonly what: string
  readonly isAnswer: boolean
  readonly run: (fate: Fate) => void
}

interface Timer {
  readonly atMs: number
  readonly actor: string
  readonly callback: () => void
}

/** Longer than the product waits for a commit. */
const LATE_MS = 45_000

const TICK_MS = 60_000

/** The time that a rest lets pass, so that short pauses of the product end: retries of a commit, bursts of the job listener. */
const REST_MS = 6000

/**
 * The steps of all actors: operations that take effect, answers that arrive, timers that fire. Whoever runs them decides their order,
 * and after each step all code runs until it waits again. So the same turns give the same run.
 */
export class Turns {
  readonly #steps: Step[] = []
  readonly #timers = new Set<Timer>()
  readonly #ended = new Set<string>()
  #nowMs = Date.UTC(2027, 0, 4, 12)
  /** The number of operations that failed or were never answered. */
  faults = 0
  lastFaultMs = Number.NEGATIVE_INFINITY

  get nowMs(): number {
    return this.#nowMs
  }

  get waiting(): number {
    return this.#steps.length
  }

  /** Begins an operation. It takes effect in one step, and its answer arrives in another. */
  perform<Result>(actor: string, what: string, effect: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const run = (fate: Fate): void => {
        if (fate !== 'done') this.#fault()
        const outcome = fate === 'refused' ? { error: away() } : outcomeOf(effect)
        const answer = (): void => {
          if (fate === 'lost' || fate === 'late') reject(away())
          else if ('error' in outcome) reject(outcome.error)
          else resolve(outcome.result)
        }
        if (fate === 'late') this.at(actor, this.#nowMs + LATE_MS, answer)
        else this.#add({ actor, what: `answer to ${what}`, isAnswer: true }, answer)
      }
      this.#add({ actor, what, isAnswer: false }, run)
    })
  }

  /** Something arrives at an actor, unless it has ended. */
  arrive(actor: string, what: string, run: () => void): void {
    this.#add({ actor, what, isAnswer: true }, run)
  }

  /** The process of an actor dies: it gets no answers any more, and its timers never fire. What it has begun may still take effect. */
  end(actor: string): void {
    this.#ended.add(actor)
    for (const timer of this.#timers) if (timer.actor === actor) this.#timers.delete(timer)
    const dropped = this.#steps.filter((step) => step.isAnswer && step.actor === actor)
    for (const step of dropped) this.#steps.splice(this.#steps.indexOf(step), 1)
  }

  /** Operations that an ended actor has begun never take effect. */
  forget(actor: string): void {
    const dropped = this.#steps.filter((step) => step.actor === actor)
    for (const step of dropped) this.#steps.splice(this.#steps.indexOf(step), 1)
  }

  async run({ pick, fate }: Turn): Promise<void> {
    const [step] = this.#steps.splice(pick % Math.max(1, this.#steps.length), 1)
    if (!step) return
    this.#nowMs++
    step.run(fate)
    await settled()
  }

  /** Lets the next timer fire, if it does so within a minute, while everything else stays under way. */
  async tick(): Promise<void> {
    const next = this.#nextTimer()
    if (!next || next.atMs > this.#nowMs + TICK_MS) return
    // What is under way may take too long by that.
    if (this.#steps.length > 0) this.#fault()
    await this.#fire(next)
  }

  /** Runs all steps in their order until nothing is under way. Lets a few seconds pass where something waits for them. */
  async rest(): Promise<void> {
    await settled()
    await this.#until(this.#nowMs + REST_MS)
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await this.#until(untilMs)
    this.#nowMs = Math.max(this.#nowMs, untilMs)
    await this.#until(this.#nowMs)
  }

  at(actor: string, atMs: number, callback: () => void): () => void {
    if (this.#ended.has(actor)) return () => {}
    const timer = { atMs, actor, callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  clockOf(actor: string): Clock {
    const after = (delayMs: number, callback: () => void) => this.at(actor, this.#nowMs + delayMs, callback)
    return {
      now: () => this.#nowMs,
      monotonic: () => this.#nowMs,
      after,
      every: () => () => {},
      sleep: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    }
  }

  #fault(): void {
    this.faults++
    this.lastFaultMs = this.#nowMs
  }

  async #until(untilMs: number): Promise<void> {
    for (;;) {
      while (this.#steps.length > 0) await this.run({ pick: 0, fate: 'done' })
      const next = this.#nextTimer()
      if (!next || next.atMs > untilMs) return
      await this.#fire(next)
    }
  }

  #nextTimer(): Timer | undefined {
    return [...this.#timers].toSorted((one, other) => one.atMs - other.atMs)[0]
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer)
    this.#nowMs = Math.max(this.#nowMs, timer.atMs)
    timer.callback()
    await settled()
  }

  #add({ actor, what, isAnswer }: Omit<Step, 'run'>, run: Step['run']): void {
    if (!this.#ended.has(actor)) this.#steps.push({ actor, what, isAnswer, run })
  }
}

const outcomeOf = <Result>(work: () => Result): { readonly result: Result } | { readonly error: unknown } => {
  try {
    return { result: work() }
  } catch (error) {
    return { error }
  }
}

const away = (): Error => Object.assign(new Error('14 UNAVAILABLE (made by the test)'), { code: 14 })

/** Waits until all code that needs no further step has run. Some of it continues in a later turn of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}
