import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGoogleClients } from '@holdfast/core/adapters/google/clients'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { checkpointName } from '@holdfast/core/session/ids'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import { checkpointNow, takeOver } from '../../support/engine/owner.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

let stored: StoredApi
let storage: StoredApi['storage']
let api: StoredApi['api']
let clients: StoredApi['clients']
let calls: StoredApi['calls']

beforeAll(async () => {
  stored = await startStoredApi()
  ;({ api, storage, clients, calls } = stored)
})

afterAll(() => stored[Symbol.asyncDispose]())

const newSession = async (name: string): Promise<void> => void (await calls.post('/api/sessions', { name }))

/** Makes a linked session with a journal and two checkpoints but without an owner. The API has its key. */
async function linkedSession(): Promise<SessionUnderTest> {
  const session = await new SessionUnderTest(clients.documents, api.wrappingKey).create()
  const owner = await takeOver(session, { objects: clients.objects })
  const change = (id: string) =>
    owner.journal.whenDurable(owner.state.change({ creds: 'the credentials', keys: { session: { [id]: id } } }))
  await change('a')
  await checkpointNow(session, owner, clients)
  await change('b')
  await checkpointNow(session, owner, clients)
  for (const id of ['c', 'd']) await change(id)
  owner.journal.close()
  await clients.documents.commit([
    { kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null, journalHead: owner.journal.head.sequence } },
  ])
  return session
}

const nameOf = ({ sessionId }: SessionUnderTest): string => sessionId.slice('default.'.length)

const loseRecord = (session: SessionUnderTest, seq: number): Promise<void> =>
  clients.documents.commit([{ kind: 'delete', path: `${journalPath(session.sessionId)}/${String(seq).padStart(20, '0')}` }])

describe('the stored state of a session', () => {
  it('is missing before a phone is linked', async () => {
    await newSession('fresh')
    const { body } = await calls.get('/api/sessions/fresh/info')
    expect(body).toMatchObject({
      store: {
        valid: true,
        path: { journal: expect.stringContaining('default.fresh'), checkpoints: expect.stringMatching(/^gs:/) },
      },
      session: { exists: false, status: 'missing' },
      persistence: { willSurviveRestart: false },
      lastCheckpoint: null,
      backups: 0,
    })
  })

  it('is read and counted, and survives a restart', async () => {
    const session = await linkedSession()
    const { body } = await calls.get(`/api/session-info?session=${nameOf(session)}`)
    expect(body).toMatchObject({
      session: { exists: true, status: 'valid', records: { session: 4 } },
      persistence: { willSurviveRestart: true },
      journal: { replayed: 3 },
      backups: 2,
      lastBackup: body.lastCheckpoint.object,
    })
  })

  it('lists damaged checkpoints, and the newest usable checkpoint as the last backup', async () => {
    const session = await linkedSession()
    const info = async () => (await calls.get(`/api/sessions/${nameOf(session)}/info`)).body
    const whole = await info()
    expect(whole).toMatchObject({ damaged: [], backups: 2 })
    const newest = whole.lastCheckpoint.object
    // An incomplete checkpoint that no document points to.
    const torn = checkpointName(session.sessionId, 9999, 1)
    await clients.objects.create(torn, Buffer.from('half of it'))
    expect(await info()).toMatchObject({
      session: { status: 'valid' },
      damaged: [{ object: torn, code: 'checkpoint-corrupt' }],
      lastBackup: newest,
      backups: 3,
    })
    await storage.bucket.file(torn).delete()
    // The pointer gets the new generation, so that the damage looks like an error of the disk.
    const bytes = Buffer.from('not what was written')
    await storage.bucket.file(newest).save(bytes, { resumable: false })
    const [{ generation }] = await storage.bucket.file(newest).getMetadata()
    const { checkpoint } = (await api.documents.read(sessionPath(session.sessionId)))?.fields ?? {}
    await api.asOwner(nameOf(session), { checkpoint: { ...(checkpoint as object), generation: String(generation) } })
    const [older] = await clients.objects.list(`sessions/${session.sessionId}/`)
    const body = await info()
    expect(body).toMatchObject({
      session: { status: 'valid', records: { session: 4 } },
      persistence: { willSurviveRestart: true },
      damaged: [{ object: newest, code: 'checkpoint-corrupt' }],
      lastBackup: older,
      backups: 2,
    })
    // A checkpoint that no document points to is read as well.
    await api.asOwner(nameOf(session), { checkpoint: null, previousCheckpoint: null })
    expect(await info()).toMatchObject({ damaged: [{ object: newest }], lastBackup: older, backups: 2 })
    await storage.bucket.file(older ?? '').save(bytes, { resumable: false })
    expect(await info()).toMatchObject({
      session: { status: 'corrupt' },
      persistence: { willSurviveRestart: false },
      damaged: [{ object: newest }, { object: older }],
      lastBackup: null,
    })
  })

  it('does not survive a restart when the part of the journal is missing that the checkpoint covers', async () => {
    const session = await linkedSession()
    const path = sessionPath(session.sessionId)
    const { checkpoint, journalHead } = (await api.documents.read(path))?.fields ?? {}
    const { seq } = checkpoint as { seq: number }
    const behind = Array.from({ length: Number(journalHead) - seq + 1 }, (_, index) => seq + index)
    await Promise.all(behind.map((missing) => loseRecord(session, missing)))
    await api.asOwner(nameOf(session), { journalHead: seq })
    expect((await calls.get(`/api/sessions/${nameOf(session)}/info`)).body).toMatchObject({
      session: { status: 'corrupt', reason: 'journal-short' },
      persistence: { willSurviveRestart: false },
    })
    const plan = await calls.post(`/api/sessions/${nameOf(session)}/restore`)
    expect(plan).toMatchObject({ status: 200, body: { reason: 'journal-short', wouldLose: { records: 0, upTo: seq } } })
  })

  it('is corrupt, not missing, when an operator has created the document again', async () => {
    const session = await linkedSession()
    const path = sessionPath(session.sessionId)
    const { tenant, name, wanted, createdAt } = (await api.documents.read(path))?.fields ?? {}
    const records = await clients.documents.query({ collection: journalPath(session.sessionId), select: ['seq'] })
    await clients.documents.commit([
      ...records.map((record) => ({ kind: 'delete' as const, path: record.path })),
      { kind: 'delete', path },
    ])
    await clients.documents.commit([{ kind: 'create', path, fields: { v: 1, tenant, name, wanted, createdAt, config: {} } }])
    const { body } = await calls.get(`/api/sessions/${nameOf(session)}/info`)
    expect(body).toMatchObject({ session: { exists: true, status: 'corrupt', reason: 'journal-missing' }, backups: 2 })
    expect(body.lastBackup).toContain(session.sessionId)
  })

  it('is corrupt, with the reason and the action for the user, when the journal or the document is damaged', async () => {
    const session = await linkedSession()
    await loseRecord(session, Number((await api.documents.read(sessionPath(session.sessionId)))?.fields['journalHead']) - 1)
    const { body } = await calls.get(`/api/sessions/${nameOf(session)}/info`)
    expect(body).toMatchObject({
      session: { status: 'corrupt', reason: 'journal-gap', userAction: expect.any(String) },
      persistence: { willSurviveRestart: false },
    })
    await api.asOwner(nameOf(session), { epoch: 'two' })
    const damaged = await calls.get(`/api/sessions/${nameOf(session)}/info`)
    expect(damaged.body).toMatchObject({ session: { status: 'corrupt', reason: 'document-invalid' } })
    expect((await calls.get(`/api/sessions/${nameOf(session)}`)).body).toMatchObject({ reason: 'document-invalid' })
    expect((await calls.post(`/api/sessions/${nameOf(session)}/restore`)).body.code).toBe('cannot-restore')
  })

  it('is answered with 503, not as damaged, while Cloud Storage is away', async () => {
    const session = await linkedSession()
    const away = () => Promise.reject(new Error('ECONNREFUSED'))
    const objects: ObjectStore = { placeOf: (name) => name, create: away, read: away, list: away, describe: away }
    const { get, post } = api.with({ objects })
    for (const answer of [
      await get(`/api/sessions/${nameOf(session)}/info`),
      await post(`/api/sessions/${nameOf(session)}/restore`, { approve: true }),
    ]) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
      expect(answer.headers.get('retry-after')).toBe('5')
    }
    expect((await calls.get(`/api/sessions/${nameOf(session)}/actions`)).body).toEqual([])
  })
})

describe('a restore', () => {
  it('is refused for a session whose state is whole or empty', async () => {
    await newSession('empty')
    const session = await linkedSession()
    for (const name of ['empty', nameOf(session)]) {
      expect((await calls.post(`/api/sessions/${name}/restore`, { approve: true })).body.code).toBe('nothing-to-restore')
    }
  })

  it('names its losses and changes nothing until an operator approves exactly these losses', async () => {
    const session = await linkedSession()
    const head = Number((await api.documents.read(sessionPath(session.sessionId)))?.fields['journalHead'])
    await loseRecord(session, head - 1)
    const plan = await calls.post(`/api/sessions/${nameOf(session)}/restore`)
    expect(plan).toMatchObject({
      status: 200,
      body: {
        approved: false,
        reason: 'journal-gap',
        wouldLose: { records: 2, after: head - 2, upTo: head, since: expect.any(String) },
      },
    })
    // A message is committed with its document. Only the records hold stanzas that wait to be read and parts of a history.
    expect(plan.body.wouldLose.sentence).toMatch(/has no document yet: stanzas that could not be read .* the phone's history/)
    expect((await calls.get(`/api/sessions/${nameOf(session)}/actions`)).body).toEqual([])
    const approved = await calls.post(`/api/sessions/${nameOf(session)}/restore`, { approve: true })
    expect(approved).toMatchObject({ status: 202, body: { approved: true, action: { type: 'restore', state: 'pending' } } })
    const stored = await api.documents.read(recoveryActionPath(approved.body.action.id as string))
    expect(stored?.fields['approved']).toEqual({ reaches: head - 2 })
  })

  it('that was asked for by name is proposed, and its approval first names what would be lost', async () => {
    const session = await linkedSession()
    const name = nameOf(session)
    const head = Number((await api.documents.read(sessionPath(session.sessionId)))?.fields['journalHead'])
    await loseRecord(session, head - 1)
    await api.asOwner(name, { state: 'NEEDS_ATTENTION', reason: 'journal-gap' })
    expect(await calls.post(`/api/sessions/${name}/recover`)).toMatchObject({
      status: 200,
      body: { outcome: 'nothing', step: 'restore', code: 'needs-approval', next: expect.stringContaining('"step": "restore"') },
    })
    const { body } = await calls.post(`/api/sessions/${name}/recover`, { step: 'restore' })
    expect(body).toMatchObject({ outcome: 'proposed', action: { type: 'restore', state: 'proposed' } })
    const path = `/api/recoveries/${body.action.id}`
    const plan = { approved: false, reason: 'journal-gap', wouldLose: { records: 2, after: head - 2, upTo: head } }
    expect(await calls.post(`${path}/approve`)).toMatchObject({ status: 200, body: plan })
    expect((await calls.get(path)).body).toMatchObject({ state: 'proposed', approvedBy: null })
    expect(await calls.post(`${path}/approve`, { acceptLosses: true })).toMatchObject({
      status: 202,
      body: { state: 'pending', approvedBy: 'operator', why: expect.stringContaining('giving up 2 records') },
    })
    const stored = await api.documents.read(recoveryActionPath(body.action.id as string))
    expect(stored?.fields['approved']).toEqual({ reaches: head - 2 })
  })

  it('is answered with 503 and begins nothing while the bucket is missing or forbidden', async () => {
    const session = await linkedSession()
    await loseRecord(session, Number((await api.documents.read(sessionPath(session.sessionId)))?.fields['journalHead']) - 1)
    const missing = createGoogleClients({ projectId: api.firestore.projectId, bucket: 'never-made' })
    const refused = new HoldfastError('store-forbidden', 'This process may not use the bucket.', {
      advice: 'Give it its rights.',
    })
    const forbidding = () => Promise.reject(refused)
    const forbidden: ObjectStore = {
      placeOf: (name) => name,
      create: forbidding,
      read: forbidding,
      list: forbidding,
      describe: forbidding,
    }
    for (const [code, objects] of [['store-missing', missing.objects] as const, ['store-forbidden', forbidden] as const]) {
      const answer = await api.with({ objects }).post(`/api/sessions/${nameOf(session)}/restore`, { approve: true })
      expect(answer).toMatchObject({ status: 503, body: { code, title: 'A store cannot be used', detail: expect.any(String) } })
      expect(answer.headers.get('retry-after')).toBe('30')
    }
    await missing.close()
    expect((await calls.get(`/api/sessions/${nameOf(session)}/actions`)).body).toEqual([])
  })

  it('is refused without a key, and for records of a later version', async () => {
    const [keyless, newer] = [await linkedSession(), await linkedSession()]
    await clients.documents.commit([{ kind: 'delete', path: sessionKeyPath(keyless.sessionId) }])
    const head = Number((await api.documents.read(sessionPath(newer.sessionId)))?.fields['journalHead'])
    const path = `${journalPath(newer.sessionId)}/${String(head).padStart(20, '0')}`
    await clients.documents.commit([{ kind: 'merge', path, fields: { v: 2 } }])
    for (const session of [keyless, newer]) {
      expect((await calls.post(`/api/sessions/${nameOf(session)}/restore`, { approve: true })).body.code).toBe('cannot-restore')
    }
  })

  it('creates the deleted document of a session again, with the whole state', async () => {
    const session = await linkedSession()
    const name = nameOf(session)
    const before = (await api.documents.read(sessionPath(session.sessionId)))?.fields
    await clients.documents.commit([{ kind: 'delete', path: sessionPath(session.sessionId) }])
    expect((await calls.post('/api/sessions', { name })).body).toMatchObject({ code: 'session-exists' })
    expect((await calls.post(`/api/sessions/${name}/restore`)).body).toMatchObject({
      approved: false,
      reason: 'document-missing',
    })
    expect(await api.documents.read(sessionPath(session.sessionId))).toBeNull()
    expect(await calls.post(`/api/sessions/${name}/restore`, { approve: true })).toMatchObject({ status: 201 })
    const { journalHead, checkpoint, epoch, wanted } = (await api.documents.read(sessionPath(session.sessionId)))?.fields ?? {}
    expect({ journalHead, checkpoint, epoch, wanted }).toEqual({
      journalHead: before?.['journalHead'],
      checkpoint: before?.['checkpoint'],
      epoch: before?.['epoch'],
      wanted: 'offline',
    })
    expect((await calls.get(`/api/sessions/${name}/info`)).body).toMatchObject({ session: { status: 'valid' } })
    expect((await calls.post('/api/sessions/never-was/restore')).body.code).toBe('unknown-session')
  })
})
