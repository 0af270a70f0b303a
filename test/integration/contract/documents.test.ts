import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DocumentStore, type ListenerEvent, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { FirestoreUnderTest } from '../../support/firestore-under-test.ts'
import { FIRESTORES } from './firestores.ts'
import { newSessionId } from './records.ts'

// Tests what the engine relies on in Firestore itself: preconditions, its own times, and the order in which listeners tell.

describe.each(FIRESTORES)('$name', ({ start }) => {
  let firestore: FirestoreUnderTest
  let documents: DocumentStore
  let collection: string

  beforeAll(async () => {
    firestore = await start()
    documents = firestore.clients.documents
  })

  afterAll(() => firestore[Symbol.asyncDispose]())

  beforeEach(() => {
    collection = `contract-${newSessionId()}`
  })

  const read = async (path: string) => {
    const found = await documents.read(path)
    if (!found) throw new Error(`There is no ${path}.`)
    return found
  }

  const create = (path: string, fields = {}) => documents.commit([{ kind: 'create', path, fields }])

  test('a document is created once, and one of 20 concurrent writers creates it', async () => {
    const path = `${collection}/one`
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, by) => create(path, { by })))
    const winners = outcomes.flatMap(({ status }, by) => (status === 'fulfilled' ? [by] : []))
    expect(winners).toHaveLength(1)
    expect((await read(path)).fields).toEqual({ by: winners[0] })
  })

  test('a change of a version that is not the newest fails, with everything else in its commit', async () => {
    const path = `${collection}/one`
    await create(path, { n: 1 })
    const first = await read(path)
    await documents.commit([{ kind: 'update', path, fields: { n: 2 }, unlessChangedSince: first }])
    const second = await read(path)
    expect(second.updatedAtMicros).toBeGreaterThan(first.updatedAtMicros)
    const late = { kind: 'update', path, fields: { n: 3 }, unlessChangedSince: first } as const
    const rider = { kind: 'create', path: `${collection}/rider`, fields: {} } as const
    await expect(documents.commit([rider, late])).rejects.toThrow()
    expect((await read(path)).fields).toEqual({ n: 2 })
    expect(await documents.read(rider.path)).toBeNull()
  })

  test('a change of a document that does not exist fails', async () => {
    await expect(documents.commit([{ kind: 'update', path: `${collection}/none`, fields: { n: 1 } }])).rejects.toThrow()
    expect(await documents.read(`${collection}/none`)).toBeNull()
  })

  test('the age of a document by the times of the server grows with each read, and a change begins it anew', async () => {
    const path = `${collection}/one`
    await create(path, { at: SERVER_TIME })
    const young = await read(path)
    expect(young.silentForMs).toBeGreaterThanOrEqual(0)
    expect(Math.abs((young.fields['at'] as Date).getTime() - young.updatedAtMicros / 1000)).toBeLessThan(1000)
    await expect.poll(async () => (await read(path)).silentForMs).toBeGreaterThan(young.silentForMs + 300)
    const old = await read(path)
    await documents.commit([{ kind: 'merge', path, fields: { touched: true } }])
    const renewed = await read(path)
    expect(renewed.silentForMs).toBeLessThan(old.silentForMs)
    expect(renewed.createdAtMicros).toBe(young.createdAtMicros)
    const [listed] = await documents.query({ collection })
    expect(listed?.silentForMs).toBeGreaterThanOrEqual(renewed.silentForMs)
  })

  test('a listener begins with what is there, and then tells of changes in their order', async () => {
    await create(`${collection}/before`, { n: 0 })
    const heard: string[] = []
    const note = ({ kind, document: { id, fields } }: ListenerEvent) => heard.push(`${kind} ${id} ${String(fields['n'])}`)
    const failed: unknown[] = []
    const stop = documents.listen(
      { collection },
      (events) => events.forEach(note),
      (error) => failed.push(error),
    )
    try {
      await expect.poll(() => heard).toEqual(['added before 0'])
      for (let n = 1; n <= 10; n++) {
        const kind = n === 1 ? 'create' : 'merge'
        await documents.commit([{ kind, path: `${collection}/one`, fields: { n } }])
      }
      await documents.commit([{ kind: 'delete', path: `${collection}/before` }])
      await expect.poll(() => heard.at(-1)).toBe('removed before 0')
      const seen = heard.flatMap((line) => /^(?:added|modified) one (\d+)$/.exec(line)?.[1] ?? []).map(Number)
      // It may leave out a state that another one has replaced already, and never goes back.
      expect(seen).toEqual(seen.toSorted((one, other) => one - other))
      expect(seen.at(-1)).toBe(10)
      expect(failed).toEqual([])
    } finally {
      stop()
    }
  })

  test('a query reads what a commit before it has written, by whoever', async () => {
    for (let n = 1; n <= 20; n++) {
      await create(`${collection}/${n}`, { n })
      expect(await documents.query({ collection, where: [['n', '==', n]] })).toHaveLength(1)
    }
  })
})
