import { erasurePath } from '@holdfast/core/operations/erasure-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { Append, type Change, type DocumentStore } from '@holdfast/core/platform/ports'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'

/** A document holds 1 MiB, and a name has up to 180 bytes, so that this leaves more than half of it free. */
const NAMES_PER_RECORD = 2_000

export interface Removal {
  readonly name: string
  /** Whether somebody may just be writing it: the nightly run looks for it again. */
  readonly isUnderway?: boolean
  /** False for an archived message. */
  readonly isMedium: boolean
}

/**
 * Objects that one call removes. Their names go into a record, in the commit that removes what points to them, so that a crash forgets
 * none. Then the objects go, and with them their names. On Google Cloud the API may not remove objects: the record stays for the
 * nightly run.
 */
export class ObjectRemovals {
  readonly #options
  readonly #recorded: Removal[] = []

  constructor(options: {
    readonly documents: Pick<DocumentStore, 'commit'>
    readonly media: Dependencies['media']
    readonly sessionId: string
    /** The id of the first record. Later ones have a number behind it. */
    readonly id: string
    readonly now: Date
  }) {
    this.#options = options
  }

  /** Leaves out what is not there and what nobody writes. */
  async present(removals: readonly Removal[]): Promise<readonly Removal[]> {
    const present: Removal[] = []
    for (const removal of removals)
      if (removal.isUnderway === true || !(await this.#isMissing(removal.name))) present.push(removal)
    return present
  }

  /**
   * Lets a commit remove what points to objects, with the record of them.
   *
   * @param write makes the commit with these changes as well; returns false when it was refused
   */
  async with(removals: readonly Removal[], write: (record: readonly Change[]) => Promise<boolean>): Promise<boolean> {
    if (!(await write(this.#record(removals)))) return false
    this.#recorded.push(...removals)
    return true
  }

  /** The changes that add objects to the records. */
  #record(removals: readonly Removal[]): readonly Change[] {
    const { sessionId, now } = this.#options
    const first = this.#recorded.length
    const byRecord = Map.groupBy(removals.entries(), ([index]) => recordOf(first + index))
    return [...byRecord].map(([number, named]) => ({
      kind: 'merge',
      path: this.#pathOf(number),
      fields: {
        v: 1,
        tenant: tenantOf(sessionId),
        sessionId,
        state: 'open',
        requestedAt: now,
        objects: new Append(...named.map(([, { name }]) => name)),
      },
    }))
  }

  #pathOf(record: number): string {
    return erasurePath(record === 0 ? this.#options.id : `${this.#options.id}-${record}`)
  }

  /**
   * Removes what was recorded, and takes it off the records. Called once, at the end.
   *
   * @returns how many media were removed, and how many objects wait for the nightly run
   */
  async removeAll(): Promise<{ readonly media: number; readonly waiting: number }> {
    let [media, waiting] = [0, 0]
    for (const [number, removals] of Map.groupBy(this.#recorded.entries(), ([index]) => recordOf(index))) {
      const left = new Set<string>()
      for (const [, { name, isUnderway, isMedium }] of removals) {
        const outcome = await this.#remove(name)
        if (outcome === 'removed' && isMedium) media++
        if (outcome === 'forbidden' || isUnderway === true) left.add(name)
      }
      await this.#options.documents.commit([rest(this.#pathOf(number), left)])
      waiting += left.size
    }
    return { media, waiting }
  }

  async #remove(name: string): Promise<'removed' | 'missing' | 'forbidden'> {
    const { media } = this.#options
    try {
      if ((await media.sizeOf(name)) === null) return 'missing'
      await media.remove(name)
      return 'removed'
    } catch (error) {
      if (isHoldfastError(error, 'store-forbidden')) return 'forbidden'
      throw error
    }
  }

  async #isMissing(name: string): Promise<boolean> {
    try {
      return (await this.#options.media.sizeOf(name)) === null
    } catch (error) {
      // An account that may not list objects cannot tell a missing one.
      if (isHoldfastError(error, 'store-forbidden')) return false
      throw error
    }
  }
}

/** The number of the record that has a name, from the names before it. */
const recordOf = (before: number): number => Math.floor(before / NAMES_PER_RECORD)

/** What a record says once its objects were tried. */
const rest = (path: string, left: ReadonlySet<string>): Change =>
  left.size === 0 ? { kind: 'delete', path } : { kind: 'merge', path, fields: { state: 'open', objects: [...left] } }
