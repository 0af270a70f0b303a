import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { loadState } from '@holdfast/core/journal/load'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectEvents } from '../../../runner/src/session/events/projector.ts'
import { DataKeys } from '../../../runner/src/session/journal/data-keys.ts'
import { Journal } from '../../../runner/src/session/journal/journal.ts'
import { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import { claimSession } from '../../../runner/src/session/claim.ts'
import { checkpointNow } from '../../support/engine/owner.ts'
import { purgesIn } from './purge-nights.ts'
import { filledSession } from '../../support/purged-session.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

const logger = createLogger('test', 'silent')

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

const nightIn = (days: number) => purgesIn(days, clients)

const fieldsOf = async (path: string) => (await clients.documents.read(path))?.fields ?? {}

/** Purges a session whose owner has let it go, to the end. */
async function purged(name: string): Promise<void> {
  const { owner } = await filledSession(clients, { sessionId: `default.${name}`, wrappingKey: api.wrappingKey })
  owner.journal.close()
  await clients.documents.commit([{ kind: 'merge', path: sessionPath(`default.${name}`), fields: { runnerId: null } }])
  expect((await purge(name)).status).toBe(200)
  await nightIn(8)
  expect((await purge(name)).body.purge).toMatchObject({ phase: 'done' })
}

describe('the same name afterwards', () => {
  it('has the next key, and goes on with epoch and numbers', async () => {
    await purged('again')
    const id = 'default.again'
    const { documents, objects } = clients
    expect((await calls.post('/api/sessions', { name: 'again', start: false })).status).toBe(201)
    expect((await calls.get('/api/sessions/again')).body).toMatchObject({ name: 'again', status: 'STOPPED', me: null })
    expect((await calls.get('/api/sessions/again/purge')).body.code).toBe('unknown-session')
    expect((await calls.post('/api/sessions', { name: 'again' })).body.code).toBe('session-exists')
    const key = sessionKeyDocumentSchema.parse(await fieldsOf(sessionKeyPath(id)))
    expect([key.current, Object.keys(key.keys), key.destroyed?.tombstone]).toMatchObject([2, ['2'], { seq: 7, epoch: 3 }])

    const open = async (runnerId: string) => {
      const journals = new DocumentJournals(documents)
      const common = { documents, journals, clock: systemClock, random: systemRandom, sessionId: id, runnerId }
      const claim = await claimSession({ ...common, wrappingKey: api.wrappingKey, mayClaim: () => true })
      const cipher = await loadSessionCipher(documents, id, api.wrappingKey)
      if (!claim || !cipher) throw new Error('It could not be opened.')
      const loaded = await loadState({ journals, objects, cipher, pointers: claim.session, end: claim.head.sequence })
      const journal = new Journal({ ...common, head: claim.head, project: projectEvents })
      journal.unlock(cipher)
      return { claim, loaded, journal, cipher, state: new JournaledState(loaded.image, journal) }
    }
    const first = await open('third')
    expect(first.loaded).toMatchObject({ trouble: null, damaged: [], replayed: 1 })
    expect([first.claim.head, first.loaded.image.creds]).toMatchObject([{ sequence: 8, epoch: 4 }, null])
    await first.journal.whenDurable(first.state.change({ creds: 'new credentials', keys: { session: { joe: 'a ratchet' } } }))
    // Without a checkpoint, and with one.
    expect((await open('fourth')).loaded).toMatchObject({ trouble: null, replayed: 3, image: { creds: 'new credentials' } })
    const second = await open('fifth')
    const inbox = { forget: () => {} } as never
    const keys = () =>
      new DataKeys({ documents, cipher: second.cipher, wrappingKey: api.wrappingKey, clock: systemClock, logger })
    const session = { sessionId: id, documents, journals: new DocumentJournals(documents), cipher: second.cipher, keys } as never
    await checkpointNow(session, { ...second, inbox, restored: second.loaded }, clients)
    const third = await open('sixth')
    expect(third.loaded).toMatchObject({ trouble: null, image: { creds: 'new credentials' } })
    expect(third.loaded.startedFrom?.seq).toBeGreaterThan(7)
    const numbers = (await documents.query({ collection: journalPath(id), orderBy: ['id', 'asc'] })).map(({ id: n }) => Number(n))
    expect(numbers.slice(0, 5)).toEqual([1, 3, 4, 6, 7])

    // And it can be purged again.
    for (const { journal } of [first, second, third]) journal.close()
    await documents.commit([{ kind: 'merge', path: sessionPath(id), fields: { runnerId: null } }])
    await purge('again')
    await nightIn(8)
    expect((await purge('again')).body.purge.phase).toBe('done')
    expect(sessionKeyDocumentSchema.parse(await fieldsOf(sessionKeyPath(id)))).toMatchObject({
      current: 2,
      keys: {},
      destroyed: { upTo: 2 },
    })
  })

  it('is made once, by one of two requests', async () => {
    await purged('twice')
    const made = await Promise.all([1, 2].map(() => calls.post('/api/sessions', { name: 'twice', start: false })))
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201, 422]))
  })

  it('is made although the answer of its commit is lost', async () => {
    await purged('unheard')
    const documents = api.committing(async (changes, real) => {
      await real(changes)
      throw new Error('The test lost the answer.')
    })
    const losing = api.with({ objects: clients.objects, documents })
    expect(await losing.post('/api/sessions', { name: 'unheard', start: false })).toMatchObject({ status: 201 })
  })

  it('is refused to a request that another one overtakes between two of its reads', async () => {
    await purged('overtaken')
    const create = { name: 'overtaken', start: false }
    let isOvertaken = false
    const read = async (path: string) => {
      if (!isOvertaken && path === sessionKeyPath('default.overtaken')) {
        isOvertaken = true
        expect(await calls.post('/api/sessions', create)).toMatchObject({ status: 201 })
      }
      return clients.documents.read(path)
    }
    const documents = { ...api.committing((changes, real) => real(changes)), read }
    const slow = api.with({ objects: clients.objects, documents })
    expect(await slow.post('/api/sessions', create)).toMatchObject({ status: 422, body: { code: 'session-exists' } })
    expect(isOvertaken).toBe(true)
  })
})

it('a removed session that is created again while a purge of it begins is refused, and stays hidden', async () => {
  const { owner } = await filledSession(clients, { sessionId: 'default.crossed', wrappingKey: api.wrappingKey })
  owner.journal.close()
  expect((await calls.send('DELETE', '/api/sessions/crossed')).status).toBeLessThan(300)
  const path = sessionPath('default.crossed')
  let isCrossed = false
  const documents = api.committing(async (changes, real) => {
    if (!isCrossed && changes.some((change) => change.kind === 'update' && change.path === path && 'wanted' in change.fields)) {
      isCrossed = true
      expect((await purge('crossed')).status).toBe(200)
    }
    await real(changes)
  })
  const slow = api.with({ objects: clients.objects, documents })
  const created = await slow.post('/api/sessions', { name: 'crossed', start: false })
  expect([created.status, created.body.code, isCrossed]).toEqual([409, 'session-purging', true])
  expect(await fieldsOf(path)).toMatchObject({ isRemoved: true, purge: { phase: 'waiting' } })
})
