import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { DirectoryObjects } from '@holdfast/core/adapters/directory/directory-objects'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { withNextKey } from '@holdfast/core/security/next-data-key'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { placeOfCheckpoint } from '@holdfast/core/session/ids'
import { sessionPath, type CheckpointPointer } from '@holdfast/core/session/session-document'
import { SERVER_TIME, type Change, type Fields } from '@holdfast/core/platform/ports'
import { journalsIn, openDirectory } from '../contract/journal-backends.ts'
import type { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import type { LostState } from '../../../runner/src/whatsapp/lost-state.ts'
import { FaultyObjects, forbidden } from '../../support/engine/faulty-objects.ts'
import { checkpointNow, takeOver } from '../../support/engine/owner.ts'
import type { RunnerUnderTest, RunnerOptions } from '../../support/engine/runner-under-test.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { contentOfSession, lastRecordOf, newSessionWithPast, recordPath } from '../../support/engine/session-with-past.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

// `AUTO_RESTORE=always`: the runner gives up lost records without asking, but never records that are only out of reach.

const { clients, startRunner: start, storage } = runnersOfThisFile()

const startRunner = ({ wrappingKey }: SessionUnderTest, options: Partial<RunnerOptions> = {}): Promise<RunnerUnderTest> =>
  start({ wrappingKey, autoRestore: 'always', ...options })

const fieldsOf = async ({ sessionId }: SessionUnderTest) => (await clients.documents.read(sessionPath(sessionId)))?.fields ?? {}

const shownOf = async (session: SessionUnderTest) => {
  const { state, reason } = await fieldsOf(session)
  return [state, reason]
}

const merge = (path: string, fields: Fields): Change => ({ kind: 'merge', path, fields })

const removal = (path: string): Change => ({ kind: 'delete', path })

/** Creates a document again. Its times stay, because they are values now and not Firestore's own time. */
const again = (path: string, fields: Fields): Change => ({ kind: 'create', path, fields })

/** Removes the object with its generation, as a person with access to the bucket could. */
async function removeObject(name: string): Promise<void> {
  const [{ generation }] = await storage().bucket.file(name).getMetadata()
  await storage()
    .bucket.file(name, { generation: String(generation) })
    .delete()
}

const objectsOf = ({ sessionId }: SessionUnderTest) => clients.objects.list(`sessions/${sessionId}/`)

/** The entries of kind `session` that the next owner loads after the runner has left. */
async function keysAfter(session: SessionUnderTest, runner: RunnerUnderTest): Promise<string[]> {
  await runner.leave()
  const next = await takeOver(session, { runnerId: 'next', objects: clients.objects })
  next.journal.close()
  return [...next.state.image.entries('session')].map(([id]) => id).toSorted()
}

/** All records of the session. A runner that cannot read them must not change them. */
const journalOf = async ({ sessionId }: SessionUnderTest) =>
  (await clients.documents.query({ collection: journalPath(sessionId) })).map(({ id, fields }) => [id, fields])

describe('a session with losses', () => {
  test('goes on without a missing record, and lists the records that it put aside', async () => {
    const session = await newSessionWithPast(clients)
    const last = await lastRecordOf(clients, session)
    await clients.documents.commit([removal(recordPath(session, last - 1))])
    const { checkpoint } = await fieldsOf(session)
    const runner = await startRunner(session)
    await expect.poll(() => runner.dials.length).toBe(1)
    expect((await fieldsOf(session))['putAside']).toMatchObject([
      { reason: 'journal-gap', checkpoint, records: { after: last - 2, upTo: last + 1 } },
      { reason: 'journal-gap', records: null },
    ])
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('goes on without a missing last record, and does not use its number again', async () => {
    const session = await newSessionWithPast(clients)
    const last = await lastRecordOf(clients, session)
    await clients.documents.commit([removal(recordPath(session, last))])
    const runner = await startRunner(session)
    await expect.poll(() => runner.dials.length).toBe(1)
    expect((await journalOf(session)).find(([id]) => Number(id) === last)).toBeUndefined()
    expect((await fieldsOf(session))['putAside']).toMatchObject([{ reason: 'journal-gap' }, {}])
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('goes on also with a state that is larger than one commit of Firestore', async () => {
    const session = await newSessionWithPast(clients)
    const owner = await takeOver(session, { runnerId: 'third', objects: clients.objects })
    const ids = Array.from({ length: 16 }, (_, index) => `large ${String(index).padStart(2, '0')}`)
    for (const id of ids) {
      const value = randomBytes(LARGE_BYTES).toString('base64')
      await owner.journal.whenDurable(owner.state.change({ keys: { session: { [id]: value } } }))
    }
    await checkpointNow(session, owner, clients)
    for (const id of ['h', 'i', 'j']) await owner.journal.whenDurable(owner.state.change({ keys: { session: { [id]: id } } }))
    owner.journal.close()
    const last = await lastRecordOf(clients, session)
    const free = { runnerId: null, journalHead: last }
    await clients.documents.commit([removal(recordPath(session, last - 1)), merge(sessionPath(session.sessionId), free)])
    const runner = await startRunner(session)
    await expect.poll(() => runner.dials.length, { timeout: 60_000 }).toBe(1)
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ...ids])
  }, 120_000)

  test('goes on from an older checkpoint when the two newest are gone', async () => {
    const session = await newSessionWithPast(clients, ['d', 'e', 'e2'])
    const [oldest, ...newer] = await objectsOf(session)
    for (const name of newer) await removeObject(name)
    const runner = await startRunner(session)
    await expect.poll(() => runner.dials.length).toBe(1)
    expect(oldest).toBeDefined()
    expect((await fieldsOf(session))['putAside']).toMatchObject([{ reason: 'checkpoint-lost' }, { reason: 'checkpoint-lost' }])
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c'])
  })
})

/** Sixteen values of this size exceed the 10 MiB of a commit. One value fits easily. */
const LARGE_BYTES = 700_000

type Damage = (session: SessionUnderTest) => Promise<Change[]>

const OUT_OF_REACH: readonly (readonly [what: string, reason: string, damage: Damage])[] = [
  [
    'the last record is of a later version',
    'unknown-version',
    async (s) => [merge(recordPath(s, await lastRecordOf(clients, s)), { v: 2 })],
  ],
  [
    'a record in the middle is of a later version',
    'unknown-version',
    async (s) => [merge(recordPath(s, (await lastRecordOf(clients, s)) - 1), { v: 2 })],
  ],
  [
    'a record is missing and the last one is of a later version',
    'unknown-version',
    async (s) => {
      const last = await lastRecordOf(clients, s)
      return [removal(recordPath(s, last - 2)), merge(recordPath(s, last), { v: 2 })]
    },
  ],
  [
    'a record is missing that a checkpoint of a later version may cover',
    'unknown-version',
    async (s) => {
      const checkpoint = (await fieldsOf(s))['checkpoint'] as CheckpointPointer
      const { object, seq } = checkpoint
      const bytes = Buffer.from('{"v":2}\nof a later version')
      const file = storage().bucket.file(object)
      await file.save(bytes, { resumable: false })
      const generation = String((await file.getMetadata())[0].generation)
      const pointer = { ...checkpoint, generation, sha256: createHash('sha256').update(bytes).digest('hex') }
      return [merge(sessionPath(s.sessionId), { checkpoint: pointer }), removal(recordPath(s, seq))]
    },
  ],
  [
    'the whole journal is missing',
    'journal-missing',
    async (s) => (await journalOf(s)).map(([id]) => removal(recordPath(s, Number(id)))),
  ],
  [
    'the end of the journal is missing, and nothing that is left has credentials',
    'journal-short',
    async (s) => {
      for (const name of await objectsOf(s)) await removeObject(name)
      return [removal(recordPath(s, await lastRecordOf(clients, s)))]
    },
  ],
]

/** Damages with a good last record. A claim follows it, and changes nothing before it. */
const WITH_A_GOOD_END = ['a record in the middle', 'a record is missing that a checkpoint']

describe('a session with records out of reach', () => {
  test.each(OUT_OF_REACH)('waits unchanged when %s, with the reason %s', async (_, reason, damage) => {
    const session = await newSessionWithPast(clients)
    const changes = await damage(session)
    await clients.documents.commit(changes)
    const before = await contentOfSession(clients, session)
    const runner = await startRunner(session)
    await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', reason])
    expect(await contentOfSession(clients, session)).toEqual(before)
    expect((await fieldsOf(session))['putAside']).toBeUndefined()
    expect([runner.dials.length, runner.openings]).toEqual([0, 0])
  })

  test.each(OUT_OF_REACH.filter(([what]) => !WITH_A_GOOD_END.some((each) => what.startsWith(each))))(
    'gets no further record when %s, so that it goes on after a repair',
    async (_, reason, damage) => {
      const session = await newSessionWithPast(clients)
      const whole = await journalOf(session)
      const changes = await damage(session)
      await clients.documents.commit(changes)
      const damaged = await journalOf(session)
      const { journalHead, epoch } = await fieldsOf(session)
      const runner = await startRunner(session)
      await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', reason])
      await runner.leave()
      expect(await journalOf(session)).toEqual(damaged)
      expect(await fieldsOf(session)).toMatchObject({ journalHead, epoch, runnerId: null })
      if (reason === 'journal-short') return
      const was = new Map(whole.map(([id, fields]) => [recordPath(session, Number(id)), fields as Fields]))
      const repairs = changes.map(({ kind, path }) => (kind === 'delete' ? again : merge)(path, was.get(path) ?? {}))
      await clients.documents.commit(repairs)
      const next = await startRunner(session)
      await expect.poll(() => next.dials.length).toBe(1)
      expect(await keysAfter(session, next)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    },
  )
})

/** What a restore told of the losses to whoever changes the keys. */
function toldLosses() {
  const told: LostState[] = []
  const rekey: NonNullable<RunnerOptions['rekey']> = (image, lost) => {
    told.push(lost)
    return image.toMutation()
  }
  return { told, rekey }
}

test('pre-key numbers jump for the records that can be lost, and not for those that a rebuilt log skipped', async () => {
  const session = await newSessionWithPast(clients)
  const last = await lastRecordOf(clients, session)
  const putAside = [{ reason: 'rebuilt', at: new Date(), checkpoint: null, records: { after: 9, upTo: last } }]
  await clients.documents.commit([removal(recordPath(session, last - 1)), merge(sessionPath(session.sessionId), { putAside })])
  const { told, rekey } = toldLosses()
  const runner = await startRunner(session, { rekey })
  await expect.poll(() => runner.dials.length).toBe(1)
  // The last record and the claim, and what a rebuild can have lost, twice.
  expect(told).toMatchObject([{ lostRecords: 2 + 512, givenUp: null, restores: 1 }])
})

describe('a return to a backup', () => {
  async function returning(session: SessionUnderTest, options: Partial<RunnerOptions> = {}) {
    const { sessionId } = session
    const { previousCheckpoint: restoreTo } = await fieldsOf(session)
    const path = recoveryActionPath(`${sessionId}-restore-000001`)
    const request = { v: 1, tenant: 'default', sessionId, type: 'restore', state: 'pending', requestedBy: 'api', why: 'a test' }
    const { seq } = restoreTo as CheckpointPointer
    const fields = { ...request, requestedAt: SERVER_TIME, approved: { reaches: seq }, restoreTo }
    await clients.documents.commit([{ kind: 'create', path, fields }])
    const { told, rekey } = toldLosses()
    const runner = await startRunner(session, { rekey, autoRestore: 'lossless', ...options })
    return { told, runner, action: async () => (await clients.documents.read(path))?.fields }
  }

  test('jumps no pre-key numbers for records that can be read, because they would be used up after a few returns', async () => {
    const session = await newSessionWithPast(clients)
    const { told, runner, action } = await returning(session)
    await expect.poll(action).toMatchObject({ state: 'done', result: { code: 'restored' } })
    expect(told).toMatchObject([{ lostRecords: 0, restores: 0 }])
    expect(told[0]?.givenUp?.get('session', 'g')).toBeDefined()
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c'])
  })

  test('is whole in the record of the restore: an owner that saves nothing more leaves it to the next one', async () => {
    const session = await newSessionWithPast(clients)
    const objects = new FaultyObjects(clients.objects)
    // The state that is given up, and that of the backup.
    objects.refuseCreate = () => (objects.created.length > 2 ? forbidden() : null)
    const { runner, action } = await returning(session, { objects })
    await expect.poll(action).toMatchObject({ state: 'done', result: { code: 'restored' } })
    const [aside, returned = ''] = objects.created
    expect((await fieldsOf(session))['checkpoint']).toMatchObject({ object: returned })
    expect(placeOfCheckpoint(returned)?.seq).toBeGreaterThan(placeOfCheckpoint(aside ?? '')?.seq ?? 0)
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c'])
  })

  test('opens a backup from before a further data key, which seals what follows', async () => {
    const session = await newSessionWithPast(clients)
    const path = sessionKeyPath(session.sessionId)
    const stored = (await clients.documents.read(path))?.fields ?? {}
    const next = await withNextKey(path, stored, session.wrappingKey, new Date(0))
    await clients.documents.commit([merge(path, { keys: next?.keys })])
    const { runner, action } = await returning(session)
    await expect.poll(action).toMatchObject({ state: 'done', result: { code: 'restored' } })
    const later = await loadSessionCipher(clients.documents, session.sessionId, session.wrappingKey)
    expect(later?.currentVersion).toBe(2)
    if (later) session.cipher.learn(later)
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c'])
  })

  test('of a device that was unlinked after the approval is refused, because another one may be linked now', async () => {
    const session = await newSessionWithPast(clients)
    const { checkpoint } = await fieldsOf(session)
    const putAside = [{ reason: 'logged-out', at: new Date(), checkpoint, records: null }]
    await clients.documents.commit([merge(sessionPath(session.sessionId), { putAside })])
    const { told, runner, action } = await returning(session)
    await expect.poll(action).toMatchObject({ state: 'failed', result: { code: 'restore-refused' } })
    expect(told).toEqual([])
    expect(await keysAfter(session, runner)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })
})

test('an older approval of a restore does not give up the records of a later version', async () => {
  const session = await newSessionWithPast(clients)
  const last = await lastRecordOf(clients, session)
  const { sessionId } = session
  const path = recoveryActionPath('an-old-one')
  const request = { v: 1, tenant: 'default', sessionId, type: 'restore', state: 'pending', requestedBy: 'test', why: 'a gap' }
  const fields = { ...request, requestedAt: SERVER_TIME, approved: { reaches: 0 } }
  await clients.documents.commit([{ kind: 'create', path, fields }, merge(recordPath(session, last - 1), { v: 2 })])
  const before = await contentOfSession(clients, session)
  await startRunner(session, { autoRestore: 'lossless' })
  await expect
    .poll(async () => (await clients.documents.read(path))?.fields)
    .toMatchObject({ state: 'failed', result: { code: 'restore-refused' } })
  expect(await contentOfSession(clients, session)).toEqual(before)
})

test('a wrong directory in the place of the right one gets no record, and the right one goes on without a loss', async () => {
  await using directory = await openDirectory()
  const { path } = directory
  const session = await new SessionUnderTest(clients.documents).create()
  const states: JournaledState[] = []
  const inDirectory = async (work: (runner: RunnerUnderTest) => Promise<void>): Promise<void> => {
    const journals = journalsIn(path, clients.documents)
    await journals.recover()
    const objects = new DirectoryObjects(new StoreDirectory(path))
    const runner = await startRunner(session, { journals, objects, onClient: ({ state }) => states.push(state) })
    await work(runner)
    await runner.leave()
    await journals.close()
  }
  await inDirectory(async (runner) => {
    await expect.poll(() => runner.dials.length).toBe(1)
    const [state] = states
    await state?.journal.whenDurable(state.change({ creds: 'the credentials' }))
  })
  const { journalHead, epoch } = await fieldsOf(session)
  await rename(path, `${path}.away`)
  await mkdir(path)
  await new StoreDirectory(path).initialize()
  await inDirectory(async () => {
    await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', 'journal-missing'])
    expect(await readdir(path)).toEqual(['_store'])
    expect(await fieldsOf(session)).toMatchObject({ journalHead, epoch, runnerId: null })
  })
  await rm(path, { recursive: true })
  await rename(`${path}.away`, path)
  await inDirectory(async (runner) => {
    await expect.poll(() => runner.dials.length).toBe(1)
    expect(states.at(-1)?.image.creds).toBe('the credentials')
    expect((await fieldsOf(session))['putAside']).toBeUndefined()
  })
})
