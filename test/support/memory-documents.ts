import { isDeepStrictEqual } from 'node:util'
import {
  Append,
  REMOVED,
  SERVER_TIME,
  type Change,
  type DocumentSnapshot,
  type Fields,
  type Query,
} from '@holdfast/core/platform/ports'

/** Firestore in memory, as pure functions. `test/integration/contract/memory-documents.test.ts` compares them with the emulator. */

/** A time as Firestore keeps it. The product reads milliseconds. */
class StoredTime {
  readonly micros: number

  constructor(micros: number) {
    this.micros = micros
  }
}

interface StoredDocument {
  readonly fields: Readonly<Record<string, unknown>>
  readonly createdAtMicros: number
  readonly updatedAtMicros: number
}

/** All documents by path. A commit makes a new map, so that an earlier one can still be read. */
export type Documents = ReadonlyMap<string, StoredDocument>

/**
 * Returns the documents after a commit.
 *
 * @param nowMicros the time of the commit, later than that of each commit before
 * @throws Error with gRPC's `code`; then the commit has no effect
 */
export function committed(documents: Documents, changes: readonly Change[], nowMicros: number): Documents {
  const next = new Map(documents)
  for (const change of changes) {
    const known = next.get(change.path)
    if (change.kind === 'delete') {
      if (change.unlessChangedSince) checkPrecondition(change, documents.get(change.path), known)
      next.delete(change.path)
    } else {
      if (change.kind === 'create' && known) throw grpcError(6, 'ALREADY_EXISTS')
      if (change.kind === 'update') checkPrecondition(change, documents.get(change.path), known)
      next.set(change.path, written(known, change.fields, nowMicros))
    }
  }
  return next
}

function checkPrecondition(
  { unlessChangedSince }: Extract<Change, { kind: 'update' | 'delete' }>,
  before: StoredDocument | undefined,
  known: StoredDocument | undefined,
): void {
  if (unlessChangedSince && unlessChangedSince.version !== before?.updatedAtMicros) throw grpcError(9, 'FAILED_PRECONDITION')
  if (!known) throw grpcError(5, 'NOT_FOUND')
}

/** A write that changes nothing leaves the time of the last change as it is. */
function written(known: StoredDocument | undefined, changes: Fields, nowMicros: number): StoredDocument {
  const fields: Record<string, unknown> = { ...known?.fields }
  for (const [name, value] of Object.entries(changes)) {
    if (value === REMOVED) delete fields[name]
    else fields[name] = value instanceof Append ? appended(fields[name], value) : encoded(value, nowMicros)
  }
  if (known && isDeepStrictEqual(fields, known.fields)) return known
  return { fields, createdAtMicros: known?.createdAtMicros ?? nowMicros, updatedAtMicros: nowMicros }
}

function appended(list: unknown, { elements }: Append): unknown[] {
  const all: unknown[] = Array.isArray(list) ? [...list] : []
  for (const element of elements.map((each) => encoded(each, Number.NaN))) {
    if (!all.some((other) => isDeepStrictEqual(other, element))) all.push(element)
  }
  return all
}

function encoded(value: unknown, nowMicros: number): unknown {
  if (value === undefined) throw new Error('Firestore takes no undefined value.')
  if (value === SERVER_TIME) return new StoredTime(nowMicros)
  if (value instanceof Date) return new StoredTime(value.getTime() * 1000)
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return value.map((element) => encoded(element, Number.NaN))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, encoded(inner, nowMicros)]))
}

function decoded(value: unknown): unknown {
  if (value instanceof StoredTime) return new Date(Math.floor(value.micros / 1000))
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return value.map(decoded)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, decoded(inner)]))
}

/** Returns a document as the product reads it at a time. Null when it does not exist. */
export function snapshotOf(documents: Documents, path: string, nowMicros: number): DocumentSnapshot | null {
  const stored = documents.get(path)
  if (!stored) return null
  const { createdAtMicros, updatedAtMicros, fields } = stored
  return {
    path,
    id: path.slice(path.lastIndexOf('/') + 1),
    fields: decoded(fields) as Record<string, unknown>,
    createdAtMicros,
    updatedAtMicros,
    silentForMs: (nowMicros - updatedAtMicros) / 1000,
    version: updatedAtMicros,
  }
}

/** Returns the documents that a query finds, in its order. */
export function queried(documents: Documents, query: Query, nowMicros: number): DocumentSnapshot[] {
  const { collection, where = [], startAfter, endAt, limit = Number.POSITIVE_INFINITY, select } = query
  const inequality = where.find(([, operator]) => operator !== '==' && operator !== 'in')
  const [field, direction] = query.orderBy ?? [inequality?.[0] ?? 'id', 'asc']
  const sign = direction === 'asc' ? 1 : -1
  const [from, fromId] = (Array.isArray(startAfter) ? startAfter : [startAfter ?? null]).map((part) => encoded(part, nowMicros))
  const isAfter = (row: Row, place: unknown): boolean =>
    sign * (compare(place, from) || (fromId === undefined ? 0 : compare(row.id, fromId))) > 0
  const found = [...documents].flatMap(([path, stored]) => {
    if (!path.startsWith(`${collection}/`) || path.includes('/', collection.length + 1)) return []
    const row: Row = { path, id: path.slice(collection.length + 1), stored }
    const place = valueIn(row, field)
    if (place === undefined || !where.every((filter) => passes(row, filter))) return []
    if (startAfter !== undefined && !isAfter(row, place)) return []
    if (endAt !== undefined && sign * compare(place, endAt) > 0) return []
    return [row]
  })
  const inOrder = found.toSorted(
    (a, b) => sign * (compare(valueIn(a, field), valueIn(b, field)) || compare(valueIn(a, 'id'), valueIn(b, 'id'))),
  )
  return inOrder.slice(0, limit).flatMap(({ path }) => {
    const snapshot = snapshotOf(documents, path, nowMicros)
    if (!snapshot || !select) return snapshot ?? []
    return { ...snapshot, fields: Object.fromEntries(Object.entries(snapshot.fields).filter(([name]) => select.includes(name))) }
  })
}

interface Row {
  readonly path: string
  readonly id: string
  readonly stored: StoredDocument
}

/** The value of a field. Dots lead into maps. */
function valueIn({ id, stored }: Row, field: string): unknown {
  if (field === 'id') return id
  let value: unknown = stored.fields
  for (const part of field.split('.')) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[part]
  return value
}

function passes(row: Row, [field, operator, value]: NonNullable<Query['where']>[number]): boolean {
  const found = valueIn(row, field)
  if (found === undefined) return false
  if (operator === 'in') return (value as readonly unknown[]).some((each) => compare(found, encoded(each, Number.NaN)) === 0)
  const wanted = encoded(value, Number.NaN)
  if (rankOf(found) !== rankOf(wanted)) return false
  const difference = compare(found, wanted)
  switch (operator) {
    case '==':
      return difference === 0
    case '>':
      return difference > 0
    case '>=':
      return difference >= 0
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
  }
}

/** Firestore orders values of different types by their type. */
function rankOf(value: unknown): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return 1
  if (typeof value === 'number') return 2
  if (value instanceof StoredTime) return 3
  if (typeof value === 'string') return 4
  throw new Error('A query compares only null, booleans, numbers, times and strings.')
}

function compare(a: unknown, b: unknown): number {
  const difference = rankOf(a) - rankOf(b)
  if (difference !== 0 || a === null) return difference
  const [one, other] = [a, b].map((value) => (value instanceof StoredTime ? value.micros : (value as string | number | boolean)))
  if (one === undefined || other === undefined || one === other) return 0
  return one < other ? -1 : 1
}

export const grpcError = (code: number, what: string): Error => Object.assign(new Error(`${code} ${what}`), { code })
