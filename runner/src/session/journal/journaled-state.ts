import type { SessionState } from '../../whatsapp/session-state.ts'
import { sizeOf, type Entry } from './group.ts'
import type { Journal } from './journal.ts'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Clock } from '@holdfast/core/platform/ports'
import { dayOf, withBooks } from '@holdfast/core/journal/record-books'
import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'

/**
 * The state of one owned session: the image in memory and its journal. A change is in the image at once and durable later; the
 * frames that depend on it wait at the gate.
 */
export class JournaledState implements SessionState {
  readonly image: StateImage
  readonly journal: Journal
  readonly #clock: Pick<Clock, 'now'> | null
  /** Changes that no frame depends on. They become part of the next record instead of a record of their own. */
  #carried: Mutation[] = []
  #carriedBytes = 0
  #unsavedChanges = 0
  #isRetired = false
  #ride: (entry: Entry) => Entry = (entry) => entry

  /** @param clock tells the day on which Signal records are used. Null: no uses are noted */
  constructor(image: StateImage, journal: Journal, clock: Pick<Clock, 'now'> | null = null) {
    this.image = image
    this.#clock = clock
    this.journal = journal
  }

  /** Sets what sees every entry before it is appended, and may let writes of its own ride along. */
  onEntry(ride: (entry: Entry) => Entry): void {
    this.#ride = ride
  }

  /** The number of changes that no checkpoint contains. */
  get unsavedChanges(): number {
    return this.#unsavedChanges
  }

  markSaved(changes: number): void {
    this.#unsavedChanges -= changes
  }

  /** True when another image has replaced this one. */
  get isRetired(): boolean {
    return this.#isRetired
  }

  /**
   * Ends this image: later changes and appends through it are dropped, because they were decided on a state that may be out of
   * date. Changes that it still carries become a record.
   */
  retire(): void {
    if (this.#carried.length > 0) this.append({})
    this.#isRetired = true
  }

  /** Changes the image and appends the change. Returns the journal position at which the change is durable. */
  change(given: Mutation, entry: Omit<Entry, 'mutation'> = {}): number {
    if (this.#isRetired) return dropped(entry)
    const mutation = withBooks(this.image, given, this.#clock && dayOf(this.#clock.now()))
    this.image.apply(mutation)
    this.#unsavedChanges++
    return this.append({ ...entry, mutation })
  }

  /** Appends a record that may leave the image as it is, for its writes or its kind. Returns its journal position. */
  append(given: Entry): number {
    if (this.#isRetired) return dropped(given)
    const entry = this.#ride(given)
    const carried = this.#carried
    this.#carried = []
    this.#carriedBytes = 0
    if (carried.length === 0) return this.journal.append(entry)
    const mutation = merge([...carried, entry.mutation ?? {}])
    return this.journal.append({ ...entry, mutation })
  }

  /** Changes the image without a record of its own. For changes that may get lost: a crash before the next record loses them. */
  later(keys: KeyChanges): void {
    if (this.#isRetired) return
    this.image.apply({ keys })
    this.#carried.push({ keys })
    this.#carriedBytes += sizeOf({ keys })
    if (this.#carriedBytes > MAX_CARRIED_BYTES) this.append({})
  }
}

/** Tells whoever waits for an entry that it is dropped. Returns the position of one that never becomes durable. */
function dropped({ onEnd }: Pick<Entry, 'onEnd'>): number {
  onEnd?.(
    new HoldfastError('journal-closed', 'The state of the session was replaced by a newer one; this change of it is dropped.'),
  )
  return Number.POSITIVE_INFINITY
}

/** The limit of the carried changes. The next record takes them all, and a commit must be able to take that record. */
const MAX_CARRIED_BYTES = 1024 * 1024

/** Merges mutations in order. A later change of an entry wins. */
function merge(mutations: readonly Mutation[]): Mutation {
  const keys: Record<string, Record<string, string | null>> = {}
  let creds: string | undefined
  for (const mutation of mutations) {
    if (mutation.creds !== undefined) creds = mutation.creds
    for (const [kind, changes] of Object.entries(mutation.keys ?? {})) keys[kind] = { ...keys[kind], ...changes }
  }
  return { keys, ...(creds === undefined ? {} : { creds }) }
}
