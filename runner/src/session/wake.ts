import type { Clock } from '@holdfast/core/platform/ports'

/** Wake-ups of a reconcile loop. A call while the loop does not wait is kept and ends the next wait. */
export class Wake {
  readonly #clock: Clock
  #pending = false
  #resume: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  call(): void {
    this.#pending = true
    this.#resume?.()
  }

  /** Resolves at the next call, at once if there was one since the last wait, or when the time is up. */
  async wait(untilMs: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        const cancel = Number.isFinite(untilMs)
          ? this.#clock.after(Math.max(0, untilMs - this.#clock.now()), resolve, 'wake')
          : () => {}
        this.#resume = () => {
          cancel()
          resolve()
        }
      })
      this.#resume = null
    }
    this.#pending = false
  }
}
