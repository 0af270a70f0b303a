import { alertPath } from '@holdfast/core/operations/alert-document'
import { checkpointName } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purgesIn } from './purge-nights.ts'
import { filledSession, storedOf } from '../../support/purged-session.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

// A session whose document was altered, so that it does not parse, can be purged as any other one.

let stored: StoredApi
let api: StoredApi['api']
let clients: StoredApi['clients']
let calls: StoredApi['calls']

beforeAll(async () => {
  stored = await startStoredApi()
  ;({ api, clients, calls } = stored)
})

afterAll(() => stored[Symbol.asyncDispose]())

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

test('a purge that is damaged after it was requested is told of each night, until somebody requests it anew', async () => {
  await damaged('stuck', {})
  await purge('stuck')
  const asked = (await clients.documents.read(sessionPath('default.stuck')))?.fields['purge'] as object
  await change('stuck', { purge: { ...asked, device: 7 } })
  const alert = async () => (await clients.documents.read(alertPath('purge-stuck', 'default.stuck')))?.fields['state']
  expect(await alert()).toBeUndefined()
  await nightIn(8)
  expect(await alert()).toBe('open')
  expect((await purge('stuck')).body.purge).toMatchObject({ phase: 'waiting' })
})
