import type { JournalRecord } from './journal-record.ts'
import type { Change, DocumentSnapshot } from '../platform/ports.ts'

/** A record as the store returned it, not verified yet. */
export interface FoundRecord {
  /** The number of the document or file that holds it. */
  readonly seq: number
  /** Its place, for error messages. */
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

/** Read access to the journals of sessions. */
export interface ReadableJournals {
  /** The place of a session's records, for people. */
  placeOf(sessionId: string): string
  /** Null only when the store says that the record does not exist. */
  read(sessionId: string, seq: number): Promise<FoundRecord | null>
  /** Ascending. */
  list(sessionId: string, range: Range): Promise<FoundRecord[]>
  /** Like `list`, but only the fields `kind` and `keyVersion` are guaranteed. */
  outline(sessionId: string, range: Range): Promise<FoundRecord[]>
}

/**
 * The journals of sessions. A record is created once, under the number that follows the last one, and never changed. Ownership rests
 * on one thing only: creating a record fails when its number is taken.
 */
export interface JournalStore extends ReadableJournals {
  /**
   * Creates consecutive records, all or none. A taken number, or a change whose precondition fails, applies nothing. An error does
   * not tell whether the commit was applied: read the first record.
   *
   * Merges among the changes follow their records for certain and in the records' order: in the same commit, or, where the journal
   * does not lie in Firestore, as soon as Firestore accepts them.
   */
  append(sessionId: string, records: readonly JournalRecord[], changes: readonly Change[]): Promise<void>
  /**
   * Resolves when documents show the merges of all records that this process has appended so far. Rejects while Firestore does not
   * accept them.
   */
  followed(sessionId: string): Promise<void>
  /** Returns the paths of the documents that have changed since these snapshots: the reason why `append` refused a precondition. */
  changedSince(snapshots: readonly DocumentSnapshot[]): Promise<readonly string[]>
  /**
   * Removes records, the oldest first. Records of one group may stay until the last of them is removed. Throws, and removes nothing,
   * while Firestore has not accepted all merges so far.
   */
  remove(sessionId: string, seqs: readonly number[]): Promise<void>
}
