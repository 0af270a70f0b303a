import type { Change, DocumentCounter, DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { committed, type Documents, queried, snapshotOf } from '../../support/memory-documents.ts'

/** Firestore in memory, whose time goes on with each commit. */
export class MemoryDocuments implements DocumentStore, DocumentCounter {
  #documents: Documents = new Map()
  #nowMicros = Date.now() * 1000

  async commit(changes: readonly Change[]): Promise<void> {
    this.#documents = committed(this.#documents, changes, ++this.#nowMicros)
  }

  async read(path: string): Promise<DocumentSnapshot | null> {
    return snapshotOf(this.#documents, path, this.#nowMicros)
  }

  async query(query: Query): Promise<DocumentSnapshot[]> {
    return queried(this.#documents, query, this.#nowMicros)
  }

  async count(query: Pick<Query, 'collection' | 'where'>): Promise<number> {
    return (await this.query(query)).length
  }

  listen(): () => void {
    return () => {}
  }
}
