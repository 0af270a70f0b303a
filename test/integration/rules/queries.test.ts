import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { MadeQuery } from '../../../infra/verify/made-query.ts'
import { COLLECTIONS, QUERIES } from '../../../infra/verify/queries.ts'

// Tests the list of queries that a verification of a real project makes, because the emulator answers every query without an index.

const root = fileURLToPath(new URL('../../..', import.meta.url))

interface Index {
  readonly collectionGroup: string
  readonly fields: readonly { readonly fieldPath: string; readonly order: string }[]
}

interface Override {
  readonly collectionGroup: string
  readonly fieldPath: string
  readonly indexes: readonly { readonly order: string }[]
}

const { indexes, fieldOverrides } = JSON.parse(readFileSync(join(root, 'firestore.indexes.json'), 'utf8')) as {
  indexes: readonly Index[]
  fieldOverrides: readonly Override[]
}

const sources = ['core/src', 'functions/src', 'runner/src']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))

/** What hands queries on, or asks something else in the same words. */
const NOT_MAKING = ['core/src/platform/guarded-stores.ts', 'core/src/adapters/google/firestore-documents.ts']

it('the list has every file that makes queries', () => {
  const making = sources.filter(
    (path) =>
      !NOT_MAKING.includes(path) &&
      /(?:[dD]ocuments|counter)\)?\s*\.(?:query|count|listen)\(/.test(readFileSync(join(root, path), 'utf8')),
  )
  expect(making.length).toBeGreaterThan(20)
  expect([...new Set(QUERIES.map(({ by }) => by))].toSorted()).toEqual(making.toSorted())
})

const last = (collection: string): string => collection.split('/').at(-1) ?? ''

/** The fields that have to be equal, and the one by which the rest is ordered. */
function shapeOf({ query }: MadeQuery) {
  const where = query.where ?? []
  const equal = where.filter(([, operator]) => operator === '==' || operator === 'in').map(([field]) => field)
  const ranges = where.filter(([field]) => !equal.includes(field)).map(([field]) => field)
  const [ordered, direction] = query.orderBy ?? [ranges[0], 'asc']
  const order = direction === 'desc' ? 'DESCENDING' : 'ASCENDING'
  return { equal: new Set<string>(equal), ordered: ordered === 'id' ? undefined : ordered, order }
}

/** The indexes that Firestore may use for a query. Several are merged when each ends with the order, and together they have all fields. */
function servingIndexes(made: MadeQuery): readonly Index[] {
  const { equal, ordered, order } = shapeOf(made)
  return indexes.filter(({ collectionGroup, fields }) => {
    if (collectionGroup !== last(made.query.collection)) return false
    const end = ordered === undefined ? [] : fields.slice(-1)
    const front = ordered === undefined ? fields : fields.slice(0, -1)
    return (
      front.every(({ fieldPath }) => equal.has(fieldPath)) &&
      end.every(({ fieldPath, order: has }) => fieldPath === ordered && has === order)
    )
  })
}

/** Single fields have indexes of their own, unless they are exempt. These serve equality in any number of fields, or one order. */
function isServed(made: MadeQuery): boolean {
  const { equal, ordered, order } = shapeOf(made)
  const covered = new Set(servingIndexes(made).flatMap(({ fields }) => fields.map(({ fieldPath }) => fieldPath)))
  const hasOwn = hasOwnIndex(last(made.query.collection))
  if (ordered === undefined) return [...equal].every((field) => covered.has(field) || hasOwn(field, 'ASCENDING'))
  if (equal.size === 0) return hasOwn(ordered, order)
  return [...equal].every((field) => covered.has(field))
}

/** An exemption also holds for what is inside the field. */
const hasOwnIndex = (collection: string) => (field: string, order: string) =>
  fieldOverrides
    .filter(({ collectionGroup, fieldPath }) => collectionGroup === collection && `${field}.`.startsWith(`${fieldPath}.`))
    .every((override) => override.indexes.some((index) => index.order === order))

it('every query of the list has its index', () => {
  expect(QUERIES.filter((made) => !isServed(made)).map(({ by, query: { where, orderBy } }) => ({ by, where, orderBy }))).toEqual(
    [],
  )
})

it('every index serves a query of the list', () => {
  const used = new Set(QUERIES.flatMap(servingIndexes))
  expect(indexes.filter((index) => !used.has(index))).toEqual([])
})

it('a query that lacks its index is found', () => {
  const query = { collection: 'message_queue_jobs', where: [['tenant', '==', 'a'] as const], orderBy: ['sendAt', 'asc'] as const }
  expect(isServed({ by: 'a test', query })).toBe(false)
  const exempt = { collection: 'whatsapp_connection_states', orderBy: ['checkpoint.at', 'asc'] as const }
  expect(isServed({ by: 'a test', query: exempt })).toBe(false)
})

it('the rules are tried in every collection that they name', () => {
  const named = [...readFileSync(join(root, 'firestore.rules'), 'utf8').matchAll(/^ {4}match \/(\w+)\//gm)].map(
    ([, name]) => name,
  )
  expect(named.length).toBeGreaterThan(5)
  expect(COLLECTIONS).toEqual(expect.arrayContaining(named))
})
