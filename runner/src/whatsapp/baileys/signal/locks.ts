/** Locks by name. Each lock is granted in the order of the requests. */
export class Locks {
  readonly #last = new Map<string, Promise<void>>()

  /** Resolves when the lock is granted, with the function that frees it for the next request. */
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
