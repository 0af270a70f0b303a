import { assessState } from '@holdfast/core/journal/assess'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { JOBS } from '@holdfast/core/message/job-document'
import { alertPath } from '@holdfast/core/operations/alert-document'
import { RECOVERY_ACTIONS, recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimSession } from '../../../runner/src/session/claim.ts'
import { purgesIn } from './purge-nights.ts'
import { filledSession, storedOf } from '../../support/purged-session.ts'
import type { ApiUnderTest } from './api-under-test.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

const DAY_MS = 86_400_000

let stored: StoredApi
let api: StoredApi['api']
let clients: StoredApi['clients']
let calls: StoredApi['calls']

beforeAll(async () => {
  stored = await startStoredApi()
  ;({ api, clients, calls } = stored)
})

afterAll(() => stored[Symbol.asyncDispose]())

const filled = (sessionId: string) => filledSession(clients, { sessionId, wrappingKey: api.wrappingKey })

const purge = (name: string, confirm = name) => calls.send('DELETE', `/api/sessions/${name}?purge=true&confirm=${confirm}`)

const nightIn = (days: number, documents: ReturnType<ApiUnderTest['committing']> = clients.documents) =>
  purgesIn(days, { documents, objects: clients.objects })

const fieldsOf = async (path: string) => (await clients.documents.read(path))?.fields ?? {}

/** Purges a session whose owner has let it go, to the end. */
async function purged(name: string): Promise<void> {
  const { owner } = await filled(`default.${name}`)
  owner.journal.close()
  await clients.documents.commit([{ kind: 'merge', path: sessionPath(`default.${name}`), fields: { runnerId: null } }])
  expect((await purge(name)).status).toBe(200)
  await nightIn(8)
  expect((await purge(name)).body.purge).toMatchObject({ phase: 'done' })
}

describe('a request', () => {
  it('asks the owner once, although the owner is faster than the request', async () => {
    const { owner } = await filled('default.fast')
    const path = sessionPath('default.fast')
    const asked = () => clients.documents.query({ collection: RECOVERY_ACTIONS, where: [['sessionId', '==', 'default.fast']] })
    const before = (await asked()).length
    let isOvertaken = false
    const documents = api.committing(async (changes, real) => {
      if (!isOvertaken && changes.some((change) => change.path === path && change.kind === 'update')) {
        isOvertaken = true
        for (const action of await asked())
          await clients.documents.commit([
            { kind: 'update', path: action.path, fields: { state: 'done', finishedAt: new Date() } },
          ])
        await clients.documents.commit([{ kind: 'merge', path, fields: { state: 'LOGGED_OUT' } }])
      }
      await real(changes)
    })
    const fast = api.with({ objects: clients.objects, documents })
    const { status } = await fast.send('DELETE', '/api/sessions/fast?purge=true&confirm=fast')
    expect([status, isOvertaken, (await asked()).length - before]).toEqual([200, true, 2])
    owner.journal.close()
  })

  it('needs the name once more, and a session', async () => {
    await filled('default.careful')
    for (const query of ['purge=true', 'purge=true&confirm=other']) {
      const refused = await calls.send('DELETE', `/api/sessions/careful?${query}`)
      expect([refused.status, refused.body.code]).toEqual([422, 'purge-not-confirmed'])
      expect(refused.body.detail).toContain('purge=true&confirm=careful')
    }
    expect((await calls.get('/api/sessions/careful')).status).toBe(200)
    expect((await purge('nobody')).body.code).toBe('unknown-session')
  })

  it('stops and hides the session, has it backed up and unlinked, and says when it is gone for good', async () => {
    await filled('default.asked')
    const job = { v: 1, tenant: 'default', sessionId: 'default.asked', status: 'pending' }
    await clients.documents.commit([{ kind: 'create', path: `${JOBS}/unreadable`, fields: job }])
    const { status, body } = await purge('asked')
    expect([status, body]).toMatchObject([
      200,
      {
        removed: true,
        purge: {
          session: 'asked',
          phase: 'waiting',
          mayBeTakenBack: true,
          device: { fate: 'asked' },
          backup: { state: 'pending' },
        },
      },
    ])
    const [requestedAt, removalAt, finalAt] = ['requestedAt', 'removalAt', 'finalAt'].map((at) => Date.parse(body.purge[at]))
    expect([removalAt! - requestedAt!, finalAt! - removalAt!]).toEqual([7 * DAY_MS, 38 * DAY_MS])
    expect(await fieldsOf(sessionPath('default.asked'))).toMatchObject({ wanted: 'offline', isRemoved: true })
    expect((await calls.get('/api/sessions/asked')).body.code).toBe('unknown-session')
    // The same again is answered in the same way, and asks for nothing more.
    expect((await purge('asked')).body).toEqual(body)
    expect((await calls.get('/api/sessions/asked/purge')).body).toEqual(body.purge)
    const { device, backup } = body.purge
    for (const [id, type] of [
      [backup.action, 'backup'],
      [device.action, 'logout'],
    ])
      expect(await fieldsOf(recoveryActionPath(id))).toMatchObject({ type, state: 'pending', sessionId: 'default.asked' })
    // Its owner could not reach WhatsApp: the answer says so.
    const failed = { state: 'failed', result: { code: 'not-connected', sentence: '' } }
    await clients.documents.commit([{ kind: 'merge', path: recoveryActionPath(device.action), fields: failed }])
    expect((await purge('asked')).body.purge.device).toMatchObject({ fate: 'not-reachable' })
    expect((await calls.post('/api/sessions', { name: 'asked' })).body.code).toBe('session-purging')
  })

  it('begins anew over a session that was created at the moment of the request before', async () => {
    await filled('default.crossed')
    await purge('crossed')
    // The creation had read the session before that request, and wrote after it.
    const created = { isRemoved: false, wanted: 'online' }
    await clients.documents.commit([{ kind: 'merge', path: sessionPath('default.crossed'), fields: created }])
    expect((await purge('crossed')).body.purge).toMatchObject({ phase: 'waiting' })
    expect(await fieldsOf(sessionPath('default.crossed'))).toMatchObject({ wanted: 'offline', isRemoved: true })
  })

  it('takes a session that was removed before, and one that never had a device', async () => {
    expect((await calls.post('/api/sessions', { name: 'empty', start: false })).status).toBe(201)
    expect((await calls.send('DELETE', '/api/sessions/empty')).body).toEqual({ removed: true })
    expect((await purge('empty')).body.purge).toMatchObject({ phase: 'waiting', device: { fate: 'not-linked', action: null } })
    await nightIn(8)
    expect((await purge('empty')).body.purge).toMatchObject({ phase: 'done', mayBeTakenBack: false })
    expect(await storedOf(clients, 'default.empty')).toEqual(['1 claim of purge'])
  })

  it('is refused where journals lie in a directory of one host, and to a key that does not know the session', async () => {
    await filled('default.elsewhere')
    const none = () => Promise.resolve([])
    const placeOf = (sessionId: string) => `/var/sessions/${sessionId}/journal`
    const journalsOn = () => ({ placeOf, read: () => Promise.resolve(null), list: none, outline: none })
    const local = api.with({ objects: clients.objects, journalsOn })
    const refused = await local.send('DELETE', '/api/sessions/elsewhere?purge=true&confirm=elsewhere')
    expect([refused.status, refused.body.code]).toEqual([422, 'not-possible'])
    // The key goes first.
    const commands =
      "firebase firestore:delete --force session_keys/default.elsewhere && rm -rf '/var/sessions/default.elsewhere'"
    expect(refused.body.detail).toContain(commands)
    expect((await calls.get('/api/sessions/elsewhere')).body).toMatchObject({ name: 'elsewhere' })
    // The one that the session has from before.
    expect((await calls.get('/api/sessions/elsewhere/actions')).body).toHaveLength(1)
    const stranger = api.as({ role: 'admin', sessions: ['default.other'] })
    expect((await stranger.send('DELETE', '/api/sessions/elsewhere?purge=true&confirm=elsewhere')).status).toBe(404)
  })
})

describe('the grace', () => {
  it('lets the session be taken back, with all that it has stored', async () => {
    await filled('default.spared')
    const before = await storedOf(clients, 'default.spared')
    await purge('spared')
    await nightIn(6)
    for (let time = 1; time <= 2; time++) {
      const { status, body } = await calls.post('/api/sessions/spared/purge/cancel')
      expect([status, body]).toMatchObject([201, { name: 'spared', wanted: 'offline' }])
    }
    // Nobody unlinks it any more.
    const actions = await storedOf(clients, 'default.spared')
    expect(await fieldsOf(recoveryActionPath('default.spared-logout-000001'))).toMatchObject({ state: 'cancelled' })
    await nightIn(30)
    expect(await storedOf(clients, 'default.spared')).toEqual(actions)
    expect(actions).toEqual(expect.arrayContaining(before))
    expect((await calls.post('/api/sessions/nobody/purge/cancel')).body.code).toBe('unknown-session')
  })

  it('is that of the tenant', async () => {
    await clients.documents.commit([
      {
        kind: 'merge',
        path: 'tenants/default',
        fields: { v: 1, name: 'Default', createdAt: new Date(), config: { purge: { graceDays: 1 } } },
      },
    ])
    const own = api.with({ objects: clients.objects })
    await filled('default.hasty')
    const { body } = await own.send('DELETE', '/api/sessions/hasty?purge=true&confirm=hasty')
    expect(Date.parse(body.purge.removalAt) - Date.parse(body.purge.requestedAt)).toBe(DAY_MS)
    await clients.documents.commit([{ kind: 'delete', path: 'tenants/default' }])
  })
})

describe('the list', () => {
  it('has what is in its grace and until when, what has begun, and nothing of others', async () => {
    for (const name of ['listed', 'begun']) await filled(`default.${name}`)
    const begun = (await purge('begun')).body.purge
    await nightIn(begun ? 8 : 0)
    const waiting = (await purge('listed')).body.purge
    const elsewhere = { v: 1, tenant: 'other', isRemoved: true, purge: { phase: 'waiting' } }
    const broken = { v: 1, tenant: 'default', isRemoved: true, purge: { phase: 'waiting', dueAt: 'soon' } }
    for (const [id, fields] of [
      ['other.listed', elsewhere],
      ['default.torn', broken],
    ] as const)
      await clients.documents.commit([{ kind: 'create', path: sessionPath(id), fields }])
    const { status, body } = await calls.get('/api/purges')
    expect([status, body.unreadable]).toEqual([200, ['torn']])
    const byName = new Map(body.purges.map((one: { session: string }) => [one.session, one]))
    expect(byName.get('listed')).toEqual(waiting)
    expect(byName.get('begun')).toMatchObject({ phase: 'removing', mayBeTakenBack: false })
    const names = [...body.purges.map(({ session }: { session: string }) => session), 'torn'].toSorted((one, other) =>
      one < other ? -1 : 1,
    )
    const paged: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body: page } = await calls.get(`/api/purges?limit=1${cursor && `&cursor=${cursor}`}`)
      const onPage = [...page.purges.map(({ session }: { session: string }) => session), ...page.unreadable]
      expect(onPage.length).toBeLessThanOrEqual(1)
      paged.push(...onPage)
      cursor = page.cursor
    }
    expect([paged, body.cursor]).toEqual([names, null])
    expect((await calls.get('/api/purges?cursor=a/b')).status).toBe(400)
    const of = async (phase: string) => (await calls.get(`/api/purges?phase=${phase}`)).body.purges
    expect((await of('removing')).map(({ phase }: { phase: string }) => phase)).toContain('removing')
    expect((await of('waiting')).map(({ session }: { session: string }) => session)).not.toContain('begun')
    expect((await calls.get('/api/purges?phase=later')).status).toBe(400)
    const limited = api.as({ role: 'admin', sessions: ['begun'] })
    expect((await limited.get('/api/purges')).body.purges.map(({ session }: { session: string }) => session)).toEqual(['begun'])
    await clients.documents.commit([{ kind: 'delete', path: sessionPath('default.torn') }])
  })
})

describe('the purge itself', () => {
  it('fences an owner that is still alive, which can do nothing more', async () => {
    const { session, owner } = await filled('default.alive')
    const { head } = owner.journal
    await purge('alive')
    await nightIn(8)
    // Its keys are gone at once. What it had begun to upload may still arrive, so that the rest goes an hour later.
    expect((await purge('alive')).body.purge).toMatchObject({ phase: 'removing', mayBeTakenBack: false })
    expect((await calls.post('/api/sessions/alive/purge/cancel')).body.code).toBe('session-purging')
    expect((await calls.post('/api/sessions', { name: 'alive' })).body.code).toBe('session-purging')
    const emptied = await fieldsOf(sessionPath('default.alive'))
    const late = owner.state.change({ keys: { session: { late: 'a ratchet' } } })
    await expect(owner.journal.whenDurable(late)).rejects.toMatchObject({ code: 'fenced' })
    expect(await fieldsOf(sessionPath('default.alive'))).toEqual(emptied)
    expect(emptied).toMatchObject({ runnerId: null, me: null, checkpoint: null, reason: 'data-key-destroyed', state: 'STOPPED' })
    await nightIn(9)
    expect(await storedOf(clients, session.sessionId)).toEqual([
      '1 claim of owner',
      '3 checkpoint of owner',
      '4 claim of second',
      '6 data of second',
      '7 claim of purge',
    ])
    // It wakes once more: the number that it can try is taken for ever.
    const woken = session.journal({ ...owner.claim, head }, 'second')
    await expect(woken.whenDurable(woken.append({}))).rejects.toMatchObject({ code: 'fenced' })
  })

  it('leaves every other session alone, whatever its name', async () => {
    const neighbours = ['default.near2', 'default.nea', 'defaul.near', 'default2.near']
    for (const id of neighbours) await filled(id)
    const before = await Promise.all(neighbours.map((id) => storedOf(clients, id)))
    await purged('near')
    expect(await Promise.all(neighbours.map((id) => storedOf(clients, id)))).toEqual(before)
    for (const id of neighbours) expect(await loadSessionCipher(clients.documents, id, api.wrappingKey)).not.toBeNull()
  })

  it('is a state of its own, which nobody takes for damage and nobody opens', async () => {
    await purged('named')
    const id = 'default.named'
    const { documents, objects } = clients
    const journals = new DocumentJournals(documents)
    await expect(loadSessionCipher(documents, id, api.wrappingKey)).rejects.toMatchObject({ code: 'data-key-destroyed' })
    const claim = () =>
      claimSession({
        documents,
        journals,
        clock: systemClock,
        random: systemRandom,
        sessionId: id,
        runnerId: 'runner',
        wrappingKey: api.wrappingKey,
        mayClaim: () => true,
        acceptsDamage: () => Promise.resolve(true),
      })
    expect(await claim()).toBeNull()
    // Somebody brought an old document of the session back: its keys stay destroyed, and no new one is made.
    const stored = await fieldsOf(sessionPath(id))
    await documents.commit([
      { kind: 'merge', path: sessionPath(id), fields: { purge: null, isRemoved: false, wanted: 'online' } },
    ])
    await expect(claim()).rejects.toMatchObject({ code: 'data-key-destroyed' })
    const session = sessionDocumentSchema.parse(await fieldsOf(sessionPath(id)))
    const openCipher = () => loadSessionCipher(documents, id, api.wrappingKey) as Promise<SessionCipher>
    expect(await assessState({ journals, objects, sessionId: id, session, openCipher })).toMatchObject({
      status: 'corrupt',
      error: { code: 'data-key-destroyed' },
    })
    const restore = await calls.post('/api/sessions/named/restore', { approve: true })
    expect([restore.status, restore.body.code]).toEqual([409, 'cannot-restore'])
    expect(restore.body.detail).toContain('purged')
    await documents.commit([{ kind: 'delete', path: sessionPath(id) }])
    const lost = await calls.post('/api/sessions/named/restore', { approve: true })
    expect([lost.status, lost.body.code]).toEqual([409, 'cannot-restore'])
    await documents.commit([{ kind: 'create', path: sessionPath(id), fields: stored }])
  })

  it('raises an alert while it fails, which ends with it', async () => {
    await filled('default.stuck')
    await clients.documents.commit([{ kind: 'merge', path: sessionPath('default.stuck'), fields: { runnerId: null } }])
    await purge('stuck')
    const away = api.committing((changes, real) => {
      const tells = changes.some(({ path }) => path.startsWith('health_alerts/'))
      return tells ? real(changes) : Promise.reject(new Error('Away (made by the test).'))
    })
    await nightIn(8, away)
    expect(await fieldsOf(alertPath('purge-stuck', 'default.stuck'))).toMatchObject({ state: 'open', tenant: 'default' })
    await nightIn(9)
    expect(await fieldsOf(alertPath('purge-stuck', 'default.stuck'))).toMatchObject({ state: 'resolved' })
    expect((await purge('stuck')).body.purge.phase).toBe('done')
  })
})
