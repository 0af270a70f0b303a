/** Calls back after a fixed time, in the order of the calls. One timer waits for the first of them. */
export class Latency {
  readonly #ms: number
  readonly #due: { readonly at: number; readonly callback: () => void }[] = []
  #isWaiting = false

  constructor(ms: number) {
    this.#ms = ms
  }

  after(callback: () => void): void {
    if (this.#ms === 0) return callback()
    this.#due.push({ at: performance.now() + this.#ms, callback })
    if (!this.#isWaiting) this.#wait(this.#ms)
  }

  #wait(ms: number): void {
    this.#isWaiting = true
    setTimeout(() => this.#run(), Math.ceil(ms))
  }

  #run(): void {
    const now = performance.now()
    // Timers have whole milliseconds.
    while (this.#due[0] && this.#due[0].at < now + 0.5) this.#due.shift()?.callback()
    this.#isWaiting = false
    const [next] = this.#due
    if (next) this.#wait(next.at - now)
  }
}
