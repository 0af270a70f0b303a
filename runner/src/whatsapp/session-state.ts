import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { CountedKind, StateKind } from '@holdfast/core/journal/state-kinds'

/** The part of a session's state that its client reads and changes. A change is in the image at once and durable later. */
export interface SessionState {
  readonly image: StateImage
  /** Returns the journal position at which the change is durable. */
  change(mutation: Mutation): number
  /** Makes a change that a crash may lose: it waits for the next record. */
  later(keys: KeyChanges): void
}

/** Signal records that clean-up has moved out of the state. Their entries in the image say which ones. */
export interface ArchivedRecords {
  /** Whether the record is in the archive, and nowhere else. */
  has(kind: StateKind, id: string): boolean
  /**
   * Reads a record. Waits while the store is away. Null when the record is lost, because its object is missing or damaged.
   *
   * @throws ConnectionEnded when the signal aborts first
   */
  read(kind: CountedKind, id: string, signal: AbortSignal): Promise<ArchivedRecord | null>
}

export interface ArchivedRecord {
  /** As the image had it. */
  readonly value: string
  /** True when it may have been used since, in records that a restore has lost. */
  readonly isStale: boolean
}
