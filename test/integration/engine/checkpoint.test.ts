import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { parseStored } from '@holdfast/core/platform/parse'
import { sessionDocumentSchema, sessionPath, type CheckpointPointer } from '@holdfast/core/session/session-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { Checkpointer } from '../../../runner/src/session/journal/checkpointer.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { FaultyObjects, forbidden } from '../../support/engine/faulty-objects.ts'
import { type Owner, takeOver } from '../../support/engine/owner.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { type Stores, openStores } from '../../support/engine/stores.ts'

let stores: Stores
const owners: Owner[] = []

beforeAll(async () => {
  stores = await openStores()
})

afterEach(() => {
  for (const { journal } of owners.splice(0)) journal.close()
})

afterAll(async () => {
  await stores[Symbol.asyncDispose]()
})

interface Saving extends Owner {
  readonly session: SessionUnderTest
  readonly objects: FaultyObjects
  readonly documents: FaultyDocuments
  readonly checkpointer: Checkpointer
}

const SAVE_EVERYTHING = { everyRecords: 1, everyMs: 60_000 }

async function owned(session?: SessionUnderTest, runnerId?: string, policy = SAVE_EVERYTHING): Promise<Saving> {
  const given = session ?? (await new SessionUnderTest(stores.clients.documents).create())
  const objects = new FaultyObjects(stores.clients.objects)
  const documents = new FaultyDocuments(given.documents)
  const owner = await takeOver(given, { documents, objects, ...(runnerId === undefined ? {} : { runnerId }) })
  owners.push(owner)
  const { state, inbox, claim } = owner
  const checkpointer = new Checkpointer({
    state,
    tidyUp: () => inbox.forget(),
    cipher: given.cipher,
    keys: given.keys(),
    journals: new DocumentJournals(documents),
    objects,
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    policy,
    session: claim.session,
    startedFrom: owner.restored.startedFrom,
  })
  return { ...owner, session: given, objects, documents, checkpointer }
}

async function change({ state, journal }: Owner, ...ids: string[]): Promise<void> {
  for (const id of ids) await journal.whenDurable(state.change({ keys: { session: { [id]: `value of ${id}` } } }))
}

/** Makes one more change, and a checkpoint of the whole state. */
async function save(owner: Saving, id: string): Promise<CheckpointPointer | null> {
  await change(owner, id)
  await owner.checkpointer.run()
  return (await pointersOf(owner.session)).checkpoint
}

async function pointersOf({ sessionId, documents }: SessionUnderTest) {
  const snapshot = await documents.read(sessionPath(sessionId))
  return parseStored(sessionDocumentSchema, snapshot?.fields, sessionId)
}

const recordsOf = async ({ sessionId, documents }: SessionUnderTest): Promise<number[]> =>
  (await documents.query({ collection: journalPath(sessionId), select: ['seq'] })).map(({ id }) => Number(id))

const idsIn = ({ state }: Owner): string[] => [...state.image.entries('session')].map(([id]) => id).toSorted()

/** The record numbers and the checkpoint pointers of a session, to compare them before and after. */
const contentOf = async (session: SessionUnderTest) => ({
  records: await recordsOf(session),
  pointers: await pointersOf(session).then(({ checkpoint, previousCheckpoint }) => [checkpoint, previousCheckpoint]),
})

const file = (pointer: CheckpointPointer | null) => stores.storage.bucket.file(pointer?.object ?? '')

/** Overwrites an object, as a person with access to the bucket could, and lets its pointer name the new generation. */
async function overwrite(session: SessionUnderTest, pointer: CheckpointPointer | null, bytes: Buffer): Promise<void> {
  await file(pointer).save(bytes, { resumable: false })
  const [{ generation }] = await file(pointer).getMetadata()
  const which = (await pointersOf(session)).checkpoint?.object === pointer?.object ? 'checkpoint' : 'previousCheckpoint'
  const forged = { ...pointer, generation: String(generation) }
  await session.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { [which]: forged } }])
}

/** Removes the generation, which an ordinary deletion leaves in a bucket with versions. */
const remove = (pointer: CheckpointPointer | null) =>
  stores.storage.bucket.file(pointer?.object ?? '', { generation: pointer?.generation ?? '' }).delete()

const stored = async (pointer: CheckpointPointer | null): Promise<Buffer> => (await file(pointer).download())[0]

describe('a checkpoint', () => {
  test('is written, verified and pointed to by a record; the next owner starts from it', async () => {
    const owner = await owned()
    await change(owner, 'a', 'b')
    const pointer = await save(owner, 'c')
    expect(pointer).toMatchObject({ object: expect.stringContaining(`sessions/${owner.session.sessionId}/`), epoch: 1 })
    expect(await recordsOf(owner.session)).toHaveLength((pointer?.seq ?? 0) + 1)
    await change(owner, 'd')
    const next = await owned(owner.session, 'next')
    expect(idsIn(next)).toEqual(['a', 'b', 'c', 'd'])
    // The checkpoint's own record, `d`, and the claim.
    expect(next.restored.replayed).toBe(3)
  })

  test('is not due while nothing has changed', async () => {
    const owner = await owned()
    await save(owner, 'a')
    expect([owner.state.unsavedChanges, owner.checkpointer.isDue]).toEqual([0, false])
    expect(owner.checkpointer.dueAtMs).toBe(Number.POSITIVE_INFINITY)
  })

  test('is encrypted in the bucket', async () => {
    const owner = await owned()
    const bytes = await stored(await save(owner, 'secret-key-id'))
    expect(bytes.includes('secret-key-id')).toBe(false)
  })

  test('is made although an interrupted attempt has left an object for the same record', async () => {
    const owner = await owned()
    await change(owner, 'a')
    const image = owner.state.image.toMutation()
    const head = await owner.journal.cut()
    // The first attempt died after the object and before the record.
    await writeCheckpoint(stores.clients.objects, owner.session.cipher, { ...head, image })
    await owner.checkpointer.run()
    expect((await pointersOf(owner.session)).checkpoint?.seq).toBe(head.sequence)
    expect(idsIn(await owned(owner.session, 'next'))).toEqual(['a'])
  })
})

test('a checkpoint of another log under the same number is not pointed to, as when Firestore was set back', async () => {
  const owner = await owned()
  await change(owner, 'a')
  const image = { keys: { session: { other: 'a ratchet' } } }
  const head = await owner.journal.cut()
  await writeCheckpoint(stores.clients.objects, owner.session.cipher, { ...head, hash: 'of another record', image })
  await owner.checkpointer.run()
  expect((await pointersOf(owner.session)).checkpoint ?? null).toBeNull()
  expect(idsIn(await owned(owner.session, 'next'))).toEqual(['a'])
})

describe('a failing Cloud Storage', () => {
  test.each([
    ['refuses the object', (objects: FaultyObjects) => (objects.refuseCreate = forbidden)],
    ['cannot be read back', (objects: FaultyObjects) => (objects.refuseRead = forbidden)],
    ['stores other bytes', (objects: FaultyObjects) => (objects.damage = (bytes) => Buffer.concat([bytes, Buffer.of(0)]))],
    ['stores a part', (objects: FaultyObjects) => (objects.damage = (bytes) => bytes.subarray(0, -1))],
  ])('that %s changes no pointer and trims nothing', async (_, goWrong) => {
    const owner = await owned()
    const good = await save(owner, 'a')
    await save(owner, 'b')
    const before = await contentOf(owner.session)
    goWrong(owner.objects)
    await save(owner, 'c')
    const after = await contentOf(owner.session)
    expect(after.pointers).toEqual(before.pointers)
    expect(after.pointers[1]).toEqual(good)
    expect(after.records.slice(0, before.records.length)).toEqual(before.records)
    expect(idsIn(await owned(owner.session, 'next'))).toEqual(['a', 'b', 'c'])
  })

  test('that refuses an object is not asked again at once, and wakes no owner before the next attempt', async () => {
    const owner = await owned(undefined, undefined, { everyRecords: 1, everyMs: 0 })
    owner.objects.refuseCreate = forbidden
    await save(owner, 'a')
    expect(owner.checkpointer.isDue).toBe(false)
    expect(owner.state.unsavedChanges).toBeGreaterThan(0)
    expect(owner.checkpointer.dueAtMs).toBeGreaterThan(systemClock.now() + 50_000)
  })

  test('is tried again after a failure once enough records wait for it, although none is added', async () => {
    const owner = await owned(undefined, undefined, { everyRecords: 2, everyMs: 3_600_000 })
    owner.objects.refuseCreate = forbidden
    await change(owner, 'a')
    await save(owner, 'b')
    const waitMs = owner.checkpointer.dueAtMs - systemClock.now()
    expect(owner.checkpointer.isDue).toBe(false)
    expect(waitMs).toBeGreaterThan(50_000)
    expect(waitMs).toBeLessThan(61_000)
  })

  test('that replaces a damaged one is tried again after a failure, although nothing has changed', async () => {
    const before = await owned()
    for (const id of ['a', 'b']) await save(before, id)
    await remove((await pointersOf(before.session)).checkpoint)
    const owner = await owned(before.session, 'next', { everyRecords: 1000, everyMs: 3_600_000 })
    owner.objects.refuseCreate = forbidden
    await owner.checkpointer.run()
    expect([owner.state.unsavedChanges, owner.checkpointer.isDue]).toEqual([0, false])
    const waitMs = owner.checkpointer.dueAtMs - systemClock.now()
    expect(waitMs).toBeGreaterThan(50_000)
    expect(waitMs).toBeLessThan(61_000)
  })

  test('that does not answer is no damage: the next owner takes no older checkpoint instead', async () => {
    const owner = await owned()
    await save(owner, 'a')
    const newest = await save(owner, 'b')
    const objects = new FaultyObjects(stores.clients.objects)
    objects.refuseRead = (name) => (name === newest?.object ? forbidden() : null)
    await expect(takeOver(owner.session, { runnerId: 'next', objects })).rejects.toThrow('403')
  })
})

describe('the next owner', () => {
  const damages: [string, (session: SessionUnderTest, pointer: CheckpointPointer | null) => Promise<unknown>][] = [
    ['is missing', (_, pointer) => remove(pointer)],
    ['was truncated', async (session, pointer) => overwrite(session, pointer, (await stored(pointer)).subarray(0, -20))],
    ['was altered', async (session, pointer) => overwrite(session, pointer, flipped(await stored(pointer)))],
    ['is empty', (session, pointer) => overwrite(session, pointer, Buffer.alloc(0))],
  ]

  test.each(damages)(
    'loses nothing when the newest checkpoint %s: the one before it and the journal serve',
    async (_, damage) => {
      const owner = await owned()
      for (const id of ['a', 'b', 'c']) await save(owner, id)
      await change(owner, 'd')
      await damage(owner.session, (await pointersOf(owner.session)).checkpoint)
      const next = await owned(owner.session, 'next')
      expect(idsIn(next)).toEqual(['a', 'b', 'c', 'd'])
      expect(next.restored.damaged.map(({ code }) => code)).toEqual(['checkpoint-corrupt'])
      // The session goes on, and its next checkpoint is good.
      await save(next, 'e')
      expect(idsIn(await owned(owner.session, 'third'))).toEqual(['a', 'b', 'c', 'd', 'e'])
    },
  )

  test.each(damages)('loads nothing and changes nothing when each of the two checkpoints %s', async (_, damage) => {
    const owner = await owned()
    for (const id of ['a', 'b', 'c']) await save(owner, id)
    const { checkpoint, previousCheckpoint } = await pointersOf(owner.session)
    for (const pointer of [checkpoint, previousCheckpoint]) await damage(owner.session, pointer)
    const before = await contentOf(owner.session)
    // Resolves with the ids alone, because a failure would print the whole owner.
    const loading = owned(owner.session, 'next').then(idsIn)
    await expect(loading).rejects.toMatchObject({ code: 'checkpoint-lost' })
    const after = await contentOf(owner.session)
    // Only a claim was added: an owner claims before it loads.
    expect(after).toEqual({ ...before, records: [...before.records, (before.records.at(-1) ?? 0) + 1] })
  })

  test('replays the whole journal when the only checkpoint is gone', async () => {
    const owner = await owned()
    await remove(await save(owner, 'a'))
    expect(idsIn(await owned(owner.session, 'next'))).toEqual(['a'])
  })

  test('reads the generation that the pointer names when the object was deleted or overwritten by mistake', async () => {
    const owner = await owned()
    for (const id of ['a', 'b']) await save(owner, id)
    const { checkpoint, previousCheckpoint } = await pointersOf(owner.session)
    await file(checkpoint).delete()
    await file(previousCheckpoint).save(Buffer.from('a mistake'), { resumable: false })
    const next = await owned(owner.session, 'next')
    expect([idsIn(next), next.restored.damaged]).toEqual([['a', 'b'], []])
  })
})

test('a checkpoint of another session is refused, even when the pointer names it', async () => {
  const [owner, other] = [await owned(), await owned()]
  await save(owner, 'mine')
  const foreign = await save(other, 'theirs')
  const fields = { checkpoint: foreign }
  await owner.session.documents.commit([{ kind: 'merge', path: sessionPath(owner.session.sessionId), fields }])
  const next = await owned(owner.session, 'next')
  expect(next.restored.damaged).toHaveLength(1)
  expect(idsIn(next)).toEqual(['mine'])
})

test('an older checkpoint in the place of a newer one is refused', async () => {
  const owner = await owned()
  const first = await save(owner, 'a')
  const second = await save(owner, 'b')
  const bytes = await stored(first)
  await overwrite(owner.session, second, bytes)
  const next = await owned(owner.session, 'next')
  expect(next.restored.damaged).toHaveLength(1)
  expect(idsIn(next)).toEqual(['a', 'b'])
})

test('a backup fails when the session is lost before its pointer is written', async () => {
  const owner = await owned()
  await change(owner, 'a')
  const kindOf = (change: Change): unknown => change.kind === 'create' && change.fields['kind']
  let isRecorded = false
  owner.documents.faults((changes) => {
    if (changes.some((one) => kindOf(one) === 'checkpoint')) return changes.length > 1 ? 'refuse' : ((isRecorded = true), null)
    return isRecorded ? 'refuse' : null
  })
  const failed = expect(owner.checkpointer.backup({ why: 'requested' })).rejects.toMatchObject({ code: 'backup-failed' })
  await expect.poll(() => isRecorded).toBe(true)
  await owner.session.claim('another')
  await failed
})

describe('trimming', () => {
  test('goes only as far as the older of the two checkpoints', async () => {
    const owner = await owned()
    for (const id of ['a', 'b', 'c']) {
      const { checkpoint: older } = await pointersOf(owner.session)
      await change(owner, `${id}1`, `${id}2`)
      await save(owner, id)
      const left = (await recordsOf(owner.session)).filter((sequence) => sequence > 1)
      expect(left[0]).toBe(older ? older.seq + 1 : 2)
    }
  })

  test('waits until the pointer is in Firestore, although its record is durable before', async () => {
    const owner = await owned()
    await save(owner, 'a')
    await save(owner, 'b')
    const { previousCheckpoint } = await pointersOf(owner.session)
    const points = (change: Change): boolean => change.kind === 'merge' && 'checkpoint' in change.fields
    owner.documents.faults((changes) => (changes.some(points) ? 'refuse' : null))
    await save(owner, 'c')
    const left = (await recordsOf(owner.session)).filter((sequence) => sequence > 1)
    expect(left[0]).toBe((previousCheckpoint?.seq ?? 0) + 1)
  })
})

const flipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  copy[copy.length - 30] = (copy[copy.length - 30] ?? 0) ^ 1
  return copy
}
