import { within } from '@holdfast/core/platform/deadlines'
import type { StoreCheck } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'

/** The pause after a successful check of Cloud Storage, and the time limit of one check. */
const CHECK_INTERVAL_MS = 10_000

/** Checks Cloud Storage rarely: it starts no second check while one is under way, and none for a while after a success. */
export class StorageWatch {
  readonly #dependencies: Pick<Dependencies, 'storage' | 'clock' | 'logger'>
  readonly #patienceMs: number
  #answeredAt = Number.NEGATIVE_INFINITY
  #check: Promise<void> | null = null

  constructor(dependencies: Pick<Dependencies, 'storage' | 'clock' | 'logger'>, patienceMs: number) {
    this.#dependencies = dependencies
    this.#patienceMs = patienceMs
  }

  /** Returns whether Cloud Storage answers. An error or an answer that takes too long counts as no. */
  async answers(): Promise<boolean> {
    const { clock, logger, storage } = this.#dependencies
    if (clock.monotonic() - this.#answeredAt < CHECK_INTERVAL_MS) return true
    this.#check ??= this.#startCheck(storage)
    try {
      await within(clock, this.#patienceMs, this.#check)
      return true
    } catch (error) {
      logger.warn({ error }, 'The health check could not reach Cloud Storage.')
      return false
    }
  }

  async #startCheck(storage: StoreCheck): Promise<void> {
    const { clock } = this.#dependencies
    try {
      await within(clock, CHECK_INTERVAL_MS, storage.check())
      this.#answeredAt = clock.monotonic()
    } finally {
      this.#check = null
    }
  }
}
