import { readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DirectoryJournals } from '@holdfast/core/adapters/directory/directory-journals'
import { DirectoryLock } from '@holdfast/core/adapters/directory/directory-lock'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { sessionPath } from '@holdfast/core/session/session-document'
import { createLogger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type Change, type Merge } from '@holdfast/core/platform/ports'
import { FROM_THE_BEGINNING, readGroups } from '@holdfast/core/journal/journal-reader'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { journalsIn, openDirectory, type DirectoryUnderTest } from './journal-backends.ts'
import { chain, group, newSessionId } from './records.ts'

// Tests what only journals in a directory promise: their records and the merges that belong to them lie in different stores.

let firestore: FirestoreUnderTest
let directory: DirectoryUnderTest
let documents: FaultyDocuments
let sessionId: string
const opened: DirectoryJournals[] = []
const held: DirectoryLock[] = []

beforeAll(async () => {
  firestore = await startFirestore()
})

beforeEach(async () => {
  directory = await openDirectory()
  documents = new FaultyDocuments(firestore.clients.documents)
  sessionId = newSessionId()
})

afterEach(async () => {
  documents.away(false)
  documents.faults(null)
  documents.release()
  await Promise.all(opened.splice(0).map((journals) => journals.close()))
  await Promise.all(held.splice(0).map((lock) => lock.release()))
  await directory[Symbol.asyncDispose]()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

/** Opens the journals as the next process does. */
function open(): DirectoryJournals {
  const journals = journalsIn(directory.path, documents)
  opened.push(journals)
  return journals
}

const merge = (fields: Record<string, unknown>, id = 'job'): Merge => ({ kind: 'merge', path: `t/${sessionId}-${id}`, fields })

const fieldsOf = async (id = 'job') => (await firestore.clients.documents.read(`t/${sessionId}-${id}`))?.fields

const fileOf = (first: number) => join(directory.path, sessionId, 'journal', `${String(first).padStart(20, '0')}.rec`)

const numbers = async (journals: DirectoryJournals): Promise<number[]> =>
  (await journals.list(sessionId, { after: 0, limit: 1000 })).map(({ seq }) => seq)

describe('while Firestore is away', () => {
  test('records are appended, and afterwards Firestore receives every merge in order', async () => {
    const journals = open()
    await journals.append(sessionId, group({ first: 1 }), [])
    documents.away(true)
    for (let first = 2; first <= 70; first++) {
      await journals.append(sessionId, group({ first }), [merge({ status: `at ${first}` })])
    }
    expect(await fieldsOf()).toBeUndefined()
    documents.away(false)
    await expect.poll(() => fieldsOf(), { timeout: 15_000 }).toEqual({ status: 'at 70' })
    const statuses = documents.commits.flat().map((change) => (change.kind === 'merge' ? change.fields['status'] : null))
    expect(statuses).toEqual(Array.from({ length: 69 }, (_, index) => `at ${index + 2}`))
    expect(documents.commits.length).toBeLessThan(10)
  })

  test('no record is removed, because its merge would be lost with it', async () => {
    const journals = open()
    await journals.append(sessionId, group({ first: 1 }), [])
    documents.away(true)
    for (const first of [2, 3, 4]) await journals.append(sessionId, group({ first }), [merge({ status: `at ${first}` })])
    await expect(journals.remove(sessionId, [2])).rejects.toThrow('UNAVAILABLE')
    expect(await numbers(journals)).toEqual([1, 2, 3, 4])
    documents.away(false)
    await journals.remove(sessionId, [2, 3])
    expect(await numbers(journals)).toEqual([1, 4])
    expect(await fieldsOf()).toEqual({ status: 'at 4' })
  })

  test('no runner can claim', async () => {
    const journals = open()
    const path = sessionPath(sessionId)
    await firestore.clients.documents.commit([{ kind: 'create', path, fields: { runnerId: null } }])
    const asRead = (await firestore.clients.documents.read(path))!
    documents.away(true)
    const update = { kind: 'update', path, fields: { runnerId: 'late' }, unlessChangedSince: asRead } as const
    await expect(journals.append(sessionId, group({ first: 1 }), [update])).rejects.toThrow('UNAVAILABLE')
    expect(await numbers(journals)).toEqual([])
  })
})

describe('a merge whose process crashed after its record was durable', () => {
  test('is applied by the next process before anything else', async () => {
    const before = open()
    documents.away(true)
    for (const first of [1, 2, 3]) await before.append(sessionId, group({ first }), [merge({ status: `at ${first}` })])
    const next = journalsIn(directory.path, firestore.clients.documents)
    await next.recover()
    expect(await fieldsOf()).toEqual({ status: 'at 3' })
    await next.close()
  })

  test('is applied before Firestore decides on a claim', async () => {
    const before = open()
    const path = sessionPath(sessionId)
    await firestore.clients.documents.commit([{ kind: 'create', path, fields: { runnerId: 'dead' } }])
    documents.away(true)
    const released: Merge = { kind: 'merge', path, fields: { runnerId: null } }
    await before.append(sessionId, group({ first: 1 }), [released])
    const next = journalsIn(directory.path, firestore.clients.documents)
    const asRead = (await firestore.clients.documents.read(path))!
    const update = { kind: 'update', path, fields: { runnerId: 'next' }, unlessChangedSince: asRead } as const
    // The merge has changed the document since the claim read it, so that the claim is refused and has to read again.
    await expect(next.append(sessionId, group({ first: 2, kind: 'claim' }), [update])).rejects.toThrow()
    expect((await firestore.clients.documents.read(path))?.fields).toEqual({ runnerId: null })
    const again = { ...update, unlessChangedSince: (await firestore.clients.documents.read(path))! }
    await next.append(sessionId, group({ first: 2, kind: 'claim' }), [again])
    expect((await firestore.clients.documents.read(path))?.fields).toEqual({ runnerId: 'next' })
    await next.close()
  })

  test('has the same result when it is applied twice, also for values that Firestore sets', async () => {
    const journals = open()
    const fields = {
      at: SERVER_TIME,
      bytes: Buffer.from('bytes'),
      nothing: null,
      deep: { $date: 'no date', list: [1, 'two', true] },
    }
    await journals.append(sessionId, group({ first: 1 }), [merge(fields)])
    await expect.poll(() => fieldsOf()).toBeDefined()
    await journals.close()
    const once = await fieldsOf()
    expect(once).toEqual({ ...fields, at: expect.any(Date) })
    await rm(join(directory.path, sessionId, 'journal', 'applied'))
    documents.commits.length = 0
    await open().recover()
    expect(documents.commits).toHaveLength(1)
    expect(await fieldsOf()).toEqual(once)
  })

  test('is not applied again when the marker says that it was applied', async () => {
    const journals = open()
    for (const first of [1, 2]) await journals.append(sessionId, group({ first }), [merge({ status: `at ${first}` })])
    await journals.close()
    documents.commits.length = 0
    await open().recover()
    expect(documents.commits).toEqual([])
  })

  test.each(['', 'x', '00000000000000000099\n'])(
    'is applied again when the marker is unreadable or names a record that does not exist (%j)',
    async (mark) => {
      const journals = open()
      for (const first of [1, 2]) await journals.append(sessionId, group({ first }), [merge({ status: `at ${first}` })])
      await journals.close()
      await writeFile(join(directory.path, sessionId, 'journal', 'applied'), mark)
      documents.commits.length = 0
      const next = open()
      await next.recover()
      await next.append(sessionId, group({ first: 3 }), [merge({ status: 'at 3' })])
      await expect.poll(() => fieldsOf()).toEqual({ status: 'at 3' })
    },
  )
})

test('a process that slept while another took the directory overwrites none of the newer merges', async () => {
  const logger = createLogger('test', 'silent')
  const store = new StoreDirectory(directory.path)
  const lock = await DirectoryLock.acquire({ directory: store, runnerId: 'asleep', clock: systemClock, logger, onLost: () => {} })
  held.push(lock)
  const [asleep, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  // The process has read its merges, and sleeps before it checks the lock.
  const journals = journalsIn(directory.path, documents, async () => {
    asleep.resolve()
    await woken.promise
    await lock.assertHeld()
  })
  opened.push(journals)
  await journals.append(sessionId, group({ first: 1 }), [merge({ status: 'older' })])
  await asleep.promise
  // Takes the lock as another machine would.
  await writeFile(join(store.ownFolder('lock'), '0000000002.lock'), '')
  const next = open()
  await next.recover()
  await next.append(sessionId, group({ first: 2 }), [merge({ status: 'newer' })])
  await expect.poll(() => fieldsOf()).toEqual({ status: 'newer' })
  const late = expect(journals.remove(sessionId, [1])).rejects.toMatchObject({ code: 'store-in-use' })
  woken.resolve()
  await late
  expect(await fieldsOf()).toEqual({ status: 'newer' })
})

test('a merge that Firestore never accepts holds back no other merge', async () => {
  const journals = open()
  await journals.append(sessionId, group({ first: 1 }), [merge({ status: 'before' })])
  documents.away(true)
  await journals.append(sessionId, group({ first: 2 }), [
    merge({ tooLarge: 'x'.repeat(1_100_000) }, 'poison'),
    merge({ status: 'with' }),
  ])
  await journals.append(sessionId, group({ first: 3 }), [merge({ more: 'after' })])
  documents.away(false)
  await expect.poll(() => fieldsOf(), { timeout: 15_000 }).toEqual({ status: 'with', more: 'after' })
  expect(await fieldsOf('poison')).toBeUndefined()
})

describe('a claim', () => {
  const claimed = async (session: SessionUnderTest, journals: DirectoryJournals, runnerId: string) =>
    session.claimThrough({ documents, journals }, runnerId)

  const newSession = async () => {
    const session = await new SessionUnderTest(firestore.clients.documents).create()
    sessionId = session.sessionId
    return session
  }

  const isOwnership = (changes: readonly Change[]) => changes.some(({ kind }) => kind === 'update')

  test("that ended after Firestore's decision and before its record is followed by a claim with the next epoch", async () => {
    const session = await newSession()
    // Firestore accepts the claim, but the process hears no answer and dies.
    documents.faults((changes) => (isOwnership(changes) ? 'lose-answer' : null))
    await expect(claimed(session, open(), 'died')).rejects.toThrow('lost')
    documents.faults(null)
    const left = (await documents.read(sessionPath(sessionId)))?.fields
    expect(left).toMatchObject({ runnerId: 'died', epoch: 1 })
    expect(await numbers(open())).toEqual([])
    expect((await claimed(session, open(), 'next')).head).toMatchObject({ sequence: 1, epoch: 2 })
  })

  test('that ended after its record stands, and the next claim follows it', async () => {
    const session = await newSession()
    documents.faults((changes) => (isOwnership(changes) ? null : 'refuse'))
    expect((await claimed(session, open(), 'died')).head).toMatchObject({ sequence: 1, epoch: 1 })
    expect((await documents.read(sessionPath(sessionId)))?.fields['journalHead']).toBeUndefined()
    documents.faults(null)
    const next = open()
    await next.recover()
    expect((await documents.read(sessionPath(sessionId)))?.fields).toMatchObject({ journalHead: 1, runnerId: 'died' })
    expect((await claimed(session, next, 'next')).head).toMatchObject({ sequence: 2, epoch: 2 })
  })

  test('fences the previous owner, whatever Firestore says', async () => {
    const session = await newSession()
    const journals = open()
    const old = session.journal(await claimed(session, journals, 'old'), 'old', { journals })
    await old.whenDurable(old.append({ mutation: { creds: 'mine' } }))
    // The merge that follows the record would change the document that the claim has read.
    await expect.poll(async () => (await documents.read(sessionPath(sessionId)))?.fields['journalHead']).toBe(1)
    const claim = await claimed(session, open(), 'new')
    await firestore.clients.documents.commit([{ kind: 'merge', path: sessionPath(sessionId), fields: { runnerId: 'old' } }])
    const late = old.append({ mutation: { creds: 'too late' }, writes: () => [merge({ status: 'too late' })] })
    await expect(old.whenDurable(late)).rejects.toMatchObject({ code: 'fenced' })
    expect(await fieldsOf()).toBeUndefined()
    expect(claim.head.sequence).toBe(3)
  })

  test('is refused when the journal is missing, and the error names its last place', async () => {
    const session = await newSession()
    const journals = open()
    await claimed(session, journals, 'a')
    await journals.close()
    await using elsewhere = await openDirectory()
    const empty = journalsIn(elsewhere.path, documents)
    const refusal = claimed(session, empty, 'b')
    await expect(refusal).rejects.toMatchObject({ code: 'journal-missing' })
    await expect(refusal).rejects.toThrow(`It was last written at ${journals.placeOf(sessionId)}`)
    await rm(directory.path, { recursive: true })
    await expect(claimed(session, open(), 'b')).rejects.toMatchObject({ code: 'store-missing' })
  })
})

describe('an owner whose folder is missing', () => {
  test('cannot append as if the journal were empty', async () => {
    const journals = open()
    await journals.append(sessionId, group({ first: 1 }), [])
    await rm(join(directory.path, sessionId), { recursive: true })
    await expect(journals.append(sessionId, group({ first: 2 }), [])).rejects.toThrow('ENOENT')
    await rm(directory.path, { recursive: true })
    await expect(journals.append(sessionId, group({ first: 2 }), [])).rejects.toMatchObject({ code: 'store-missing' })
    await expect(journals.append(sessionId, group({ first: 2, kind: 'claim' }), [])).rejects.toMatchObject({
      code: 'store-missing',
    })
  })
})

describe('a journal file', () => {
  test.each([
    ['that was cut off', 'journal-damaged', async (path: string) => truncate(path, (await stat(path)).size - 1)],
    ['that is empty', 'journal-damaged', (path: string) => truncate(path, 0)],
    ['with a bit flipped', 'journal-damaged', (path: string) => change(path, (bytes) => (bytes[bytes.length - 5]! ^= 1))],
    ['with another record in it', 'journal-damaged', async (path: string) => writeFile(path, await readFile(fileOf(1)))],
    [
      'of a later version',
      'unknown-version',
      (path: string) => change(path, (bytes) => bytes.write('9', bytes.indexOf('"v":1') + 4)),
    ],
  ] as const)('%s is damaged (%s), and later merges still reach Firestore', async (_, code, damage) => {
    const journals = open()
    documents.away(true)
    for (const record of chain(3)) await journals.append(sessionId, [record], [merge({ [`at${record.seq}`]: true })])
    const read = async () => {
      for await (const _ of readGroups(journals, sessionId, FROM_THE_BEGINNING));
    }
    await read()
    await damage(fileOf(2))
    await expect(read()).rejects.toMatchObject({ code })
    expect((await journals.read(sessionId, 2))?.fields['nonce']).toBeUndefined()
    documents.away(false)
    await open().recover()
    expect(await fieldsOf()).toMatchObject({ at1: true, at3: true })
    // Trimming keeps the damaged file, so that an operator can look at it.
    await journals.remove(sessionId, [1, 2])
    expect(await numbers(journals)).toEqual([2, 3])
  })

  test('with damage keeps the numbers of all its records taken', async () => {
    const journals = open()
    await journals.append(sessionId, group({ first: 1 }), [])
    await journals.append(sessionId, group({ first: 2, parts: 3 }), [])
    await truncate(fileOf(2), (await stat(fileOf(2))).size - 1)
    expect(await numbers(journals)).toEqual([1, 2, 3, 4])
    for (const first of [2, 3, 4]) {
      await expect(journals.append(sessionId, group({ first }), [])).rejects.toMatchObject({ code: 'already-exists' })
    }
    await journals.append(sessionId, group({ first: 5 }), [])
  })

  test('that a crash left unfinished is no record, and the next start removes it', async () => {
    const journals = open()
    await journals.append(sessionId, group({ first: 1 }), [])
    const folder = join(directory.path, sessionId, 'journal')
    const unfinished = join(folder, '.00000000000000000002.rec.1.new')
    await writeFile(unfinished, 'half a rec')
    expect(await numbers(journals)).toEqual([1])
    await open().recover()
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('can be read by its owner only, and so can its folders', async () => {
    await open().append(sessionId, group({ first: 1 }), [merge({ status: 'told' })])
    const modes = await Promise.all(
      [fileOf(1), join(directory.path, sessionId), join(directory.path, sessionId, 'journal')].map(
        async (path) => (await stat(path)).mode & 0o777,
      ),
    )
    expect(modes).toEqual([0o600, 0o700, 0o700])
  })
})

async function change(path: string, alter: (bytes: Buffer) => unknown): Promise<void> {
  const bytes = await readFile(path)
  alter(bytes)
  await writeFile(path, bytes)
}

test('a session id that would lead out of the directory is refused', async () => {
  for (const id of ['..', '../other', '_store', 'a/b', '.hidden', '']) {
    await expect((async () => open().list(id, { after: 0, limit: 1 }))()).rejects.toMatchObject({ code: 'bad-document' })
  }
})
