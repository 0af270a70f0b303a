import {
  directoryPath,
  type DirectoryEntries,
  type DirectoryName,
  entriesOf,
  openPage,
  pageOfEntry,
  RECENT,
  sealPage,
} from '@holdfast/core/message/directory-document'
import type { DocumentSnapshot, Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'

/** With more recent entries than this the pages are written. */
const MOST_RECENT = 300

/** The chats, the contacts or the labels of one session, in memory, and what of them has to be written. */
export class Book<Name extends DirectoryName> {
  readonly #name: Name
  readonly #cipher: SessionCipher
  #entries = new Map<string, DirectoryEntries[Name]>()
  /** The ids of the entries in the page `recent`. */
  #recent = new Set<string>()
  /** The pages that still have an entry that nothing may be left of. */
  #toRewrite = new Set<string>()
  #isDirty = false

  constructor(name: Name, cipher: SessionCipher) {
    this.#name = name
    this.#cipher = cipher
  }

  get isDirty(): boolean {
    return this.#isDirty
  }

  get all(): Iterable<DirectoryEntries[Name]> {
    return this.#entries.values()
  }

  get(id: string): DirectoryEntries[Name] | undefined {
    return this.#entries.get(id)
  }

  /** Takes the stored entries. Returns `upTo` of the page `recent`. */
  load(snapshots: readonly DocumentSnapshot[]): string | null {
    const pages = snapshots.map((snapshot) => ({ id: snapshot.id, ...openPage(this.#cipher, this.#name, snapshot) }))
    this.#entries = entriesOf<DirectoryEntries[Name]>(pages)
    const recent = pages.find(({ id }) => id === RECENT)
    this.#recent = new Set(recent?.entries.map(({ id }) => id))
    // The page `recent` alone says that they are gone, until their own pages are written.
    for (const entry of recent?.entries ?? []) if (entry.isGone) this.#entries.set(entry.id, entry)
    return recent?.upTo ?? null
  }

  set(entry: DirectoryEntries[Name]): void {
    this.#entries.set(entry.id, entry)
    this.#recent.add(entry.id)
    this.#isDirty = true
  }

  remove(id: string): void {
    const entry = this.#entries.get(id)
    if (entry) this.set({ ...entry, isGone: true })
  }

  /** Removes an entry without a trace: its page is written without it. */
  forget(id: string): void {
    this.#entries.delete(id)
    this.#recent.delete(id)
    this.#toRewrite.add(pageOfEntry(id))
    this.#isDirty = true
  }

  /** Makes all entries recent: nobody knows which of the written ones are stored. */
  spoil(): void {
    this.#recent = new Set(this.#entries.keys())
    this.#isDirty = true
  }

  /** Returns the writes of what has changed, which then counts as written. The last one is of the page `recent`. */
  merges(): Merge[] {
    this.#isDirty = false
    if (this.#recent.size <= MOST_RECENT && this.#toRewrite.size === 0) return [this.#page(RECENT, this.#of(this.#recent))]
    const pages = new Set([...[...this.#recent].map(pageOfEntry), ...this.#toRewrite])
    this.#toRewrite.clear()
    for (const [id, { isGone }] of this.#entries) if (isGone) this.#entries.delete(id)
    const whole = [...pages].map((page) => {
      const ids = [...this.#entries.keys()].filter((id) => pageOfEntry(id) === page)
      return this.#page(page, this.#of(ids))
    })
    this.#recent.clear()
    return [...whole, this.#page(RECENT, [])]
  }

  #of(ids: Iterable<string>): DirectoryEntries[Name][] {
    return [...ids].flatMap((id) => this.#entries.get(id) ?? [])
  }

  #page(page: string, entries: readonly DirectoryEntries[Name][]): Merge {
    const path = `${directoryPath(this.#cipher.sessionId, this.#name)}/${page}`
    return { kind: 'merge', path, fields: { v: 1, entries: sealPage(this.#cipher, this.#name, page, entries), upTo: null } }
  }
}
