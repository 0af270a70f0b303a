import type { Clock } from '@holdfast/core/platform/ports'

interface Read<Result> {
  /** When the read began, by the monotonic clock: what it found cannot be older. */
  readonly at: number
  readonly result: Promise<Result>
}

interface Options<Result> {
  readonly clock: Pick<Clock, 'monotonic'>
  /** How long a result serves later callers. */
  readonly freshForMs: number
  /** How many results are kept, and as many worthless ones besides. */
  readonly most: number
  readonly read: (id: string) => Promise<Result>
  /** Worthless results cannot push out others: a flood of wrong ids leaves the right ones alone. */
  readonly isWorthless?: (result: Result) => boolean
}

/** Serves the result of a read to all callers for a short time. Callers at one time share a read. A failed read is not kept. */
export class RecentReads<Result> {
  readonly #options: Options<Result>
  readonly #underway = new Map<string, Read<Result>>()
  readonly #kept = new Map<string, Read<Result>>()
  readonly #worthless = new Map<string, Read<Result>>()

  constructor(options: Options<Result>) {
    this.#options = options
  }

  get(id: string): Promise<Result> {
    const known = this.#underway.get(id) ?? this.#kept.get(id) ?? this.#worthless.get(id)
    if (known && this.#options.clock.monotonic() - known.at < this.#options.freshForMs) return known.result
    const read = { at: this.#options.clock.monotonic(), result: this.#options.read(id) }
    this.#underway.set(id, read)
    void this.#settle(id, read)
    return read.result
  }

  /** The next caller reads anew, and does not share a read that has begun. */
  forget(id: string): void {
    for (const reads of [this.#underway, this.#kept, this.#worthless]) reads.delete(id)
  }

  async #settle(id: string, read: Read<Result>): Promise<void> {
    try {
      const isWorthless = this.#options.isWorthless?.(await read.result) ?? false
      if (this.#underway.get(id) !== read) return
      this.#kept.delete(id)
      this.#worthless.delete(id)
      this.#keep(isWorthless ? this.#worthless : this.#kept, id, read)
    } catch {
      // The callers have the error.
    } finally {
      if (this.#underway.get(id) === read) this.#underway.delete(id)
    }
  }

  #keep(results: Map<string, Read<Result>>, id: string, read: Read<Result>): void {
    results.set(id, read)
    const oldest = results.keys().next()
    if (results.size > this.#options.most && !oldest.done) results.delete(oldest.value)
  }
}
