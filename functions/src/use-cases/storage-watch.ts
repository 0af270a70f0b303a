import { within } from '@holdfast/core/platform/deadlines'
import type { StoreCheck } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'

/** Cloud Storage that has just answered is not asked again before this. A question without an answer is given up after it. */
const STORAGE_ASKED_EVERY_MS = 10_000

/** Asks Cloud Storage as rarely as it can: never while an earlier question has no answer, and after a good one not for a while. */
export class StorageWatch {
  readonly #dependencies: Pick<Dependencies, 'storage' | 'clock' | 'logger'>
  readonly #patienceMs: number
  #answeredAt = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | null = null

  constructor(dependencies: Pick<Dependencies, 'storage' | 'clock' | 'logger'>, patienceMs: number) {
    this.#dependencies = dependencies
    this.#patienceMs = patienceMs
  }

  async answers(): Promise<boolean> {
    const { clock, logger, storage } = this.#dependencies
    if (clock.monotonic() - this.#answeredAt < STORAGE_ASKED_EVERY_MS) return true
    this.#asking ??= this.#ask(storage)
    try {
      await within(clock, this.#patienceMs, this.#asking)
      return true
    } catch (error) {
      logger.warn({ error }, 'The health check could not reach Cloud Storage.')
      return false
    }
  }

  async #ask(storage: StoreCheck): Promise<void> {
    const { clock } = this.#dependencies
    try {
      await within(clock, STORAGE_ASKED_EVERY_MS, storage.check())
      this.#answeredAt = clock.monotonic()
    } finally {
      this.#asking = null
    }
  }
}
