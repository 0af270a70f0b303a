import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { Clock } from '@holdfast/core/platform/ports'

/** How long a failed call speaks against a service that nobody has called again, ms. */
const BELIEVED_FOR_MS = 2 * 60_000

/** Sees from the calls that are made anyway whether a service of Google answers. */
export class ServiceSight {
  readonly #clock: Clock
  #ok: boolean | undefined
  #atMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Undefined: nobody has called it lately, so nothing is known. */
  get works(): boolean | undefined {
    return this.#clock.monotonic() - this.#atMs > BELIEVED_FOR_MS ? undefined : this.#ok
  }

  /** Passes the call on, and notes whether the service answered. A refusal is an answer. */
  readonly guard = async <Result>(request: Promise<Result>): Promise<Result> => {
    try {
      const result = await request
      this.#note(true)
      return result
    } catch (error) {
      this.#note(isHoldfastError(error) && !isHoldfastError(error, 'unavailable'))
      throw error
    }
  }

  #note(ok: boolean): void {
    this.#ok = ok
    this.#atMs = this.#clock.monotonic()
  }
}
