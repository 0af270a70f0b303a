import { alertPath } from '@holdfast/core/operations/alert-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { backupDocumentSchema, backupPath, backupsPath, objectOfBackup } from '@holdfast/core/session/backup-document'
import { checkpointFolder } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pruneBackups } from '../../../functions/src/use-cases/backups/prune-backups.ts'
import { verifyDueBackups } from '../../../functions/src/use-cases/backups/verify-due.ts'
import { backedUpSession } from '../../support/engine/backed-up-session.ts'
import type { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { nightlyDependencies } from './nightly.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

let stored: StoredApi
let api: StoredApi['api']
let storage: StoredApi['storage']
let clients: StoredApi['clients']
let calls: StoredApi['calls']

beforeAll(async () => {
  stored = await startStoredApi()
  ;({ api, storage, clients, calls } = stored)
})

afterAll(() => stored[Symbol.asyncDispose]())

const nameOf = ({ sessionId }: SessionUnderTest): string => sessionId.slice('default.'.length)

const backedUp = (count: number) => backedUpSession(clients, api.wrappingKey, count)

/** Ids of what the API lists, the newest first. */
async function listed(session: SessionUnderTest): Promise<string[]> {
  const { body } = await calls.get(`/api/sessions/${nameOf(session)}/backups`)
  return body.map(({ id }: { id: string }) => id)
}

const objectsOf = ({ sessionId }: SessionUnderTest): Promise<string[]> => clients.objects.list(checkpointFolder(sessionId))

const change = (session: SessionUnderTest, id: string, fields: Record<string, unknown>) =>
  clients.documents.commit([{ kind: 'update', path: backupPath(session.sessionId, id), fields }])

/** Removes an object as somebody with access to the bucket could. */
async function lose(session: SessionUnderTest, id: string): Promise<void> {
  const found = await clients.objects.read(objectOfBackup(session.sessionId, id))
  await storage.bucket.file(objectOfBackup(session.sessionId, id), { generation: found?.generation ?? '' }).delete()
}

const verify = (session: SessionUnderTest, id: string) => calls.post(`/api/sessions/${nameOf(session)}/backups/${id}/verify`)

const alertOf = async ({ sessionId }: SessionUnderTest) =>
  (await clients.documents.read(alertPath('backup-check-failed', sessionId)))?.fields['state'] ?? null

const dependenciesIn = (days: number, config?: { keepLast: number; keepDays: number }) =>
  nightlyDependencies(stored, days, config)

const prune = (days: number, config?: { keepLast: number; keepDays: number }) => pruneBackups(dependenciesIn(days, config))

describe('reading back', () => {
  it('shows a good backup as good, also a checkpoint that nobody has described', async () => {
    const session = await backedUp(3)
    const [newest = '', , oldest = ''] = await listed(session)
    await clients.documents.commit([{ kind: 'delete', path: backupPath(session.sessionId, oldest) }])
    for (const id of [newest, oldest]) {
      const { status, body } = await verify(session, id)
      expect([status, body]).toMatchObject([200, { id, isStored: true, verification: { state: 'good', code: null } }])
    }
    const described = await clients.documents.read(backupPath(session.sessionId, oldest))
    expect(backupDocumentSchema.parse(described?.fields)).toMatchObject({ why: 'checkpoint', contents: { session: 1 } })
    expect(await alertOf(session)).toBeNull()
  })

  it.each([
    ['is gone', lose, 'checkpoint-corrupt'],
    [
      'has other values than it had',
      (session: SessionUnderTest, id: string) => change(session, id, { contents: { session: 9 } }),
      'contents-differ',
    ],
    ['has another hash', (session: SessionUnderTest, id: string) => change(session, id, { sha256: 'ab' }), 'checkpoint-corrupt'],
  ])('of an object that %s raises an alert, which ends when all are good again', async (_, damage, code) => {
    const session = await backedUp(4)
    const ids = await listed(session)
    const [, , bad = '', other = ''] = ids
    await damage(session, bad)
    expect((await verify(session, other)).body.verification).toMatchObject({ state: 'good' })
    expect(await alertOf(session)).toBeNull()
    expect((await verify(session, bad)).body.verification).toMatchObject({ state: 'failed', code })
    expect(await alertOf(session)).toBe('open')
    // Nothing is removed, and a good one next to it does not end the alert.
    expect((await verify(session, other)).body.verification).toMatchObject({ state: 'good' })
    expect([await alertOf(session), await listed(session)]).toEqual(['open', ids])
    // Somebody gives it up. The nightly check looks at the session until the alert has ended.
    expect((await calls.send('DELETE', `/api/sessions/${nameOf(session)}/backups/${bad}`)).status).toBe(202)
    await prune(1, { keepLast: 5, keepDays: 7 })
    expect(await listed(session)).toEqual(ids.filter((id) => id !== bad))
    await verifyDueBackups(dependenciesIn(0))
    expect(await alertOf(session)).toBe('resolved')
  })

  it('finds records that are missing after a backup', async () => {
    const session = await backedUp(2)
    const [newest = ''] = await listed(session)
    const path = sessionPath(session.sessionId)
    const head = (await clients.documents.read(path))?.fields['journalHead'] as number
    await clients.documents.commit([{ kind: 'update', path, fields: { journalHead: head + 3 } }])
    expect((await verify(session, newest)).body.verification).toMatchObject({ state: 'failed', code: 'journal-short' })
  })

  it('of an unknown backup is refused', async () => {
    const session = await backedUp(1)
    for (const id of ['00000000000000000099-0000000001', 'nothing']) {
      expect(await verify(session, id)).toMatchObject({ status: 404, body: { code: 'unknown-backup' } })
    }
  })

  it('is done each night for the sessions whose turn it is', async () => {
    const session = await backedUp(2)
    const [newest = ''] = await listed(session)
    await change(session, newest, { sha256: 'ab' })
    let days = 0
    while ((await alertOf(session)) === null && days < 28) await verifyDueBackups(dependenciesIn(days++))
    expect(await alertOf(session)).toBe('open')
  })
})

describe('retention', () => {
  it('removes what it lets go with its documents, and leaves what the state, a log-out, a pin or a cover needs', async () => {
    const session = await backedUp(9)
    const ids = await listed(session)
    const [first = '', second = '', , fourth = '', , sixth = ''] = ids
    await change(session, fourth, { isPinned: true })
    const aside = (await clients.documents.read(backupPath(session.sessionId, sixth)))?.fields
    const { object, generation, sha256, seq, epoch } = aside ?? {}
    const putAside = [
      { reason: 'logged-out', at: new Date(), checkpoint: { object, generation, sha256, seq, epoch }, records: null },
    ]
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { putAside } }])
    expect(await prune(0)).toBe(0)
    expect(await prune(30)).toBeGreaterThanOrEqual(5)
    expect(await listed(session)).toEqual([first, second, fourth, sixth])
    expect(await objectsOf(session)).toHaveLength(4)
    expect(await clients.documents.query({ collection: backupsPath(session.sessionId) })).toHaveLength(4)
  })

  it('removes nothing that two newer verified ones do not cover', async () => {
    const session = await backedUp(5)
    const ids = await listed(session)
    // The state was lost with its document, and the newest ones do not open.
    for (const id of ids.slice(0, 4)) await change(session, id, { verification: { state: 'failed', at: new Date(), code: 'x' } })
    const lost = { checkpoint: null, previousCheckpoint: null }
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: lost }])
    await prune(400)
    expect(await listed(session)).toEqual(ids)
  })

  it('removes nothing that newer ones without an object cover', async () => {
    const session = await backedUp(4)
    const ids = await listed(session)
    // They were read back when they were made; somebody has removed them since.
    for (const id of ids.slice(0, 3)) await lose(session, id)
    const lost = { checkpoint: null, previousCheckpoint: null }
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: lost }])
    await prune(400, { keepLast: 0, keepDays: 0 })
    expect(await listed(session)).toEqual(ids)
    expect(await objectsOf(session)).toEqual([objectOfBackup(session.sessionId, ids[3] ?? '')])
  })

  it('removes nothing where the objects of the sessions lie elsewhere, as in storage mode `local`', async () => {
    const session = await backedUp(5)
    const elsewhere = new MemoryObjects()
    const before = await objectsOf(session)
    await pruneBackups({ ...dependenciesIn(400), objects: elsewhere, media: elsewhere })
    expect(await objectsOf(session)).toEqual(before)
    expect(await clients.documents.query({ collection: backupsPath(session.sessionId) })).toHaveLength(5)
  })

  it('is foreseen by a former path, which removes nothing', async () => {
    const session = await backedUp(4)
    const ids = await listed(session)
    await calls.send('DELETE', `/api/sessions/${nameOf(session)}/backups/${ids[3] ?? ''}`)
    const foreseen = async (days: number) => {
      const { clock } = dependenciesIn(days)
      const body = { session: nameOf(session) }
      return (await api.with({ objects: clients.objects, clock }).post('/api/cleanup-backups', body)).body
    }
    expect(await foreseen(0)).toEqual({ sessions: [], left: 0 })
    expect(await foreseen(1)).toEqual({ sessions: [{ session: nameOf(session), backups: [ids[3]] }], left: 0 })
    expect(await listed(session)).toEqual(ids)
  })
})

describe('a removal', () => {
  it('waits for the clean-up, also of a pinned one', async () => {
    const session = await backedUp(4)
    const ids = await listed(session)
    const [, , third = ''] = ids
    await change(session, third, { isPinned: true })
    const { status, body } = await calls.send('DELETE', `/api/sessions/${nameOf(session)}/backups/${third}`)
    expect([status, body]).toMatchObject([202, { id: third, pinned: false, removal: { by: 'operator' } }])
    expect(await listed(session)).toEqual(ids)
    await prune(1, { keepLast: 5, keepDays: 7 })
    expect(await listed(session)).toEqual(ids.filter((id) => id !== third))
  })

  it('of one that was put aside ends its alert, once the object is gone, and is refused before', async () => {
    const session = await backedUp(4)
    const [, , third = ''] = await listed(session)
    const { object, generation, sha256, seq, epoch } =
      (await clients.documents.read(backupPath(session.sessionId, third)))?.fields ?? {}
    const checkpoint = { object, generation, sha256, seq, epoch }
    const putAside = [{ reason: 'before-restore', at: new Date(), checkpoint, records: null }]
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { putAside } }])
    const remove = async () => (await calls.send('DELETE', `/api/sessions/${nameOf(session)}/backups/${third}`)).status
    expect(await remove()).toBe(409)
    await lose(session, third)
    await verify(session, third)
    expect([await alertOf(session), await remove()]).toEqual(['open', 202])
    await prune(1, { keepLast: 5, keepDays: 7 })
    expect(await listed(session)).not.toContain(third)
    await verifyDueBackups(dependenciesIn(0))
    expect(await alertOf(session)).toBe('resolved')
  })

  it('of a backup that the state is read from, or that covers too much, takes nothing away', async () => {
    const session = await backedUp(3)
    const ids = await listed(session)
    for (const id of ids.slice(0, 2)) {
      const refused = await calls.send('DELETE', `/api/sessions/${nameOf(session)}/backups/${id}`)
      expect(refused).toMatchObject({ status: 409, body: { code: 'backup-in-use' } })
    }
    await prune(400)
    expect((await listed(session)).slice(0, 2)).toEqual(ids.slice(0, 2))
  })
})

describe('a backup of all sessions', () => {
  it('is a run of actions, whose progress is shown to the tenant alone', async () => {
    for (const [name, start] of [
      ['one', true],
      ['two', true],
      ['resting', false],
    ] as const)
      await calls.post('/api/sessions', { name, start })
    // Somebody has asked for a backup of one of them already.
    const before = await calls.post('/api/sessions/one/backups')
    const { status, body } = await calls.post('/api/backups', { note: 'Before the upgrade.' })
    expect([status, body.sessions]).toEqual([202, expect.arrayContaining(['one', 'two'])])
    expect(body.sessions).not.toContain('resting')
    const progress = async () => (await calls.get(`/api/backups/${body.run}`)).body
    const begun = await progress()
    expect(begun).toMatchObject({ total: body.sessions.length, waiting: body.sessions.length, done: 0, isComplete: false })
    const actions: { session: string; action: string }[] = begun.sessions
    expect(actions.map(({ action }) => action)).not.toContain(before.body.action.id)
    for (const [index, { action }] of actions.entries()) {
      const state = index === 0 ? 'failed' : 'done'
      await clients.documents.commit([{ kind: 'update', path: recoveryActionPath(action), fields: { state } }])
    }
    expect(await progress()).toMatchObject({ waiting: 0, failed: 1, done: body.sessions.length - 1, isComplete: true })
    const other = api.as({ tenant: 'other' }, { objects: clients.objects })
    expect(await other.get(`/api/backups/${body.run}`)).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
  })

  it('goes on with the sessions that it has not taken yet', async () => {
    const { run } = (await calls.post('/api/backups')).body
    expect((await calls.post('/api/backups', { run })).body).toEqual({ run, sessions: [], left: 0 })
    await calls.post('/api/sessions', { name: 'later' })
    expect((await calls.post('/api/backups', { run })).body).toEqual({ run, sessions: ['later'], left: 0 })
    expect(await calls.post('/api/backups', { run: 'nobody' })).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
  })

  it('has a former path, for one session and for all', async () => {
    await calls.post('/api/sessions', { name: 'former' })
    const one = await calls.post('/api/backup-session', { session: 'former', pin: true })
    expect(one).toMatchObject({ status: 202, body: { run: null, left: 0, action: { session: 'former', type: 'backup' } } })
    const all = await calls.post('/api/backup-session')
    expect(all).toMatchObject({ status: 202, body: { action: null, run: expect.any(String), left: 0 } })
  })
})

it('requests for backups that are to be kept in different ways are different actions', async () => {
  await calls.post('/api/sessions', { name: 'kept' })
  const ask = async (body?: object) => (await calls.post('/api/sessions/kept/backups', body)).body.action.id as string
  const plain = await ask()
  expect(await ask()).toBe(plain)
  const pinned = await ask({ pin: true })
  expect(pinned).not.toBe(plain)
  expect(await ask({ pin: true })).toBe(pinned)
  expect(await ask({ pin: true, note: 'Another one.' })).not.toBe(pinned)
})
