import type { SessionState } from '../../whatsapp/port.ts'
import { sizeOf, type Entry } from './group.ts'
import type { Journal } from './journal.ts'
import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'

/**
 * The state of one owned session: the image in memory and the journal behind it. A change is in the image at once and durable
 * later; whatever it causes to be said waits at the gate.
 */
export class JournaledState implements SessionState {
  readonly image: StateImage
  readonly journal: Journal
  /** Changes that nothing depends on. They ride on the next record instead of making one. */
  #carried: Mutation[] = []
  #carriedBytes = 0
  #unsavedChanges = 0
  #isRetired = false

  constructor(image: StateImage, journal: Journal) {
    this.image = image
    this.journal = journal
  }

  /** Changes that no checkpoint contains. */
  get unsavedChanges(): number {
    return this.#unsavedChanges
  }

  markSaved(changes: number): void {
    this.#unsavedChanges -= changes
  }

  /** Another image goes on in the place of this one. */
  get isRetired(): boolean {
    return this.#isRetired
  }

  /**
   * From now on this image changes nothing any more, whoever still holds it: what it would write was decided on a state that may be
   * past. What it has carried so far becomes a record.
   */
  retire(): void {
    if (this.#carried.length > 0) this.append({})
    this.#isRetired = true
  }

  /** Returns the journal position at which the change is durable. */
  change(mutation: Mutation, entry: Omit<Entry, 'mutation'> = {}): number {
    if (this.#isRetired) return Number.POSITIVE_INFINITY
    this.image.apply(mutation)
    this.#unsavedChanges++
    return this.append({ ...entry, mutation })
  }

  /** A record that need not change anything, for its writes or its kind. */
  append(entry: Entry): number {
    if (this.#isRetired) return Number.POSITIVE_INFINITY
    const carried = this.#carried
    this.#carried = []
    this.#carriedBytes = 0
    if (carried.length === 0) return this.journal.append(entry)
    const mutation = merge([...carried, entry.mutation ?? {}])
    return this.journal.append({ ...entry, mutation })
  }

  /** For what may get lost: a crash before the next record forgets it. */
  later(keys: KeyChanges): void {
    if (this.#isRetired) return
    this.image.apply({ keys })
    this.#carried.push({ keys })
    this.#carriedBytes += sizeOf({ keys })
    if (this.#carriedBytes > MAX_CARRIED_BYTES) this.append({})
  }
}

/** One record takes all that is carried. However much that is, a commit must be able to take it. */
const MAX_CARRIED_BYTES = 1024 * 1024

/** Later changes win. */
function merge(mutations: readonly Mutation[]): Mutation {
  const keys: Record<string, Record<string, string | null>> = {}
  let creds: string | undefined
  for (const mutation of mutations) {
    if (mutation.creds !== undefined) creds = mutation.creds
    for (const [kind, changes] of Object.entries(mutation.keys ?? {})) keys[kind] = { ...keys[kind], ...changes }
  }
  return { keys, ...(creds === undefined ? {} : { creds }) }
}
