import type { Change, DocumentCounter, DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { committed, type Documents, queried, snapshotOf } from '../../support/memory-documents.ts'

/** Documents that were read by their path and found by queries, and the numbers of queries and commits. */
export interface Counts {
  reads: number
  found: number
  looks: number
  commits: number
}

/** Firestore in memory, whose time goes on with each commit. */
export class MemoryDocuments implements DocumentStore, DocumentCounter {
  readonly counts: Counts = { reads: 0, found: 0, looks: 0, commits: 0 }
  #documents: Documents = new Map()
  #nowMicros = Date.now() * 1000

  async commit(changes: readonly Change[]): Promise<void> {
    this.counts.commits++
    this.#documents = committed(this.#documents, changes, ++this.#nowMicros)
  }

  async read(path: string): Promise<DocumentSnapshot | null> {
    this.counts.reads++
    return snapshotOf(this.#documents, path, this.#nowMicros)
  }

  async query(query: Query): Promise<DocumentSnapshot[]> {
    const found = queried(this.#documents, query, this.#nowMicros)
    this.counts.looks++
    this.counts.found += found.length
    return found
  }

  async count(query: Pick<Query, 'collection' | 'where'>): Promise<number> {
    return (await this.query(query)).length
  }

  listen(): () => void {
    return () => {}
  }
}
