/** Counts what is under way for each of many things, up to a limit for each. */
export class InFlight {
  readonly #most: number
  readonly #numbers = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Returns whether one more may begin, and counts it. */
  begin(id: string): boolean {
    const number = this.#numbers.get(id) ?? 0
    if (number >= this.#most) return false
    this.#numbers.set(id, number + 1)
    return true
  }

  end(id: string): void {
    const number = (this.#numbers.get(id) ?? 0) - 1
    if (number > 0) this.#numbers.set(id, number)
    else this.#numbers.delete(id)
  }
}
