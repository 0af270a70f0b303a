import type { Change, DocumentCounter, DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { committed, type Documents, queried, snapshotOf } from './memory-documents.ts'

/** Index entries that Firestore counts for the price of one read. */
const COUNTED_FOR_A_READ = 1000

/** Firestore in memory, which counts what Firestore bills. Times are those of a clock that the test moves. */
export class CountedDocuments implements DocumentStore, DocumentCounter {
  #documents: Documents = new Map()
  #nowMicros: number
  /** Billed reads: documents, one for a query that finds nothing, and one for each 1,000 entries that are counted. */
  reads = 0
  writes = 0
  /** Called before each query. */
  onQuery: (query: Query) => void = () => {}

  constructor(nowMs: number) {
    this.#nowMicros = nowMs * 1000
  }

  get nowMs(): number {
    return this.#nowMicros / 1000
  }

  advance(ms: number): void {
    this.#nowMicros += ms * 1000
  }

  /** The documents of a collection, without being billed. */
  all(collection: string): DocumentSnapshot[] {
    return queried(this.#documents, { collection }, this.#nowMicros)
  }

  commit(changes: readonly Change[]): Promise<void> {
    return settled(() => {
      this.#nowMicros += 1
      this.#documents = committed(this.#documents, changes, this.#nowMicros)
      this.writes += changes.length
    })
  }

  read(path: string): Promise<DocumentSnapshot | null> {
    this.reads++
    return settled(() => snapshotOf(this.#documents, path, this.#nowMicros))
  }

  query(query: Query): Promise<DocumentSnapshot[]> {
    return settled(() => {
      this.onQuery(query)
      const found = queried(this.#documents, query, this.#nowMicros)
      this.reads += Math.max(1, found.length)
      return found
    })
  }

  count(query: Query): Promise<number> {
    return settled(() => {
      this.onQuery(query)
      const { length } = queried(this.#documents, query, this.#nowMicros)
      this.reads += Math.max(1, Math.ceil(length / COUNTED_FOR_A_READ))
      return length
    })
  }

  listen(): () => void {
    throw new Error('Nobody listens here.')
  }
}

const settled = <Result>(work: () => Result): Promise<Result> => Promise.resolve().then(work)
