import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backedUpSession } from '../../support/engine/backed-up-session.ts'
import { FaultyObjects, forbidden } from '../../support/engine/faulty-objects.ts'
import type { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import type { ApiUnderTest } from './api-under-test.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

let stored: StoredApi
let api: StoredApi['api']
let clients: StoredApi['clients']
let calls: StoredApi['calls']

beforeAll(async () => {
  stored = await startStoredApi()
  ;({ api, clients, calls } = stored)
})

afterAll(() => stored[Symbol.asyncDispose]())

const nameOf = ({ sessionId }: SessionUnderTest): string => sessionId.slice('default.'.length)

const backedUp = (count: number) => backedUpSession(clients, api.wrappingKey, count)

describe('a return of many sessions to a time', () => {
  /** After every backup, also by the clock of the store. */
  const at = () => new Date(Date.now() + 1000).toISOString()

  it('says first what each would lose and which cannot return, and is then a run that knows all of them', async () => {
    const [one, two] = [await backedUp(3), await backedUp(2)]
    await calls.post('/api/sessions', { name: 'without-backup', start: false })
    const names = [nameOf(one), nameOf(two)].toSorted()
    const body = { at: at(), sessions: [...names, 'without-backup'] }
    const actions = () => clients.documents.query({ collection: RECOVERY_ACTIONS, where: [['type', '==', 'restore']] })
    const plan = await calls.post('/api/backups/restore', body)
    expect([plan.status, plan.body]).toMatchObject([
      200,
      { approved: false, run: null, left: 0, after: null, sums: { sessions: 2, refused: 1, waiting: 0, messages: 0, chats: 5 } },
    ])
    expect(plan.body.sessions.map(({ session, action }: Record<string, unknown>) => [session, action])).toEqual(
      names.map((name) => [name, null]),
    )
    expect(plan.body.refused).toMatchObject([{ session: 'without-backup', code: 'unknown-backup' }])
    expect(await actions()).toEqual([])
    const approved = await calls.post('/api/backups/restore', { ...body, approve: true })
    expect([approved.status, approved.body.sums]).toEqual([202, plan.body.sums])
    const { run } = approved.body
    const progress = async () => (await calls.get(`/api/backups/restore/${run}`)).body
    expect(await progress()).toMatchObject({ total: 3, waiting: 2, failed: 1, done: 0, isComplete: false })
    expect((await actions()).filter(({ fields }) => fields['restoreTo'] !== null)).toHaveLength(2)
    // It goes on with nothing, because it has all of them.
    const again = await calls.post('/api/backups/restore', { ...body, approve: true, run })
    expect(again.body).toMatchObject({ run, sessions: [], refused: [], left: 0 })
    expect(await progress()).toMatchObject({ total: 3 })
    const other = api.as({ tenant: 'other' }, { objects: clients.objects })
    expect(await other.get(`/api/backups/restore/${run}`)).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
  })

  it('leaves to the next request what there is no time for, and what the stores do not answer once it has begun', async () => {
    const sessions = [nameOf(await backedUp(1)), nameOf(await backedUp(1))].toSorted()
    const [first = '', second = ''] = sessions
    const body = { at: at(), sessions }
    const ask = async (more: object, changes: Parameters<ApiUnderTest['with']>[0]) =>
      (await api.with({ objects: clients.objects, ...changes }).post('/api/backups/restore', { ...body, ...more })).body
    const namesIn = (answer: { sessions: { session: string }[] }) => answer.sessions.map(({ session }) => session)
    // Each look at this clock takes more time than there is.
    const hasty = () => {
      let ms = 0
      return { clock: { ...systemClock, monotonic: () => (ms += 40_000) } }
    }
    const plan = await ask({}, hasty())
    expect([namesIn(plan), plan.left, plan.after]).toEqual([[first], 1, first])
    const rest = await ask({ after: first }, hasty())
    expect([namesIn(rest), rest.left, rest.after]).toEqual([[second], 0, null])
    // A bucket that does not answer for one of them.
    const away = new FaultyObjects(clients.objects)
    away.refuseRead = (name) => (name.includes(second) ? forbidden() : null)
    const begun = await ask({ approve: true }, { objects: away })
    expect([namesIn(begun), begun.left]).toEqual([[first], 1])
    const { run } = begun
    const goneOn = await ask({ approve: true, run }, {})
    expect([goneOn.run, namesIn(goneOn), goneOn.left]).toEqual([run, [second], 0])
    // A plan that is not whole says so.
    const unplanned = await api.with({ objects: away }).post('/api/backups/restore', body)
    expect(unplanned.status).toBe(503)
  })

  it('counts no records that a rebuilt log skipped as lost', async () => {
    const session = await backedUp(2)
    const ask = async () =>
      (await calls.post('/api/backups/restore', { at: at(), sessions: [nameOf(session)] })).body.sessions[0] as Record<
        string,
        number
      >
    const { records = 0 } = await ask()
    const path = sessionPath(session.sessionId)
    const head = Number((await clients.documents.read(path))?.fields['journalHead'])
    const putAside = [{ reason: 'rebuilt', at: new Date(), checkpoint: null, records: { after: head, upTo: head + 1_000_000 } }]
    await clients.documents.commit([{ kind: 'merge', path, fields: { journalHead: head + 1_000_000, putAside } }])
    expect((await ask())['records']).toBe(records + 1)
  })

  it('tells of a session that nobody may open for now', async () => {
    const session = await backedUp(1)
    const moved = { phase: 'exported', at: new Date() }
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { moved } }])
    const { body } = await calls.post('/api/backups/restore', { at: at(), sessions: [nameOf(session)] })
    expect(body).toMatchObject({ sums: { waiting: 1 }, sessions: [{ waitsFor: 'session-exported' }] })
  })

  it('leaves out a session that is logged out, although its owner has not put its last state aside yet', async () => {
    const session = await backedUp(1)
    const fields = { state: 'LOGGED_OUT', reason: 'logged-out-on-request' }
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields }])
    const { body } = await calls.post('/api/backups/restore', { at: at(), sessions: [nameOf(session)] })
    expect(body).toMatchObject({ sessions: [], refused: [{ session: nameOf(session), code: 'cannot-restore' }] })
  })

  it('of a session that there is none of is refused as a whole', async () => {
    const { status, body } = await calls.post('/api/backups/restore', { at: at(), sessions: ['nobody'], approve: true })
    expect([status, body.code]).toEqual([404, 'unknown-session'])
  })
})
