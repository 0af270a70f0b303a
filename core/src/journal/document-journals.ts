import { journalPath, type JournalRecord } from './journal-record.ts'
import { sequenceId } from '../session/ids.ts'
import { changedSince } from '../platform/changed-since.ts'
import { SERVER_TIME, type Change, type DocumentSnapshot, type DocumentStore } from '../platform/ports.ts'
import type { FoundRecord, JournalStore, Range } from './journal-store.ts'

/** Journals as Firestore documents: a record and the changes that ride with it are one commit. */
export class DocumentJournals implements JournalStore {
  readonly #documents: DocumentStore

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  placeOf(sessionId: string): string {
    return `firestore:${journalPath(sessionId)}`
  }

  append(sessionId: string, records: readonly JournalRecord[], changes: readonly Change[]): Promise<void> {
    const creations = records.map((record): Change => {
      // `at` is for people: it is not part of the record's hash, since Firestore sets it.
      return { kind: 'create', path: pathOf(sessionId, record.seq), fields: { ...record, at: SERVER_TIME } }
    })
    return this.#documents.commit([...creations, ...changes])
  }

  /** Merges are in the commits of their records. */
  async followed(): Promise<void> {}

  changedSince(snapshots: readonly DocumentSnapshot[]): Promise<readonly string[]> {
    return changedSince(this.#documents, snapshots)
  }

  async read(sessionId: string, seq: number): Promise<FoundRecord | null> {
    const snapshot = await this.#documents.read(pathOf(sessionId, seq))
    return snapshot && found(snapshot)
  }

  list(sessionId: string, range: Range): Promise<FoundRecord[]> {
    return this.#query(sessionId, range)
  }

  outline(sessionId: string, range: Range): Promise<FoundRecord[]> {
    return this.#query(sessionId, range, ['kind', 'keyVersion'])
  }

  remove(sessionId: string, seqs: readonly number[]): Promise<void> {
    return this.#documents.commit(seqs.map((seq) => ({ kind: 'delete', path: pathOf(sessionId, seq) })))
  }

  async #query(sessionId: string, { after, upTo, limit }: Range, select?: readonly string[]): Promise<FoundRecord[]> {
    const snapshots = await this.#documents.query({
      collection: journalPath(sessionId),
      orderBy: ['id', 'asc'],
      startAfter: sequenceId(after),
      ...(upTo === undefined ? {} : { endAt: sequenceId(upTo) }),
      limit,
      ...(select ? { select } : {}),
    })
    return snapshots.map(found)
  }
}

const pathOf = (sessionId: string, seq: number): string => `${journalPath(sessionId)}/${sequenceId(seq)}`

const found = ({ id, path, fields }: DocumentSnapshot): FoundRecord => ({ seq: Number(id), place: path, fields })
