import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Append, type DocumentStore, type Merge } from '@holdfast/core/platform/ports'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { MAX_RECORD_BYTES } from '@holdfast/core/journal/record-codec'
import type { FirestoreUnderTest } from '../../support/firestore-under-test.ts'
import { FIRESTORES } from './firestores.ts'
import { JOURNAL_BACKENDS, type JournalBackend } from './journal-backends.ts'
import { group, newSessionId } from './records.ts'

// Tests what the engine relies on, with each back end.

/** The back ends on Firestore, and Firestore's own on what stands for it in the bench. */
const CASES = FIRESTORES.flatMap(({ name, start }, index) =>
  Object.entries(JOURNAL_BACKENDS).flatMap(([backend, open]) => {
    const title = index === 0 ? backend : `${backend}, on ${name}`
    return index === 0 || backend === 'firestore' ? [{ title, start, open }] : []
  }),
)

describe.each(CASES)('journals in $title', ({ start, open }) => {
  let firestore: FirestoreUnderTest
  let documents: DocumentStore

  beforeAll(async () => {
    firestore = await start()
    documents = firestore.clients.documents
  })

  afterAll(() => firestore[Symbol.asyncDispose]())

  let backend: JournalBackend
  let journals: JournalStore
  let sessionId: string

  beforeEach(async () => {
    backend = await open(documents)
    journals = backend.journals
    sessionId = newSessionId()
  })

  afterEach(async () => {
    await backend[Symbol.asyncDispose]()
  })

  const numbers = async (range = {}): Promise<number[]> =>
    (await journals.list(sessionId, { after: 0, limit: 1000, ...range })).map(({ seq }) => seq)

  const fill = async (count: number): Promise<void> => {
    for (let first = 1; first <= count; first++) await journals.append(sessionId, group({ first }), [])
  }

  const statusOf = (id: string) => expect.poll(async () => (await documents.read(`t/${sessionId}-${id}`))?.fields['status'])

  const status = (id: string, word: string): Merge => ({
    kind: 'merge',
    path: `t/${sessionId}-${id}`,
    fields: { status: word, told: new Append(word) },
  })

  test('return a record with its fields and its time', async () => {
    const before = Date.now()
    const [record] = group({ first: 1 })
    await journals.append(sessionId, [record!], [])
    const found = await journals.read(sessionId, 1)
    const { at, ...fields } = found?.fields ?? {}
    expect(fields).toEqual(record)
    expect(Math.abs((at as Date).getTime() - before)).toBeLessThan(60_000)
    expect(found).toMatchObject({ seq: 1, place: expect.stringContaining(sessionId) })
    expect(journals.placeOf(sessionId)).toContain(sessionId)
  })

  test('let exactly one of 20 concurrent writers create a number, and keep its record', async () => {
    await fill(1)
    const tries = Array.from({ length: 20 }, (_, index) => group({ first: 2, nonce: `try ${index}` }))
    const outcomes = await Promise.allSettled(tries.map((records) => journals.append(sessionId, records, [])))
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
    expect(winners).toHaveLength(1)
    expect((await journals.read(sessionId, 2))?.fields['nonce']).toBe(`try ${winners[0]}`)
    expect(await numbers()).toEqual([1, 2])
  })

  test('create all records of a group or none', async () => {
    await fill(1)
    await journals.append(sessionId, group({ first: 2, parts: 3 }), [])
    expect(await numbers()).toEqual([1, 2, 3, 4])
    const overlapping = [
      { first: 2 },
      { first: 3 },
      { first: 4 },
      { first: 1, parts: 2 },
      { first: 3, parts: 4 },
      { first: 4, parts: 2 },
    ]
    for (const taken of overlapping) {
      await expect(journals.append(sessionId, group({ ...taken, nonce: 'late' }), [status('late', 'told')])).rejects.toThrow()
    }
    await journals.append(sessionId, group({ first: 7 }), [])
    await expect(journals.append(sessionId, group({ first: 5, parts: 3, nonce: 'late' }), [])).rejects.toThrow()
    expect(await numbers()).toEqual([1, 2, 3, 4, 7])
    for (const seq of [1, 2, 3, 4, 7]) expect((await journals.read(sessionId, seq))?.fields['nonce']).not.toBe('late')
    expect(await documents.read(`t/${sessionId}-late`)).toBeNull()
  })

  test('let exactly one of 20 concurrent writers create overlapping numbers', async () => {
    await fill(1)
    const tries = Array.from({ length: 20 }, (_, index) => group({ first: 2 + (index % 2), parts: 2 - (index % 2) }))
    const outcomes = await Promise.allSettled(tries.map((records) => journals.append(sessionId, records, [])))
    const created = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? tries[index]! : []))
    const found = await journals.list(sessionId, { after: 1, limit: 100 })
    expect(found.map(({ seq, fields }) => [seq, fields['nonce']])).toEqual(created.map(({ seq, nonce }) => [seq, nonce]))
  })

  test('list records in the order of their numbers, in any range', async () => {
    await fill(11)
    await journals.append(sessionId, group({ first: 12, parts: 3 }), [])
    await journals.append(sessionId, group({ first: 15 }), [])
    const all = Array.from({ length: 15 }, (_, index) => index + 1)
    expect(await numbers()).toEqual(all)
    expect(await numbers({ after: 9 })).toEqual(all.slice(9))
    expect(await numbers({ after: 12 })).toEqual([13, 14, 15])
    expect(await numbers({ after: 3, upTo: 6 })).toEqual([4, 5, 6])
    expect(await numbers({ after: 10, upTo: 13 })).toEqual([11, 12, 13])
    expect(await numbers({ after: 10, limit: 3 })).toEqual([11, 12, 13])
    expect(await numbers({ after: 15 })).toEqual([])
    expect(await numbers({ after: 6, upTo: 3 })).toEqual([])
  })

  test('include kind and key version in an outline', async () => {
    await fill(2)
    await journals.append(sessionId, group({ first: 3, kind: 'connect' }), [])
    const outline = await journals.outline(sessionId, { after: 0, limit: 2 })
    expect(outline.map(({ seq, fields: { kind, keyVersion } }) => ({ seq, kind, keyVersion }))).toEqual([
      { seq: 1, kind: 'claim', keyVersion: 0 },
      { seq: 2, kind: 'data', keyVersion: 1 },
    ])
  })

  test('keep records and groups of the largest size', async () => {
    await fill(1)
    const large = group({ first: 2, parts: 3, bytes: MAX_RECORD_BYTES })
    await journals.append(sessionId, large, [])
    const found = await journals.list(sessionId, { after: 1, limit: 10 })
    expect(found).toHaveLength(3)
    for (const [index, { fields }] of found.entries()) {
      expect(Buffer.from(fields['bytes'] as Uint8Array).equals(large[index]!.bytes)).toBe(true)
    }
  })

  test('do not show the records of another session', async () => {
    await fill(2)
    const other = newSessionId()
    expect(await journals.read(other, 1)).toBeNull()
    expect(await journals.list(other, { after: 0, limit: 10 })).toEqual([])
    await journals.append(other, group({ first: 1 }), [])
    expect(await numbers()).toEqual([1, 2])
  })

  test('lose only removed records, and keep the remaining numbers taken', async () => {
    await fill(6)
    await journals.append(sessionId, group({ first: 7, parts: 3 }), [])
    await journals.append(sessionId, group({ first: 10 }), [])
    await journals.remove(sessionId, [2, 3, 5])
    expect(await numbers()).toEqual([1, 4, 6, 7, 8, 9, 10])
    expect(await journals.read(sessionId, 3)).toBeNull()
    expect(await numbers({ after: 2, limit: 2 })).toEqual([4, 6])
    await expect(journals.append(sessionId, group({ first: 4 }), [])).rejects.toThrow()
    // The last record of a group stays, as before a claim. A back end that keeps a group in one file may then keep the whole
    // group.
    await journals.remove(sessionId, [6, 7, 8])
    expect((await numbers()).filter((seq) => seq !== 7 && seq !== 8)).toEqual([1, 4, 9, 10])
    await expect(journals.append(sessionId, group({ first: 9 }), [])).rejects.toThrow()
    await journals.remove(sessionId, [9])
    expect(await numbers()).toEqual([1, 4, 10])
    await journals.remove(sessionId, [9, 77])
    expect(await numbers()).toEqual([1, 4, 10])
  })

  test('that cannot be read are never taken for absent ones', async () => {
    await fill(2)
    await backend.away(true)
    try {
      await expect(journals.read(sessionId, 2)).rejects.toThrow()
      await expect(journals.read(sessionId, 3)).rejects.toThrow()
      await expect(journals.list(sessionId, { after: 0, limit: 10 })).rejects.toThrow()
      await expect(journals.list(newSessionId(), { after: 0, limit: 10 })).rejects.toThrow()
      await expect(journals.outline(sessionId, { after: 2, limit: 10 })).rejects.toThrow()
      await expect(journals.append(sessionId, group({ first: 3 }), [])).rejects.toThrow()
      await expect(journals.append(newSessionId(), group({ first: 1 }), [])).rejects.toThrow()
    } finally {
      await backend.away(false)
    }
    expect(await numbers()).toEqual([1, 2])
    await journals.append(sessionId, group({ first: 3 }), [])
    expect(await numbers()).toEqual([1, 2, 3])
  })

  test('apply the merges of records in Firestore, in the order of the records', async () => {
    await journals.append(sessionId, group({ first: 1 }), [])
    const words = Array.from({ length: 12 }, (_, index) => `word ${index}`)
    for (const [index, word] of words.entries())
      await journals.append(sessionId, group({ first: index + 2 }), [status('job', word)])
    await statusOf('job').toBe('word 11')
    expect((await documents.read(`t/${sessionId}-job`))?.fields['told']).toEqual(words)
  })

  test('tell when documents show the merges of all records', async () => {
    await journals.append(sessionId, group({ first: 1 }), [])
    await journals.append(sessionId, group({ first: 2 }), [status('shown', 'told')])
    await journals.followed(sessionId)
    expect((await documents.read(`t/${sessionId}-shown`))?.fields['status']).toBe('told')
  })

  test('create no record and change nothing when a precondition does not hold', async () => {
    const path = `t/${sessionId}-owned`
    await documents.commit([{ kind: 'create', path, fields: { owner: null } }])
    const asRead = await documents.read(path)
    await documents.commit([{ kind: 'merge', path, fields: { owner: 'somebody' } }])
    const stale = { kind: 'update', path, fields: { owner: 'late' }, unlessChangedSince: asRead! } as const
    await expect(journals.append(sessionId, group({ first: 1 }), [stale, status('rider', 'told')])).rejects.toThrow()
    expect(await journals.read(sessionId, 1)).toBeNull()
    expect((await documents.read(path))?.fields).toEqual({ owner: 'somebody' })
    expect(await documents.read(`t/${sessionId}-rider`)).toBeNull()
  })

  test('apply a change with a valid precondition together with the record, and refuse it when the number is taken', async () => {
    const path = `t/${sessionId}-owned`
    await documents.commit([{ kind: 'create', path, fields: { owner: null } }])
    const claim = async (owner: string) => {
      const asRead = await documents.read(path)
      return { kind: 'update', path, fields: { owner }, unlessChangedSince: asRead! } as const
    }
    await journals.append(sessionId, group({ first: 1 }), [await claim('first'), status('rider', 'first')])
    expect((await documents.read(path))?.fields).toEqual({ owner: 'first' })
    await statusOf('rider').toBe('first')
    await expect(journals.append(sessionId, group({ first: 1 }), [await claim('second')])).rejects.toThrow()
    expect((await documents.read(path))?.fields).toEqual({ owner: 'first' })
    expect(await numbers()).toEqual([1])
  })

  test('let one of several concurrent claims win that have read the same document', async () => {
    const path = `t/${sessionId}-owned`
    await documents.commit([{ kind: 'create', path, fields: { owner: null } }])
    const asRead = (await documents.read(path))!
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((owner) => {
        const update = { kind: 'update', path, fields: { owner }, unlessChangedSince: asRead } as const
        return journals.append(sessionId, group({ first: 1, nonce: owner }), [update])
      }),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await documents.read(path))?.fields['owner']).toBe((await journals.read(sessionId, 1))?.fields['nonce'])
  })
})
