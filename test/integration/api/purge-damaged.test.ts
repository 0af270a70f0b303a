import { createGoogleClients, type GoogleClients } from '@holdfast/core/adapters/google/clients'
import { checkpointName } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StorageUnderTest, openStorage } from '../../../sandbox/google/storage/under-test.ts'
import { purgesIn } from './purge-nights.ts'
import { filledSession, storedOf } from '../../support/purged-session.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

// A session whose document was altered, so that it does not parse, can be purged as any other one.

let api: ApiUnderTest
let storage: StorageUnderTest
let clients: GoogleClients
let calls: Pick<ApiUnderTest, 'get' | 'post' | 'send'>

beforeAll(async () => {
  storage = await openStorage()
  if (storage.url) process.env['STORAGE_EMULATOR_HOST'] = storage.url
  api = await startApi()
  clients = createGoogleClients({ projectId: api.firestore.projectId, bucket: storage.bucket.name })
  calls = api.with({ objects: clients.objects })
})

afterAll(async () => {
  await clients.close()
  await api[Symbol.asyncDispose]()
  await storage.close()
})

const purge = (name: string) => calls.send('DELETE', `/api/sessions/${name}?purge=true&confirm=${name}`)

const change = (name: string, fields: Record<string, unknown>) =>
  clients.documents.commit([{ kind: 'merge', path: sessionPath(`default.${name}`), fields }])

const nightIn = (days: number) => purgesIn(days, clients)

async function damaged(name: string, fields: Record<string, unknown>) {
  const { owner } = await filledSession(clients, { sessionId: `default.${name}`, wrappingKey: api.wrappingKey })
  owner.journal.close()
  await change(name, { runnerId: null, state: 'NO_SUCH_STATE', ...fields })
  expect((await calls.get(`/api/sessions/${name}`)).body).toMatchObject({ status: 'FAILED' })
}

test('a damaged session is purged to the end, and no number of its log is used twice', async () => {
  await damaged('torn', { epoch: 'lost', journalHead: null, checkpoint: 'torn' })
  // Its log may have lost records that its checkpoints know of.
  await clients.objects.create(checkpointName('default.torn', 40, 9), Buffer.from('unreadable'))
  expect((await purge('torn')).body.purge).toMatchObject({ phase: 'waiting', mayBeTakenBack: true, device: { fate: 'asked' } })
  expect((await calls.get('/api/purges')).body.purges).toMatchObject([{ session: 'torn', phase: 'waiting' }])
  expect((await calls.post('/api/sessions', { name: 'torn' })).body.code).toBe('session-purging')
  await nightIn(8)
  expect((await calls.get('/api/sessions/torn/purge')).body).toMatchObject({ phase: 'done', device: { fate: 'not-reachable' } })
  expect((await storedOf(clients, 'default.torn')).at(-1)).toBe('41 claim of purge')
  expect((await clients.documents.read(sessionPath('default.torn')))?.fields).toMatchObject({ epoch: 10, journalHead: 41 })
  expect((await calls.post('/api/sessions', { name: 'torn', start: false })).status).toBe(201)
})

test('the purge of a damaged session can be taken back, and leaves the damage as it was', async () => {
  await damaged('kept', {})
  await purge('kept')
  expect((await calls.post('/api/sessions/kept/purge/cancel')).body).toMatchObject({ name: 'kept', status: 'FAILED' })
  const { fields } = (await clients.documents.read(sessionPath('default.kept')))!
  expect(fields).toMatchObject({ state: 'NO_SUCH_STATE', isRemoved: false, purge: null })
})

test('a purge that is damaged itself begins anew, and a document of a later version is refused', async () => {
  await damaged('broken', {})
  await change('broken', { purge: { phase: 'waiting', dueAt: 'soon' }, isRemoved: true })
  expect((await purge('broken')).body.purge).toMatchObject({ phase: 'waiting', mayBeTakenBack: true })
  await change('broken', { v: 9 })
  const refused = await purge('broken')
  expect(refused.status).toBe(500)
  expect(JSON.stringify(refused.body)).toContain('later version')
})
