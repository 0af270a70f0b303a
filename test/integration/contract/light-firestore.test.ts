import {
  AggregateField,
  FieldPath,
  FieldValue,
  Filter,
  Firestore,
  type DocumentData,
  type Query,
  type QuerySnapshot,
} from '@google-cloud/firestore'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commit } from '../../bench/light-firestore/answers.ts'
import { Store } from '../../bench/light-firestore/store.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { startLightFirestore } from './firestores.ts'

// What Google's client can ask beyond the product's port: the light Firestore of the bench answers as the emulator does, or refuses.

interface Side {
  readonly under: FirestoreUnderTest
  readonly firestore: Firestore
}

let real: Side
let light: Side
let number = 0

async function open(start: () => Promise<FirestoreUnderTest>): Promise<Side> {
  const under = await start()
  // The address is read from the environment when the client is made, and opening sets it.
  return { under, firestore: new Firestore({ projectId: under.projectId }) }
}

beforeAll(async () => {
  real = await open(startFirestore)
  light = await open(() => startLightFirestore())
})

afterAll(async () => {
  for (const { under, firestore } of [real, light]) {
    await firestore.terminate()
    await under[Symbol.asyncDispose]()
  }
})

/** Does the same on both, and compares what comes of it. */
async function compare<Result>(work: (firestore: Firestore, collection: string) => Promise<Result>): Promise<Result> {
  const collection = `light-${++number}`
  const [expected, found] = [await work(real.firestore, collection), await work(light.firestore, collection)]
  expect(found).toEqual(expected)
  return found
}

const contents = (snapshot: QuerySnapshot) => snapshot.docs.map((document) => [document.id, document.data()])

async function fill(firestore: Firestore, collection: string): Promise<void> {
  const batch = firestore.batch()
  for (let index = 0; index < 24; index++) {
    batch.create(firestore.doc(`${collection}/document-${String(index).padStart(2, '0')}`), {
      kind: ['a', 'b', 'c'][index % 3],
      size: index % 5,
      share: index / 4,
      ...(index % 4 === 0 ? {} : { tags: [`tag ${index % 2}`, 'all', index] }),
      inner: { of: index % 2 === 0 ? null : index, 'with.dot': Number.NaN },
    })
  }
  await batch.commit()
}

const QUERIES: Readonly<Record<string, (query: Query) => Query<DocumentData>>> = {
  alternatives: (query) => query.where(Filter.or(Filter.where('size', '==', 1), Filter.where('kind', '==', 'b'))),
  'alternatives beside a condition': (query) =>
    query.where('kind', '==', 'a').where(Filter.or(Filter.where('size', '>', 3), Filter.where('size', '<', 1))),
  'one element of a list': (query) => query.where('tags', 'array-contains', 'tag 1'),
  'any element of a list': (query) => query.where('tags', 'array-contains-any', ['tag 0', 7]),
  'several values, in an order': (query) => query.where('kind', 'in', ['c', 'a']).orderBy('size', 'desc').limit(7),
  'two fields with several values': (query) => query.where('kind', 'in', ['a', 'b']).where('size', 'in', [0, 2, 4]),
  'what is not a value': (query) => query.where('size', '!=', 2).limit(9),
  'none of some values': (query) => query.where('size', 'not-in', [1, 2]),
  nothing: (query) => query.where('inner.of', '==', null),
  something: (query) => query.where('inner.of', '!=', null),
  'no number': (query) => query.where(new FieldPath('inner', 'with.dot'), '==', Number.NaN),
  'two orders': (query) => query.orderBy('kind', 'desc').orderBy('size', 'asc').limit(10),
  'a page': (query) => query.orderBy('size').offset(5).limit(6),
  'from one document to another': (query) => query.orderBy('share').startAt(1.5).endBefore(4),
  'a range of a fraction': (query) => query.where('share', '>=', 1).where('share', '<', 3),
  'the last ones': (query) => query.orderBy('share').limitToLast(3),
  ids: (query) => query.where(FieldPath.documentId(), '>', 'document-20'),
  'one id': (query) => query.where(FieldPath.documentId(), '==', 'document-05'),
  'some fields': (query) => query.select('kind', 'inner.of').limit(3),
  'no fields': (query) => query.select().limit(3),
  'a whole map': (query) => query.where('inner', '==', { of: 3, 'with.dot': Number.NaN }),
}

test('queries find the same', async () => {
  const found = await compare(async (firestore, collection) => {
    await fill(firestore, collection)
    const all: [string, unknown][] = []
    for (const [name, made] of Object.entries(QUERIES))
      all.push([name, contents(await made(firestore.collection(collection)).get())])
    return all
  })
  const empty = found.filter(([, documents]) => (documents as unknown[]).length === 0).map(([name]) => name)
  expect(empty).toEqual([])
})

test('queries of a group of collections find the same, also what came after the first one', async () => {
  await compare(async (firestore, collection) => {
    const group = `${collection}-group`
    const add = (path: string) => firestore.doc(path).create({ path, size: path.length })
    for (const path of [`${group}/top`, `${collection}/one/${group}/a`, `${collection}/two/${group}/b`]) await add(path)
    await add(`${collection}/one/other-${group}/c`)
    const find = async () => contents(await firestore.collectionGroup(group).orderBy('size').get())
    const before = await find()
    await add(`${collection}/three/${group}/d`)
    await firestore.doc(`${collection}/one/${group}/a`).delete()
    return [before, await find()]
  })
})

test('sums and counts are the same', async () => {
  await compare(async (firestore, collection) => {
    await fill(firestore, collection)
    const sums = { count: AggregateField.count(), size: AggregateField.sum('size'), share: AggregateField.sum('share') }
    const all = await firestore.collection(collection).aggregate(sums).get()
    const some = await firestore.collection(collection).where('kind', 'in', ['a', 'c']).where('size', '<', 3).count().get()
    return [all.data(), some.data(), (await firestore.collection(collection).limit(5).count().get()).data()]
  })
})

test('writes leave the same', async () => {
  await compare(async (firestore, collection) => {
    const document = firestore.doc(`${collection}/one`)
    const states: unknown[] = []
    const note = async () => states.push((await document.get()).data())
    await document.set({ count: 1, list: [1, 2], map: { a: 1, b: { c: 2 } }, gone: true })
    await document.set({ map: { b: { d: 3 } } }, { merge: true })
    await note()
    await document.update({ 'map.b.c': FieldValue.delete(), count: FieldValue.increment(2), list: FieldValue.arrayRemove(1) })
    await note()
    await document.update({
      gone: FieldValue.delete(),
      share: FieldValue.increment(0.5),
      'new.inner': FieldValue.arrayUnion(1, 1),
    })
    await note()
    await document.set({ only: 'this' })
    await note()
    await document.delete()
    await note()
    const codes: number[] = []
    const refused = [() => document.update({ a: 1 }), () => document.delete({ exists: true }), () => document.create({ a: 1 })]
    for (const write of [...refused, () => document.create({ a: 2 })]) {
      codes.push(
        await write().then(
          () => 0,
          (error: { code: number }) => error.code,
        ),
      )
    }
    return [states, codes]
  })
})

/** Changes documents, and returns what a listener had as its answer after each change. */
async function heard(query: Query, changes: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  const answers: unknown[] = []
  let last: unknown = null
  const stop = query.onSnapshot((snapshot) => void (last = contents(snapshot)))
  try {
    await expect.poll(() => last).not.toBeNull()
    for (const change of changes) {
      await change()
      const wanted = contents(await query.get())
      await expect.poll(() => last).toEqual(wanted)
      answers.push(last)
    }
    return answers
  } finally {
    stop()
  }
}

test('listeners have the answer of their query after each change', async () => {
  await compare(async (firestore, collection) => {
    const documents = firestore.collection(collection)
    await fill(firestore, collection)
    const query = documents.where('kind', '==', 'a').orderBy('size').limit(4)
    return heard(query, [
      () => documents.doc('document-00').delete(),
      () => documents.doc('new').create({ kind: 'a', size: -1 }),
      () => documents.doc('new').update({ size: 100 }),
      () => documents.doc('document-03').update({ kind: 'b' }),
      () => documents.doc('document-01').update({ kind: 'a', size: 0 }),
    ])
  })
})

test('a listener of one document hears of its creation, its changes and its end', async () => {
  await compare(async (firestore, collection) => {
    const document = firestore.doc(`${collection}/one`)
    const states: unknown[] = []
    const stop = document.onSnapshot((snapshot) => void states.push(snapshot.data() ?? null))
    await expect.poll(() => states.length).toBe(1)
    for (const change of [() => document.create({ n: 1 }), () => document.update({ n: 2 }), () => document.delete()]) {
      const before = states.length
      await change()
      await expect.poll(() => states.length).toBe(before + 1)
    }
    stop()
    return states
  })
})

test('what the light one does not do, it refuses', async () => {
  await expect(light.firestore.listCollections()).rejects.toMatchObject({ code: 12 })
  // Google's client asks five times before it believes the refusal of a stream.
  const writes = { writes: [], transaction: Buffer.from('any') }
  expect(() => commit(new Store(), writes)).toThrow('The light Firestore of the bench has no transactions.')
})

test('answers of the light one come after its latency, in their order', async () => {
  const slow = await open(() => startLightFirestore(50))
  try {
    const document = slow.firestore.doc('a/b')
    await document.set({ n: 0 })
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 5 }, (_, n) => document.set({ n })))
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49)
    expect((await document.get()).data()).toEqual({ n: 4 })
  } finally {
    await slow.firestore.terminate()
    await slow.under[Symbol.asyncDispose]()
  }
})
