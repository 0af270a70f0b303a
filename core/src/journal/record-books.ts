import type { KeyChanges, Mutation } from './mutation.ts'
import type { StateImage } from './state-image.ts'
import { type CountedKind, COUNTED_KINDS } from './state-kinds.ts'

/** The books about Signal records: the day of the last use of each, and the archive object of each that was moved out. */

/** The id of a record in the books, whose kinds are `last-use` and `archived`. */
export const bookId = (kind: CountedKind, id: string): string => `${kind} ${id}`

/** The kind and the id that make an id of the books. Null for a kind of a later version. */
export function ofBookId(entry: string): { kind: CountedKind; id: string } | null {
  const end = entry.indexOf(' ')
  const kind = COUNTED_KINDS.find((counted) => counted === entry.slice(0, end))
  return kind ? { kind, id: entry.slice(end + 1) } : null
}

const DAY_MS = 24 * 60 * 60 * 1000

/** The number of a day since 1970, in UTC. */
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS)

/**
 * Completes a change with its entries in the books. A use of a Signal record always writes it, so the day of the write is the day of
 * the use. A write, or a removal, also ends the record's entry about the archive: what lies there is older, and must never come back.
 * What the change itself says of an entry counts.
 *
 * @param today null: no uses are noted
 */
export function withBooks(image: StateImage, mutation: Mutation, today: number | null): Mutation {
  const { keys } = mutation
  if (!keys || !COUNTED_KINDS.some((kind) => keys[kind])) return mutation
  const archived: Record<string, string | null> = {}
  const used: Record<string, string | null> = {}
  for (const kind of COUNTED_KINDS) {
    for (const [id, value] of Object.entries(keys[kind] ?? {})) {
      const entry = bookId(kind, id)
      if (image.get('archived', entry) !== undefined) archived[entry] = null
      const noted = image.get('last-use', entry)
      if (value === null) {
        if (noted !== undefined) used[entry] = null
      } else if (today !== null && kind !== 'pre-key' && noted !== String(today)) used[entry] = String(today)
    }
  }
  const books = { archived: { ...archived, ...keys.archived }, 'last-use': { ...used, ...keys['last-use'] } }
  return { ...mutation, keys: { ...keys, ...filled(books) } }
}

const filled = (books: KeyChanges): KeyChanges =>
  Object.fromEntries(Object.entries(books).filter(([, entries]) => Object.keys(entries ?? {}).length > 0))
