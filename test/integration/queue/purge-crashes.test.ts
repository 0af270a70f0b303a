import { randomBytes } from 'node:crypto'
import { writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { jobPath } from '@holdfast/core/message/job-document'
import { mediaObjectOf } from '@holdfast/core/message/media-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { nextSessionKeys, unwrapSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { withNextKey } from '@holdfast/core/security/next-data-key'
import { sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { checkpointName, sequenceId } from '@holdfast/core/session/ids'
import { type Purge, sessionPath } from '@holdfast/core/session/session-document'
import { expect, test } from 'vitest'
import { performPurges } from '../../../functions/src/use-cases/purge/perform-purges.ts'
import type { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { rebuildSession, sessionsToRebuild } from '../../../runner/src/moving/rebuild.ts'
import { encodeCreds, newCreds } from '../../../runner/src/whatsapp/baileys/signal/codec.ts'
import { filledSession, storedOf } from '../../support/purged-session.ts'
import type { MemoryObjects } from '../contract/memory-objects.ts'
import { CutDocuments, CutObjects } from './cut-stores.ts'
import { MemoryDocuments } from './memory-documents.ts'

const HOUR_MS = 60 * 60_000
const ID = 'default.main'
const NEIGHBOURS = ['default.main2', 'default.mai', 'defaul.main', 'default2.main']

const WRAPPING_KEY = new WrappingKey(randomBytes(32))

const purge: Purge = {
  phase: 'waiting',
  requestedAt: new Date(0),
  requestedBy: 'operator',
  dueAt: new Date(1),
  actions: null,
  destroyedAt: null,
  device: null,
  doneAt: null,
}

/** A session that is to be purged, with neighbours. */
async function world(beside: readonly string[] = []) {
  const documents = new CutDocuments()
  const objects = new CutObjects(documents.cutter)
  for (const sessionId of [ID, ...beside]) {
    const { owner } = await filledSession({ documents, objects }, { sessionId, wrappingKey: WRAPPING_KEY })
    owner.journal.close()
  }
  const fields = { isRemoved: true, wanted: 'offline', runnerId: null, purge }
  await documents.commit([{ kind: 'merge', path: sessionPath(ID), fields }])
  documents.cutter.operations = 0
  let hours = 0
  const night = (stores: { documents: MemoryDocuments; objects: MemoryObjects } = { documents, objects }): Promise<number> => {
    const clock = { ...systemClock, now: () => systemClock.now() + hours * HOUR_MS }
    hours += 24
    const tenants = { settingsOf: () => Promise.resolve(DEFAULT_TENANT_SETTINGS) } as unknown as TenantDirectory
    const needed = { ...stores, media: stores.objects, tenants, clock, logger: createLogger('test', 'silent') }
    return performPurges(needed, new Deadline(clock, 60_000))
  }
  const left = async () => {
    const found = await storedOf({ documents, objects }, ID)
    const key = await documents.read(sessionKeyPath(ID))
    const session = await documents.read(sessionPath(ID))
    const { phase } = (session?.fields['purge'] ?? {}) as Partial<Purge>
    const { keys, current, destroyed } = key?.fields ?? {}
    return { found, phase, keys, current, tombstone: (destroyed as { tombstone?: object } | undefined)?.tombstone ?? null }
  }
  const neighbours = async () => Promise.all(beside.map((id) => storedOf({ documents, objects }, id)))
  return { documents, objects, night, left, neighbours }
}

type Stores = Pick<Awaited<ReturnType<typeof world>>, 'documents' | 'objects'>

/** The keys of a session that is created under the name of the purged one. */
const nextKeys = async ({ documents }: { readonly documents: MemoryDocuments }) =>
  nextSessionKeys(ID, sessionKeyDocumentSchema.parse((await documents.read(sessionKeyPath(ID)))?.fields), WRAPPING_KEY)

/** Creates a session under the name of the purged one, as the API does, with something of each kind. Returns where it lies. */
async function createdSince({ documents, objects }: Stores) {
  const keys = await nextKeys({ documents })
  const names = [checkpointName(ID, 9, 5), mediaObjectOf(ID, 'new')]
  for (const name of names) await objects.create(name, Buffer.from('new'))
  const record = `${journalPath(ID)}/${sequenceId(8)}`
  const shared = [jobPath('new'), recoveryActionPath('new')]
  const below = [record, `${messagesPath(ID)}/new`]
  await documents.commit([
    { kind: 'merge', path: sessionPath(ID), fields: { isRemoved: false, purge: null, wanted: 'online', journalHead: 8 } },
    { kind: 'merge', path: sessionKeyPath(ID), fields: { ...keys } },
    ...shared.map((path) => ({ kind: 'create' as const, path, fields: { v: 1, sessionId: ID } })),
    ...below.map((path) => ({ kind: 'create' as const, path, fields: { v: 1, kind: 'data', runnerId: 'new' } })),
  ])
  return { objects: names, paths: [...shared, ...below] }
}

const GONE = {
  // The claims and the record right before each: the only numbers that an owner of before can try.
  found: ['1 claim of owner', '3 checkpoint of owner', '4 claim of second', '6 data of second', '7 claim of purge'],
  phase: 'done',
  keys: {},
  current: 1,
}

test('a purge that dies at any operation is finished by the next run, and ends the same', { timeout: 120_000 }, async () => {
  const whole = await world(NEIGHBOURS)
  const before = await whole.neighbours()
  const { found: all } = await whole.left()
  whole.documents.cutter.operations = 0
  expect(before.map((names) => names.length)).toEqual(NEIGHBOURS.map(() => before[0]?.length))
  await whole.night()
  const { operations } = whole.documents.cutter
  expect(await whole.left()).toMatchObject({ ...GONE, tombstone: { seq: 7, epoch: 3 } })
  expect(await whole.neighbours()).toEqual(before)
  expect(operations).toBeGreaterThan(20)
  for (let at = 1; at <= operations; at++) {
    for (const isAfter of [false, true]) {
      const { documents, objects, night, left } = await world()
      documents.cutter.cut = { at, isAfter }
      await night().catch(() => {})
      documents.cutter.cut = null
      const cut = await left()
      // The keys go first, at once with the record that fences, and nothing goes before them.
      if (cut.phase === 'waiting') expect([cut.found, cut.tombstone]).toEqual([all, null])
      else expect(cut).toMatchObject({ keys: {}, tombstone: { seq: 7, epoch: 3 } })
      // Nobody takes a purge back that has a tombstone, and no key goes without one.
      const tombstones = (await objects.list('purges/')).length
      const { purge: stored } = (await documents.read(sessionPath(ID)))?.fields ?? {}
      expect({ at, isAfter, tombstones: tombstones > 0 || cut.phase === 'waiting' }).toEqual({ at, isAfter, tombstones: true })
      expect(tombstones > 0 && !(stored as Purge).begunAt).toBe(false)
      await night()
      expect({ at, isAfter, ...(await left()) }).toMatchObject({ at, isAfter, ...GONE, tombstone: { seq: 7, epoch: 3 } })
    }
  }
})

test(
  'a run that another one overtakes touches nothing of the session that was created under the name since',
  { timeout: 120_000 },
  async () => {
    const whole = await world()
    await whole.night()
    const { operations } = whole.documents.cutter
    for (let at = 1; at <= operations; at++) {
      const { documents, objects, night } = await world()
      let made: Awaited<ReturnType<typeof createdSince>> | undefined
      documents.cutter.overtaking = {
        at,
        work: async () => {
          await night()
          made = await createdSince({ documents, objects })
        },
      }
      await night()
      const { paths = [], objects: names = [] } = made ?? {}
      const present = await Promise.all(paths.map((path) => documents.read(path)))
      expect({ at, gone: present.filter((document) => document === null).length }).toEqual({ at, gone: 0 })
      const stored = (await objects.list('')).filter((name) => !name.startsWith('purges/'))
      expect({ at, objects: stored }).toEqual({ at, objects: [...names].toSorted() })
      expect((await documents.read(sessionPath(ID)))?.fields).toMatchObject({ isRemoved: false, purge: null })
      expect((await documents.read(sessionKeyPath(ID)))?.fields).toMatchObject({ current: 2, keys: { 2: {} } })
    }
  },
)

test('the keys of all are destroyed before anything is removed, however long that takes', async () => {
  const other = 'default.other'
  const { documents, objects, left } = await world([other])
  await documents.commit([{ kind: 'merge', path: sessionPath(other), fields: { isRemoved: true, runnerId: null, purge } }])
  let elapsedMs = 0
  const clock = { ...systemClock, monotonic: () => elapsedMs }
  // The first object takes all the time.
  objects.remove = async () => void (elapsedMs = HOUR_MS)
  const tenants = { settingsOf: () => Promise.resolve(DEFAULT_TENANT_SETTINGS) } as unknown as TenantDirectory
  const needed = { documents, objects, media: objects, tenants, clock, logger: createLogger('test', 'silent') }
  expect(await performPurges(needed, new Deadline(clock, 60_000))).toBe(0)
  expect(await left()).toMatchObject({ phase: 'removing', keys: {} })
  expect((await documents.read(sessionKeyPath(other)))?.fields).toMatchObject({ keys: {}, destroyed: { upTo: 1 } })
})

test('a rebuild says when Firestore is from before the session that has the name now', async () => {
  const { documents, objects, night } = await world()
  const older = await Promise.all([sessionPath(ID), sessionKeyPath(ID)].map((path) => documents.read(path)))
  await night()
  const [journals, logger] = [new DocumentJournals(documents), createLogger('test', 'silent')]
  const stores = { documents, objects, journals, logger, clock: systemClock, random: systemRandom, wrappingKey: WRAPPING_KEY }
  const rebuild = () => rebuildSession(stores, ID, { isFirestoreOlder: true })
  expect(await rebuild()).toBeNull()
  const cipher = await unwrapSessionKeys(ID, await nextKeys({ documents }), WRAPPING_KEY)
  const image = { creds: encodeCreds(newCreds()), keys: {} }
  const { object } = await writeCheckpoint(objects, cipher, { sequence: 9, hash: 'hash', epoch: 5, image })
  // From between the purge and the creation, and from before the purge.
  await expect(rebuild()).rejects.toMatchObject({ code: 'cannot-move' })
  const fields = older.map((document) => document?.fields ?? {})
  await documents.commit([
    { kind: 'merge', path: sessionPath(ID), fields: { ...fields[0], purge: null } },
    { kind: 'merge', path: sessionKeyPath(ID), fields: { ...fields[1] } },
  ])
  await expect(rebuild()).rejects.toMatchObject({ code: 'cannot-move' })
  // What it advises.
  await documents.commit([sessionPath(ID), sessionKeyPath(ID)].map((path) => ({ kind: 'delete', path })))
  expect(await rebuild()).toMatchObject({ from: object })
})

/** The state between the destruction of the keys and the removal of the checkpoints. */
async function cutAfterKeys() {
  const made = await world()
  const { documents, objects, night } = made
  objects.remove = () => Promise.reject(new Error('Away (made by the test).'))
  await night()
  const { keys, phase } = await made.left()
  expect([keys, phase, (await objects.list('sessions/')).length > 0]).toEqual([{}, 'removing', true])
  Reflect.deleteProperty(objects, 'remove')
  return { documents, objects, night }
}

const storesOf = (documents: MemoryDocuments, objects: MemoryObjects) => ({
  documents,
  objects,
  journals: new DocumentJournals(documents),
  logger: createLogger('test', 'silent'),
  clock: systemClock,
  random: systemRandom,
  wrappingKey: WRAPPING_KEY,
})

test('a rebuild after the loss of Firestore does not bring a purged session back, and its purge goes on', async () => {
  const { objects, night } = await cutAfterKeys()
  const documents = new MemoryDocuments()
  const stores = storesOf(documents, objects)
  expect(await sessionsToRebuild(stores, 'default', { isFirestoreOlder: false })).toEqual([ID])
  expect(await rebuildSession(stores, ID, { isFirestoreOlder: false })).toMatchObject({
    session: ID,
    purgedAt: expect.any(String),
  })
  const session = (await documents.read(sessionPath(ID)))?.fields
  expect(session).toMatchObject({ isRemoved: true, wanted: 'offline', journalHead: 7, epoch: 3 })
  await night({ documents, objects })
  expect(await objects.list('sessions/')).toEqual([])
  expect((await documents.read(sessionPath(ID)))?.fields).toMatchObject({ purge: { phase: 'done' }, journalHead: 8, epoch: 4 })
  // The next session has the next key, and other numbers.
  const cipher = await unwrapSessionKeys(ID, await nextKeys({ documents }), WRAPPING_KEY)
  const image = { creds: encodeCreds(newCreds()), keys: {} }
  const { object } = await writeCheckpoint(objects, cipher, { sequence: 9, hash: 'hash', epoch: 5, image })
  const again = storesOf(new MemoryDocuments(), objects)
  expect(await rebuildSession(again, ID, { isFirestoreOlder: false })).toMatchObject({ from: object })
})

test('a Firestore from before the purge has it go on, too, and a tombstone that was altered stops the rebuild', async () => {
  const { objects, night } = await cutAfterKeys()
  const older = await world()
  const stores = storesOf(older.documents, objects)
  await older.documents.commit([
    { kind: 'merge', path: sessionPath(ID), fields: { purge: null, isRemoved: false, wanted: 'online' } },
  ])
  expect(await rebuildSession(stores, ID, { isFirestoreOlder: true })).toMatchObject({ session: ID })
  await night({ documents: older.documents, objects })
  expect(await objects.list('sessions/')).toEqual([])
  expect((await older.left()).phase).toBe('done')
  const [name = ''] = (await objects.list('purges/')).slice(-1)
  await objects.remove(name)
  await objects.create(name, Buffer.from('{}'))
  const lost = storesOf(new MemoryDocuments(), objects)
  await expect(rebuildSession(lost, ID, { isFirestoreOlder: false })).rejects.toMatchObject({ code: 'bad-document' })
})

test('a rebuild leaves a session alone that was created under the name since and has no checkpoint yet', async () => {
  const { objects } = await cutAfterKeys()
  const { documents } = await world()
  // Created after the tombstone, at the clock of this test.
  const since = { purge: null, isRemoved: false, wanted: 'online', createdAt: new Date(Date.now() + 365 * 24 * 60 * 60_000) }
  await documents.commit([{ kind: 'merge', path: sessionPath(ID), fields: since }])
  const rebuilt = await rebuildSession(storesOf(documents, objects), ID, { isFirestoreOlder: true }).catch(() => null)
  expect(rebuilt ?? {}).not.toHaveProperty('purgedAt')
  expect((await documents.read(sessionPath(ID)))?.fields).toMatchObject({ purge: null, isRemoved: false })
})

test('a tombstone stays until the final day of its purge, and then goes', async () => {
  const { objects, night } = await world()
  for (let days = 0; days <= 37; days++) await night()
  expect(await objects.list('purges/')).toHaveLength(1)
  for (let days = 0; days <= 3; days++) await night()
  expect(await objects.list('purges/')).toEqual([])
})

test('a purge destroys a data key that waits as well, and nothing gets its number again', async () => {
  const { documents, night } = await world()
  const stored = await documents.read(sessionKeyPath(ID))
  const next = await withNextKey(sessionKeyPath(ID), stored?.fields ?? {}, WRAPPING_KEY, new Date())
  await documents.commit([{ kind: 'merge', path: sessionKeyPath(ID), fields: { keys: next?.keys } }])
  await night()
  expect((await documents.read(sessionKeyPath(ID)))?.fields).toMatchObject({ current: 2, keys: {}, destroyed: { upTo: 2 } })
  expect(Object.keys((await nextKeys({ documents })).keys)).toEqual(['3'])
})
