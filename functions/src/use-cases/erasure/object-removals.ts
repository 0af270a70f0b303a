import { erasurePath } from '@holdfast/core/operations/erasure-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { Append, type Change } from '@holdfast/core/platform/ports'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'

/** A document holds 1 MiB, and a name has up to 180 bytes, so that this leaves more than half of it free. */
const NAMES_PER_RECORD = 2_000

/**
 * Removes objects, or records that they are to be removed: on Google Cloud the API may not remove objects. The record goes
 * with the commit that removes what points to them, so that none is forgotten.
 */
export class ObjectRemovals {
  readonly #options
  /** How many objects were removed here, and how many wait for the nightly run. */
  removed = 0
  waiting = 0
  readonly #names: string[] = []
  /** How many names are in records so far. */
  #recorded = 0

  constructor(options: {
    readonly media: Pick<Dependencies['media'], 'sizeOf' | 'remove'>
    readonly sessionId: string
    /** The id of the first record. Later ones have a number behind it. */
    readonly id: string
    readonly now: Date
  }) {
    this.#options = options
  }

  /**
   * Removes an object, or keeps its name for the record: see `record`.
   *
   * @param isUnderway whether somebody may just be writing it
   */
  async remove(name: string, isUnderway = false): Promise<void> {
    const { media } = this.#options
    try {
      if ((await media.sizeOf(name)) !== null) {
        await media.remove(name)
        this.removed++
      }
      if (!isUnderway) return
    } catch (error) {
      if (!isHoldfastError(error, 'store-forbidden')) throw error
    }
    this.waiting++
    this.#names.push(name)
  }

  /** The changes that record what could not be removed since the last ones. They go before, or with, the removal of what points to it. */
  record(): readonly Change[] {
    const changes: Change[] = []
    while (this.#names.length > 0) {
      const number = Math.floor(this.#recorded / NAMES_PER_RECORD)
      const names = this.#names.splice(0, (number + 1) * NAMES_PER_RECORD - this.#recorded)
      this.#recorded += names.length
      changes.push(this.#recordOf(number, names))
    }
    return changes
  }

  #recordOf(number: number, names: readonly string[]): Change {
    const { id, sessionId, now } = this.#options
    const fields = {
      v: 1,
      tenant: tenantOf(sessionId),
      sessionId,
      state: 'open',
      requestedAt: now,
      objects: new Append(...names),
    }
    return { kind: 'merge', path: erasurePath(number === 0 ? id : `${id}-${number}`), fields }
  }
}
