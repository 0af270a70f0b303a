import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalRecord } from '../../journal/journal-record.ts'
import { HoldfastError } from '../../platform/errors.ts'
import { changedSince } from '../../platform/changed-since.ts'
import type { Change, DocumentSnapshot, Merge } from '../../platform/ports.ts'
import type { FoundRecord, JournalStore, Range } from '../../journal/journal-store.ts'
import { createFile, hasCode, syncFolder } from './durable-files.ts'
import { FollowingMerges, type FollowingOptions } from './following-merges.ts'
import { encodeJournalFile, journalFileName } from './journal-file.ts'
import type { StoreDirectory } from './store-directory.ts'

/**
 * Journals in a directory of one host, written by one runner. Records that are committed as one are one file, created under the
 * number of the first of them, which the file system does once: that is the fence, also between processes.
 *
 * The changes that come with records:
 *
 * - **Merges** lie in the records' file and are made in Firestore after it (`FollowingMerges`). A crash in between leaves them to
 *   the next process, which makes them before anything else: at its start, and before each claim.
 * - **Changes with a precondition** are decided by Firestore first; then the file is created. A job that is taken to be sent (a guard
 *   of its document) and then crashes shows `processing` without a record: the next owner takes it up, and nothing was on the wire.
 *   A claim that ends anywhere in between is safe, too:
 *   - before Firestore has decided, nothing has happened;
 *   - after it, without the file: the session's document names an owner that has no record. That owner appended nothing and never
 *     will: it is dead, or it has seen that its claim failed. The next claim finds the log as it was, since `journalHead` is a merge and
 *     follows the file, and takes the next epoch, so that no epoch is used twice;
 *   - Firestore's answer lost: the same, the document may name an owner without a record;
 *   - after the file: the claim stands, and every reader finds its record. The merges follow as those of any record.
 *   The record decides between two owners, never the document: the file system refuses the second creation of a number, whatever
 *   Firestore was told.
 */
export class DirectoryJournals implements JournalStore {
  readonly #directory: StoreDirectory
  readonly #options: FollowingOptions
  readonly #following = new Map<string, FollowingMerges>()
  /** The last record of each session that this process appended. */
  readonly #appendedTo = new Map<string, number>()
  /** Changes of a session's files take turns. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(directory: StoreDirectory, options: FollowingOptions) {
    this.#directory = directory
    this.#options = options
  }

  placeOf(sessionId: string): string {
    return this.#options.files.placeOf(sessionId)
  }

  read(sessionId: string, seq: number): Promise<FoundRecord | null> {
    return this.#options.files.read(sessionId, seq)
  }

  list(sessionId: string, range: Range): Promise<FoundRecord[]> {
    return this.#options.files.list(sessionId, range)
  }

  outline(sessionId: string, range: Range): Promise<FoundRecord[]> {
    return this.#options.files.outline(sessionId, range)
  }

  append(sessionId: string, records: readonly JournalRecord[], changes: readonly Change[]): Promise<void> {
    const [first] = records
    const last = records.at(-1)
    if (!first || !last) throw new Error('There is nothing to append.')
    const merges = changes.filter((change): change is Merge => change.kind === 'merge')
    const deciding = changes.filter(({ kind }) => kind !== 'merge')
    return this.#inTurn(sessionId, async () => {
      // Only a claim makes the folder: a journal that vanished under its owner must not begin anew.
      if (first.kind === 'claim') await this.#directory.makeFolder(sessionId, 'journal')
      await this.#assertFree(sessionId, first.seq, last.seq)
      const following = this.#follow(sessionId)
      if (deciding.length > 0) {
        await following.until(first.seq - 1)
        await this.#options.documents.commit(deciding)
      }
      const bytes = encodeJournalFile(records, merges, new Date(this.#options.clock.now()))
      await this.#guard(createFile(this.#pathOf(sessionId, first.seq), bytes))
      this.#appendedTo.set(sessionId, last.seq)
      following.wake()
    })
  }

  followed(sessionId: string): Promise<void> {
    return this.#follow(sessionId).until(this.#appendedTo.get(sessionId) ?? 0)
  }

  changedSince(snapshots: readonly DocumentSnapshot[]): Promise<readonly string[]> {
    return changedSince(this.#options.documents, snapshots)
  }

  /** Keeps a damaged file, so that an operator can look at it. */
  remove(sessionId: string, seqs: readonly number[]): Promise<void> {
    return this.#inTurn(sessionId, async () => {
      await this.#follow(sessionId).until(this.#appendedTo.get(sessionId) ?? Number.POSITIVE_INFINITY)
      for (const seq of seqs) {
        const file = await this.#options.files.holding(sessionId, seq)
        if (file?.last === seq && !file.damage) await this.#guard(unlink(this.#pathOf(sessionId, file.first)))
      }
      await this.#guard(syncFolder(this.placeOf(sessionId)))
    })
  }

  /** Brings Firestore up to the journals that the process before left. Rejects when Firestore does not accept the merges now. */
  async recover(): Promise<void> {
    for (const sessionId of await this.#directory.sessionIds()) {
      await this.#directory.removeUnfinished(this.placeOf(sessionId))
      await this.#follow(sessionId).until(Number.POSITIVE_INFINITY)
    }
  }

  /** Ends appending. Merges that Firestore does not accept in this one attempt are left to the next process. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#following.values()].map((following) => following.until(Number.POSITIVE_INFINITY)))
    for (const following of this.#following.values()) following.close()
  }

  #follow(sessionId: string): FollowingMerges {
    let following = this.#following.get(sessionId)
    if (!following) this.#following.set(sessionId, (following = new FollowingMerges(sessionId, this.#options)))
    return following
  }

  /** Checks that all numbers of a group are free. The file system itself refuses only the first one when it is taken. */
  async #assertFree(sessionId: string, first: number, last: number): Promise<void> {
    const taken = (await this.#options.files.firsts(sessionId)).findLast((number) => number <= last)
    if (taken === undefined) return
    const file = taken < first ? await this.#options.files.holding(sessionId, taken) : null
    if (taken < first && (file?.last ?? taken) < first) return
    throw new HoldfastError('already-exists', `A record of ${sessionId} between ${first} and ${last} exists already.`)
  }

  async #inTurn<Result>(sessionId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(sessionId)
    const turn = (async () => {
      await before?.catch(() => {})
      return work()
    })()
    this.#turns.set(sessionId, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(sessionId) === turn) this.#turns.delete(sessionId)
    }
  }

  async #guard<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await this.#directory.guard(work)
    } catch (error) {
      // Tells a missing folder from a missing disk.
      if (hasCode(error, 'ENOENT')) await this.#directory.assertPresent()
      throw error
    }
  }

  #pathOf(sessionId: string, first: number): string {
    return join(this.placeOf(sessionId), journalFileName(first))
  }
}
