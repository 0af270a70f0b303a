import { setTimeout as sleep } from 'node:timers/promises'
import { type Resource, type Stage, STAGES } from '../resources/resource.ts'

const STILL_EVERY_MS = 30_000

export interface ProgressOptions {
  readonly say: (line: string) => void
  /** The changes that are expected when it begins. Stages find others: they are judged again. */
  readonly changes: readonly { readonly resource: Pick<Resource, 'stage'> }[]
  /** True: the changes are removals, and the last stage comes first. */
  readonly isRemoval?: boolean
  /** Between two lines about something that takes long. */
  readonly stillEveryMs?: number
}

/** Tells how far a deployment has come: the number of each change among all, its time, and that something long is still under way. */
export class Progress {
  readonly #say: (line: string) => void
  readonly #expected: ReadonlyMap<Stage, number>
  readonly #stillEveryMs: number
  readonly #done: string
  readonly #startedAt = performance.now()
  #finished = 0
  #all = 0

  constructor({ say, changes, isRemoval = false, stillEveryMs = STILL_EVERY_MS }: ProgressOptions) {
    this.#say = say
    this.#stillEveryMs = stillEveryMs
    const stages = Map.groupBy(changes, ({ resource }) => resource.stage)
    this.#expected = new Map([...stages].map(([stage, of]) => [stage, of.length]))
    this.#all = changes.length
    this.#done = isRemoval ? 'removed' : 'done'
    const order = isRemoval ? STAGES.toReversed() : STAGES
    const names = order.filter((stage) => stages.has(stage))
    if (names.length > 0)
      say(`${changes.length} to ${isRemoval ? 'remove' : 'change'}, in ${names.length} stage(s): ${names.join(', ')}`)
  }

  /** A stage begins, in which so many things have to be changed. */
  begin(stage: Stage, changes: number): void {
    this.#all += changes - (this.#expected.get(stage) ?? 0)
  }

  /** Does one change. `work` returns what went wrong, or null. */
  async step(id: string, work: () => Promise<string | null>): Promise<string | null> {
    const startedAt = performance.now()
    const over = new AbortController()
    void this.#tellWhile(id, startedAt, over.signal)
    try {
      const trouble = await work()
      this.#finished++
      const took = durationOf(performance.now() - startedAt)
      this.#say(`  [${this.#finished}/${this.#all}] ${id}: ${trouble === null ? `${this.#done} (${took})` : `FAILED (${took})`}`)
      return trouble
    } finally {
      over.abort()
    }
  }

  async #tellWhile(id: string, startedAt: number, over: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.#stillEveryMs, undefined, { signal: over, ref: false }).catch(() => {})
      if (over.aborted) return
      this.#say(`  ${id}: still under way (${durationOf(performance.now() - startedAt)})`)
    }
  }

  /** Seconds since it began. */
  get seconds(): number {
    return Math.round((performance.now() - this.#startedAt) / 100) / 10
  }

  /** How long all of it has taken, for people. */
  get duration(): string {
    return durationOf(performance.now() - this.#startedAt)
  }
}

/** `8.4 s`, or `3 min 20 s`. */
export function durationOf(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
