import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundRecord, Range, ReadableJournals } from '../../journal/journal-store.ts'
import { decodeJournalFile, firstRecordOf, journalFileName, type JournalFile } from './journal-file.ts'
import type { StoreDirectory } from './store-directory.ts'

/** Reads journals in a directory: for the runner that writes them, and for the API on the same host. */
export class JournalFiles implements ReadableJournals {
  readonly #directory: StoreDirectory

  constructor(directory: StoreDirectory) {
    this.#directory = directory
  }

  placeOf(sessionId: string): string {
    return this.#directory.sessionFolder(sessionId, 'journal')
  }

  async read(sessionId: string, seq: number): Promise<FoundRecord | null> {
    const file = await this.holding(sessionId, seq)
    return file?.records.find((record) => record.seq === seq) ?? null
  }

  async list(sessionId: string, { after, upTo = Number.POSITIVE_INFINITY, limit }: Range): Promise<FoundRecord[]> {
    const found: FoundRecord[] = []
    for await (const file of this.walk(sessionId, after)) {
      const wanted = file.records.filter(({ seq }) => seq > after && seq <= upTo)
      found.push(...wanted.slice(0, limit - found.length))
      if (found.length === limit || file.last >= upTo) break
    }
    return found
  }

  outline(sessionId: string, range: Range): Promise<FoundRecord[]> {
    return this.list(sessionId, range)
  }

  /** The file that holds a record; null when no file does. */
  async holding(sessionId: string, seq: number): Promise<JournalFile | null> {
    const own = await this.#open(sessionId, seq)
    if (own) return own
    const before = (await this.firsts(sessionId)).findLast((first) => first < seq)
    const file = before === undefined ? null : await this.#open(sessionId, before)
    return file && file.last >= seq ? file : null
  }

  /**
   * Reads the files with records behind a number, in order. A folder listing that runs beside additions may lack an older file although
   * it shows a newer one, so the walk looks for each next file by its own name first.
   */
  async *walk(sessionId: string, after: number): AsyncGenerator<JournalFile> {
    const firsts = await this.firsts(sessionId)
    let next = firsts.findLast((first) => first <= after + 1) ?? after + 1
    for (;;) {
      const file = (await this.#open(sessionId, next)) ?? (await this.#openLater(sessionId, firsts, next))
      if (!file) return
      if (file.last > after) yield file
      next = file.last + 1
    }
  }

  /** The first record number of each file, ascending. */
  async firsts(sessionId: string): Promise<number[]> {
    const names = await this.#directory.absentAs([], readdir(this.placeOf(sessionId)))
    return names
      .map(firstRecordOf)
      .filter((first) => first !== null)
      .toSorted((a, b) => a - b)
  }

  async #openLater(sessionId: string, firsts: readonly number[], after: number): Promise<JournalFile | null> {
    for (const first of firsts) {
      const file = first > after ? await this.#open(sessionId, first) : null
      if (file) return file
    }
    return null
  }

  async #open(sessionId: string, first: number): Promise<JournalFile | null> {
    const path = join(this.placeOf(sessionId), journalFileName(first))
    const bytes = await this.#directory.absentAs(null, readFile(path))
    return bytes && decodeJournalFile(bytes, first, path)
  }
}
