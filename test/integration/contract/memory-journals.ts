import type { JournalRecord } from '@holdfast/core/journal/journal-record'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { changedSince } from '@holdfast/core/platform/changed-since'
import type { Change, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { FoundRecord, JournalStore, Range } from '@holdfast/core/journal/journal-store'

/** Journals in memory: the plainest back end that fulfils the contract. */
export class MemoryJournals implements JournalStore {
  readonly #documents: DocumentStore
  readonly #journals = new Map<string, Map<number, FoundRecord>>()
  #isAway = false

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  away(isAway: boolean): void {
    this.#isAway = isAway
  }

  placeOf(sessionId: string): string {
    return `memory:${sessionId}`
  }

  async append(sessionId: string, records: readonly JournalRecord[], changes: readonly Change[]): Promise<void> {
    const journal = this.#journalOf(sessionId)
    if (records.some(({ seq }) => journal.has(seq))) throw new HoldfastError('already-exists', 'The number is taken.')
    // The numbers are taken before the changes are made, because other writers may try meanwhile, and freed when the changes are
    // refused.
    const at = new Date()
    for (const record of records) {
      journal.set(record.seq, { seq: record.seq, place: this.placeOf(sessionId), fields: { ...record, at } })
    }
    if (changes.length === 0) return
    try {
      await this.#documents.commit(changes)
    } catch (error) {
      for (const { seq } of records) journal.delete(seq)
      throw error
    }
  }

  async followed(): Promise<void> {}

  changedSince(snapshots: readonly DocumentSnapshot[]): Promise<readonly string[]> {
    return changedSince(this.#documents, snapshots)
  }

  async read(sessionId: string, seq: number): Promise<FoundRecord | null> {
    return this.#journalOf(sessionId).get(seq) ?? null
  }

  async list(sessionId: string, { after, upTo = Number.POSITIVE_INFINITY, limit }: Range): Promise<FoundRecord[]> {
    const found = [...this.#journalOf(sessionId).values()].filter(({ seq }) => seq > after && seq <= upTo)
    return found.toSorted((a, b) => a.seq - b.seq).slice(0, limit)
  }

  outline(sessionId: string, range: Range): Promise<FoundRecord[]> {
    return this.list(sessionId, range)
  }

  async remove(sessionId: string, seqs: readonly number[]): Promise<void> {
    for (const seq of seqs) this.#journalOf(sessionId).delete(seq)
  }

  #journalOf(sessionId: string): Map<number, FoundRecord> {
    if (this.#isAway) throw new Error('Away (made by the test).')
    let journal = this.#journals.get(sessionId)
    if (!journal) this.#journals.set(sessionId, (journal = new Map()))
    return journal
  }
}
