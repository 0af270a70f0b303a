import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { SESSION_KEYS } from '@holdfast/core/security/session-key-document'
import { TENANT_KEYS } from '@holdfast/core/security/tenant-key-document'

/** The path of the last document that was seen, or the collection that comes next. Null at the beginning, and at the end. */
export type KeyCursor = string | null

interface KeyPage {
  readonly documents: readonly DocumentSnapshot[]
  readonly next: KeyCursor
}

const COLLECTIONS = [SESSION_KEYS, TENANT_KEYS] as const

const PAGE = { orderBy: ['id', 'asc'], limit: 100 } as const

/** A cursor that an answer gave: the path of a key document, or the name of a collection for its beginning. */
export const KEY_CURSOR = new RegExp(`^(?:${COLLECTIONS.join('|')})(?:/[^/]{1,256})?$`)

/** Yields all documents with wrapped data keys, in pages: those of sessions, then those of tenants. */
export async function* keyDocuments(
  documents: DocumentStore,
  from: KeyCursor,
  collections: readonly string[] = COLLECTIONS,
): AsyncGenerator<KeyPage> {
  const [at, after] = from?.split('/') ?? []
  const first = collections.findIndex((name) => name === at)
  for (const [index, collection] of [...collections.entries()].slice(Math.max(0, first))) {
    let last = index === first ? after : undefined
    for (let isFull = true; isFull;) {
      const page = await documents.query({ ...PAGE, collection, ...(last === undefined ? {} : { startAfter: last }) })
      last = page.at(-1)?.id
      isFull = page.length === PAGE.limit
      yield { documents: page, next: isFull ? `${collection}/${last}` : (collections[index + 1] ?? null) }
    }
  }
}
