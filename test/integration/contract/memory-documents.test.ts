import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Append,
  REMOVED,
  SERVER_TIME,
  type Change,
  type DocumentSnapshot,
  type DocumentStore,
  type Query,
} from '@holdfast/core/platform/ports'
import type { FirestoreUnderTest } from '../../support/firestore-under-test.ts'
import { committed, type Documents, queried, snapshotOf } from '../../support/memory-documents.ts'
import { FIRESTORES } from './firestores.ts'

/** The model tests trust the documents in memory, so these have to do what Firestore does. */

let collections = 0

const NOON = new Date('2026-12-01T12:00:00.000Z')
const LATER = new Date('2026-12-01T13:00:00.000Z')

const values = fc.constantFrom<unknown>(null, 1, 2, 'a', 'b', true, NOON, LATER, { inner: 'a', at: NOON }, [{ at: NOON }])
const writes = fc.oneof(
  { weight: 3, arbitrary: values },
  fc.constantFrom<unknown>(SERVER_TIME, { at: SERVER_TIME }, Buffer.from('bytes')),
  fc.constantFrom({ at: NOON }, { at: LATER }, 'x').map((element) => new Append(element)),
)
const FIELDS = ['one', 'two'] as const
const fieldsOf = (each: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom(...FIELDS), each, { minKeys: 1, noNullPrototype: true })

const IDS = ['a', 'b', 'c'] as const
const ids = fc.constantFrom(...IDS)

/** One change of one document. `since` names the snapshot that an update may be bound to. */
const steps = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), id: ids, fields: fieldsOf(writes) }),
  fc.record({ kind: fc.constant('merge' as const), id: ids, fields: fieldsOf(writes) }),
  // Often changes nothing.
  fc.record({ kind: fc.constant('merge' as const), id: fc.constant('a'), fields: fc.constant({ one: 1 }) }),
  fc.record({
    kind: fc.constant('update' as const),
    id: ids,
    fields: fieldsOf(fc.oneof({ weight: 4, arbitrary: writes }, fc.constant(REMOVED))),
    since: fc.constantFrom('any' as const, 'now' as const, 'before' as const),
  }),
  fc.record({
    kind: fc.constant('delete' as const),
    id: ids,
    since: fc.constantFrom('any' as const, 'any' as const, 'now' as const, 'before' as const),
  }),
)

type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never

/** A store, and the snapshots of its documents now and before the last commit. */
class Watched {
  readonly #collection: string
  readonly #store: Pick<DocumentStore, 'commit' | 'read' | 'query'>
  #now = new Map<string, DocumentSnapshot | null>()
  #before = new Map<string, DocumentSnapshot | null>()

  constructor(collection: string, store: Pick<DocumentStore, 'commit' | 'read' | 'query'>) {
    this.#collection = collection
    this.#store = store
  }

  /** Returns what came of the commit and of the documents, without the times, which differ between stores. */
  async commit(changes: readonly Step[]) {
    const code = await this.#store.commit(changes.map((step) => this.#changeOf(step))).then(
      () => 0,
      (error: { code?: number }) => error.code,
    )
    this.#before = this.#now
    this.#now = new Map(await Promise.all(IDS.map(async (id) => [id, await this.#store.read(this.#path(id))] as const)))
    const documents = IDS.map((id) => {
      const [now, before] = [this.#now.get(id), this.#before.get(id)]
      return now && { fields: timeless(now.fields), isChanged: now.updatedAtMicros !== before?.updatedAtMicros }
    })
    return { code, documents }
  }

  async find(query: Omit<Query, 'collection'>) {
    const found = await this.#store.query({ collection: this.#collection, ...query })
    return found.map(({ id, fields }) => ({ id, fields: timeless(fields) }))
  }

  #path(id: string): string {
    return `${this.#collection}/${id}`
  }

  #changeOf(step: Step): Change {
    const path = this.#path(step.id)
    if (step.kind === 'delete') return { kind: 'delete', path, ...this.#boundTo(step) }
    const { kind, fields } = step
    return kind === 'update' ? { kind, path, fields, ...this.#boundTo(step) } : { kind, path, fields }
  }

  #boundTo({ id, since }: { id: string; since: 'any' | 'now' | 'before' }): { unlessChangedSince?: DocumentSnapshot } {
    const snapshot = since === 'any' ? null : (since === 'now' ? this.#now : this.#before).get(id)
    return snapshot ? { unlessChangedSince: snapshot } : {}
  }
}

/** Replaces times of this year, which the store itself has set. */
const timeless = (value: unknown): unknown => {
  if (value instanceof Date) return [NOON, LATER].some((time) => Number(time) === Number(value)) ? value : 'server time'
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(timeless)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, timeless(inner)]))
}

function inMemory(): Pick<DocumentStore, 'commit' | 'read' | 'query'> {
  let documents: Documents = new Map()
  let micros = Date.now() * 1000
  return {
    commit: async (changes) => void (documents = committed(documents, changes, ++micros)),
    read: async (path) => snapshotOf(documents, path, micros),
    query: async (query) => queried(documents, query, micros),
  }
}

function bothStores({ clients }: FirestoreUnderTest) {
  const collection = `memory-${++collections}`
  return [new Watched(collection, clients.documents), new Watched(collection, inMemory())] as const
}

const comparable = fc.oneof(fc.constant<unknown>(1), fc.constantFrom<unknown>(null, 2, 'a', 'b', NOON, LATER))

/** Only queries that Firestore allows: it orders by the field of an inequality, and starts and ends at values of that field. */
const queries = fc
  .record({
    equal: fc.option(fc.tuple(fc.constantFrom('==' as const, 'in' as const), comparable)),
    range: fc.option(
      fc.tuple(fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const), fc.constantFrom(1, 'a', NOON)),
    ),
    direction: fc.constantFrom('asc' as const, 'desc' as const, null),
    startAfter: fc.option(fc.constantFrom<unknown>(1, 'a', NOON)),
    limit: fc.option(fc.constantFrom(1, 2)),
    select: fc.boolean(),
  })
  .map(({ equal, range, direction, startAfter, limit, select }): Omit<Query, 'collection'> => {
    const value = equal?.[0] === 'in' ? [equal[1] ?? 'a', 2] : equal?.[1]
    return {
      where: [...(equal ? [['two', equal[0], value] as const] : []), ...(range ? [['one', ...range] as const] : [])],
      ...(direction ? { orderBy: ['one', direction] as const } : {}),
      ...(direction && startAfter !== null ? { startAfter } : {}),
      ...(limit === null ? {} : { limit }),
      ...(select ? { select: ['two'] } : {}),
    }
  })

describe.each(FIRESTORES)('$name', ({ start }) => {
  let firestore: FirestoreUnderTest

  beforeAll(async () => {
    firestore = await start()
  })

  afterAll(() => firestore[Symbol.asyncDispose]())

  test('a commit has the same outcome in memory as in Firestore', { timeout: 120_000 }, async () => {
    const commits = fc.array(fc.uniqueArray(steps, { minLength: 1, maxLength: 2, selector: ({ id }) => id }), {
      minLength: 1,
      maxLength: 12,
      size: 'max',
    })
    await fc.assert(
      fc.asyncProperty(commits, async (all) => {
        const [real, memory] = bothStores(firestore)
        for (const changes of all) expect(await memory.commit(changes)).toEqual(await real.commit(changes))
      }),
      { numRuns: 40 },
    )
  })

  test('a query finds the same in memory as in Firestore', { timeout: 120_000 }, async () => {
    const contents = fc.array(fc.record({ one: comparable, two: comparable }, { requiredKeys: [] }), {
      minLength: 3,
      maxLength: 3,
    })
    await fc.assert(
      fc.asyncProperty(contents, fc.array(queries, { minLength: 3, maxLength: 6, size: 'max' }), async (all, asked) => {
        const [real, memory] = bothStores(firestore)
        for (const store of [real, memory]) {
          const creations = all.map((fields, index) => ({ kind: 'create' as const, id: IDS[index] ?? 'a', fields }))
          expect((await store.commit(creations)).code).toBe(0)
        }
        for (const query of asked) expect(await memory.find(query)).toEqual(await real.find(query))
      }),
      { numRuns: 40 },
    )
  })
})
