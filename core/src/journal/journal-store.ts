import type { JournalRecord } from './journal-record.ts'
import type { Change } from '../platform/ports.ts'

/** A record as it was found: nothing of it is trusted yet. */
export interface FoundRecord {
  /** The number that it lies under. */
  readonly seq: number
  /** Where it lies, for error messages. */
  readonly place: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Range {
  /** Records behind this number. */
  readonly after: number
  /** And up to this one, if given. */
  readonly upTo?: number
  readonly limit: number
}

/** Where the records of sessions lie, for whoever only looks at them. */
export interface ReadableJournals {
  /** Where the records of a session lie, for people. */
  placeOf(sessionId: string): string
  /** Null only when the store says that there is no such record. */
  read(sessionId: string, seq: number): Promise<FoundRecord | null>
  /** Ascending. */
  list(sessionId: string, range: Range): Promise<FoundRecord[]>
  /** The same, but of the fields only `kind` and `keyVersion` are promised. */
  outline(sessionId: string, range: Range): Promise<FoundRecord[]>
}

/**
 * Where the records of sessions lie: each is created once, under the number that follows the last one, and never changed. What
 * makes a record's creation fail when its number is taken is all that ownership rests on.
 */
export interface JournalStore extends ReadableJournals {
  /**
   * Creates consecutive records, all or none. A number that is taken, or a change whose precondition does not hold, means that
   * nothing is done. A failure says nothing about what has happened: read the first record.
   *
   * Merges among the changes are made for certain once the records are there, and in the records' order: in the same commit, or
   * where the journal lies apart from Firestore, as soon as Firestore takes them.
   */
  append(sessionId: string, records: readonly JournalRecord[], changes: readonly Change[]): Promise<void>
  /**
   * Removes records, the oldest first. Those that were created together may stay until the last of them is removed. Throws, and
   * removes nothing, while Firestore has not taken all the merges so far.
   */
  remove(sessionId: string, seqs: readonly number[]): Promise<void>
}
