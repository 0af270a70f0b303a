/** Locks by name, given in the order in which they are asked for. */
export class Locks {
  readonly #last = new Map<string, Promise<void>>()

  /** Resolves when the lock is free, with what frees it for the next one. */
  async acquire(name: string): Promise<() => void> {
    const before = this.#last.get(name) ?? Promise.resolve()
    const { promise: mine, resolve } = Promise.withResolvers<void>()
    this.#last.set(name, mine)
    await before
    return () => {
      resolve()
      if (this.#last.get(name) === mine) this.#last.delete(name)
    }
  }
}
