import { type RecoveryAction, recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { healthPath } from '@holdfast/core/operations/health-document'
import type { Fields } from '@holdfast/core/platform/ports'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const MINUTE_MS = 60_000
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS)

let sessions = 0

/** Creates a session whose live owner has been trying to connect it for a time. */
async function lostSession(fields: Fields = {}, lostForMinutes = 20): Promise<string> {
  const name = `lost-${++sessions}`
  await api.post('/api/sessions', { name })
  const runnerId = `runner-of-${name}`
  const downSince = ago(lostForMinutes)
  const me = { id: '5511999990000:1@s.whatsapp.net', lid: null }
  const lost = { runnerId, epoch: 1, state: 'BACKOFF', reason: 'connection-lost', since: downSince, downSince, me }
  await api.asOwner(name, { ...lost, ...fields })
  const reported = { state: fields['state'] ?? 'BACKOFF', epoch: 1, lastProofOfLifeAt: null, lastInboundAt: null, downSince }
  await api.heartbeat(runnerId, { [`default.${name}`]: reported })
  return name
}

const recover = (name: string, body?: object, calls: Pick<ApiUnderTest, 'post'> = api) =>
  calls.post(`/api/sessions/${name}/recover`, body)

const actionsOf = async (name: string) => (await api.get(`/api/recoveries?session=${name}`)).body.recoveries

const write = (id: string, fields: Fields) => api.documents.commit([{ kind: 'merge', path: recoveryActionPath(id), fields }])

/** Writes an action as the sweep does. */
async function proposal(name: string, fields: Partial<RecoveryAction> = {}): Promise<string> {
  const id = `default.${name}-recover-1790000000-000001`
  const action = { v: 1, tenant: 'default', sessionId: `default.${name}`, type: 'recover', state: 'proposed' }
  await write(id, { ...action, requestedBy: 'sweep', why: 'Lost for 20 minutes.', requestedAt: new Date(), ...fields })
  return id
}

describe('a request to recover a session', () => {
  it('tells in a dry run what would be done and why, and changes nothing', async () => {
    const name = await lostSession()
    expect(await recover(name, { dryRun: true })).toMatchObject({
      status: 200,
      body: { session: name, outcome: 'requested', step: 'reconnect', code: 'asked', action: null, next: expect.any(String) },
    })
    expect(await recover(name, { dryRun: true, step: 'reload' })).toMatchObject({
      body: { outcome: 'requested', step: 'reload' },
    })
    expect(await actionsOf(name)).toEqual([])
  })

  it('writes one action with its evidence, however often it is repeated', async () => {
    const name = await lostSession()
    const answers = await Promise.all([1, 2, 3, 4].map(() => recover(name, { reason: 'A customer calls.' })))
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    const [action] = await actionsOf(name)
    expect(new Set(answers.map(({ body }) => body.action.id))).toEqual(new Set([action.id]))
    expect(action).toMatchObject({ type: 'recover', state: 'pending', requestedBy: 'api', why: 'A customer calls.', step: null })
    expect(action.evidence).toMatchObject({ status: 'STARTING', reason: 'connection-lost', cause: 'network', owner: 'alive' })
    expect(action.evidence.lostForSeconds).toBeGreaterThan(19 * 60)
    await write(action.id, { state: 'done' })
    expect((await recover(name)).body.action.id).not.toBe(action.id)
  })

  it('passes on the step that was asked for', async () => {
    const name = await lostSession()
    expect((await recover(name, { step: 'rebuild' })).body.action).toMatchObject({ step: 'rebuild', state: 'pending' })
    expect(await recover(name, { step: 'format-the-disk' })).toMatchObject({ status: 400, body: { code: 'bad-request' } })
  })

  it('does not count what the owner does by itself: a person may want more', async () => {
    const name = await lostSession()
    const own = await proposal(name, { state: 'running', requestedBy: 'runner' })
    const { body } = await recover(name)
    expect(body.action).toMatchObject({ requestedBy: 'api', state: 'pending' })
    expect(body.action.id).not.toBe(own)
  })

  it('does nothing for a session that works, or that waits for a person, and says what that one can do', async () => {
    const working = await lostSession({ state: 'CONNECTED', reason: 'logged-in', downSince: null })
    expect(await recover(working)).toMatchObject({ status: 200, body: { outcome: 'nothing', code: 'works', action: null } })
    const banned = await lostSession({ state: 'BANNED', reason: 'account-banned', userAction: 'Open WhatsApp.' })
    const waits = { outcome: 'nothing', code: 'waits-for-person', action: null, next: 'Open WhatsApp.' }
    expect(await recover(banned)).toMatchObject({ status: 200, body: waits })
    for (const name of [working, banned]) expect(await actionsOf(name)).toEqual([])
  })

  it('of a stopped or unknown session is refused', async () => {
    const name = await lostSession({ wanted: 'offline', state: 'STOPPED' })
    expect(await recover(name)).toMatchObject({ status: 409, body: { code: 'session-stopped' } })
    expect(await recover('nobody')).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
  })

  it('is vetoed when it cannot help, and the veto is recorded with its reason', async () => {
    const name = await lostSession()
    // Each runner of these tests is full but for its own session.
    const { body } = await recover(name, { step: 'restart-runner' })
    expect(body).toMatchObject({ outcome: 'vetoed', code: 'runner-is-well', action: { state: 'vetoed' } })
    expect(body.action.result).toMatchObject({ code: 'runner-is-well', sentence: expect.any(String) })
    expect(body.action.finishedAt).not.toBeNull()
    expect(await actionsOf(name)).toMatchObject([{ state: 'vetoed', result: { code: 'runner-is-well' } }])
  })

  it('is vetoed during an outage, because none of its sessions is sick', async () => {
    const name = await lostSession()
    const outage = { verdict: 'whatsapp', since: new Date(), runners: [] }
    const health = { v: 1, scope: 'fleet', status: 'warning', since: new Date(), measuredAt: new Date(), outage }
    await api.documents.commit([{ kind: 'merge', path: healthPath('fleet'), fields: health }])
    try {
      expect(await recover(name)).toMatchObject({
        status: 202,
        body: { outcome: 'vetoed', code: 'outage', action: { state: 'vetoed' } },
      })
      expect(await recover(name, { step: 'move', dryRun: true })).toMatchObject({ body: { outcome: 'vetoed', code: 'outage' } })
      expect(await recover(name, { step: 'reconnect', dryRun: true })).toMatchObject({ body: { outcome: 'requested' } })
    } finally {
      await api.documents.commit([{ kind: 'delete', path: healthPath('fleet') }])
    }
  })
})

describe('a step that a person has to approve', () => {
  it('restart-runner: is proposed by the operator only, while most sessions of the runner are lost', async () => {
    const name = await lostSession()
    const lost = { state: 'BACKOFF', epoch: 1, lastProofOfLifeAt: null, lastInboundAt: null, downSince: ago(20) }
    await api.heartbeat(`runner-of-${name}`, { [`default.${name}`]: lost, 'default.another': lost })
    const admin = api.as({ role: 'admin', key: 'an-admin' })
    expect(await recover(name, { step: 'restart-runner' }, admin)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const { body } = await recover(name, { step: 'restart-runner' })
    const restart = { type: 'restart-runner', session: null, targetRunner: `runner-of-${name}`, state: 'proposed' }
    expect(body).toMatchObject({ outcome: 'proposed', code: 'runner-is-sick', action: restart })
    expect((await recover(name, { step: 'restart-runner' })).body.action.id).toBe(body.action.id)
    const path = `/api/recoveries/${body.action.id}`
    expect(await admin.get(path)).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
    expect(await admin.post(`${path}/approve`)).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
    expect(await api.post(`${path}/approve`)).toMatchObject({ status: 202, body: { state: 'pending', approvedBy: 'operator' } })
  })

  it('new-qr: is refused while a phone is linked, and otherwise restarts the session once it is approved', async () => {
    const linked = await lostSession()
    expect(await recover(linked, { step: 'new-qr' })).toMatchObject({ status: 409, body: { code: 'cannot-recover' } })
    const name = await lostSession({ state: 'LOGGED_OUT', reason: 'logged-out' })
    expect(await recover(name)).toMatchObject({ status: 200, body: { outcome: 'nothing', step: 'new-qr' } })
    const { body } = await recover(name, { step: 'new-qr' })
    expect(body).toMatchObject({ outcome: 'proposed', action: { type: 'recover', step: 'new-qr', state: 'proposed' } })
    expect((await actionsOf(name)).map(({ type }: { type: string }) => type)).toEqual(['recover'])
    const approved = await api.post(`/api/recoveries/${body.action.id}/approve`)
    expect(approved).toMatchObject({
      status: 202,
      body: { state: 'done', approvedBy: 'operator', result: { code: 'restarted' } },
    })
    await api.post(`/api/recoveries/${body.action.id}/approve`)
    const types = (await actionsOf(name)).map(({ type, state }: { type: string; state: string }) => `${type} ${state}`)
    expect(types.toSorted()).toEqual(['recover done', 'restart pending'])
  })

  it('restore: is refused when nothing is damaged', async () => {
    const name = await lostSession()
    expect(await recover(name, { step: 'restore' })).toMatchObject({ status: 409, body: { code: 'nothing-to-restore' } })
    expect(await actionsOf(name)).toEqual([])
  })
})

describe('a request to recover all lost sessions', () => {
  it('names what is done for each session of a list, once each', async () => {
    const [lost, working] = [await lostSession(), await lostSession({ state: 'CONNECTED', reason: 'logged-in', downSince: null })]
    const stopped = await lostSession({ wanted: 'offline', state: 'STOPPED' })
    const names = [lost, working, stopped, 'nobody', lost]
    const first = await api.post('/api/connections/recover', { sessions: names })
    const outcomes = first.body.sessions.map(
      ({ session, outcome, code }: Record<string, string>) => `${session} ${outcome} ${code}`,
    )
    const expected = [`${lost} requested asked`, `${working} nothing works`, `${stopped} nothing session-stopped`]
    expect([first.status, outcomes]).toEqual([202, [...expected, 'nobody unknown unknown-session']])
    const again = await api.post('/api/connections/recover', { sessions: names })
    expect(again.body.sessions[0].action.id).toBe(first.body.sessions[0].action.id)
    expect(await actionsOf(lost)).toHaveLength(1)
  })

  it('finds those that are lost and leaves the others alone', async () => {
    const fresh = await lostSession({}, 0)
    const halted = await lostSession({ state: 'NEEDS_ATTENTION', reason: 'foreign-connection' })
    const lost = await lostSession()
    const dry = await api.post('/api/connections/recover', { dryRun: true })
    const named = dry.body.sessions.map(({ session }: { session: string }) => session)
    expect([dry.status, dry.body.dryRun, dry.body.left]).toEqual([200, true, 0])
    expect(named).toContain(lost)
    for (const name of [fresh, halted]) expect(named).not.toContain(name)
    expect(await actionsOf(lost)).toEqual([])
    expect(await api.post('/api/connections/recover')).toMatchObject({ status: 202 })
    expect(await actionsOf(lost)).toHaveLength(1)
  })

  it('does not know a session that was removed', async () => {
    const name = await lostSession()
    await api.send('DELETE', `/api/sessions/${name}`)
    expect((await api.post('/api/connections/recover', { sessions: [name] })).body.sessions).toMatchObject([
      { session: name, outcome: 'unknown' },
    ])
  })

  it('sees the sessions of the caller only', async () => {
    const [mine, other] = [await lostSession(), await lostSession()]
    const { body } = await api
      .as({ role: 'admin', sessions: [mine] })
      .post('/api/connections/recover', { sessions: [mine, other] })
    expect(body.sessions.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['requested', 'unknown'])
    expect(await actionsOf(other)).toEqual([])
  })
})

describe('the list of recoveries', () => {
  it('is paged, newest first, and can be narrowed', async () => {
    const name = await lostSession()
    for (const number of [1, 2, 3]) {
      const fields = {
        state: number === 2 ? 'failed' : 'done',
        requestedAt: ago(10 - number),
        result: { code: 'x', sentence: 'X.' },
      } as const
      const action = {
        v: 1,
        tenant: 'default',
        sessionId: `default.${name}`,
        type: 'recover',
        requestedBy: 'sweep',
        why: 'Lost.',
      }
      await write(`default.${name}-recover-00000${number}`, { ...action, ...fields })
    }
    const ids = async (query: string) => {
      const { body } = await api.get(`/api/recoveries?session=${name}${query}`)
      return [...body.recoveries.map(({ id }: { id: string }) => Number(id.slice(-1))), body.cursor === null ? 'end' : 'more']
    }
    expect(await ids('')).toEqual([3, 2, 1, 'end'])
    expect(await ids('&state=failed')).toEqual([2, 'end'])
    expect(await ids('&type=restart')).toEqual(['end'])
    expect(await ids('&state=done&type=recover')).toEqual([3, 1, 'end'])
    expect(await ids('&limit=2')).toEqual([3, 2, 'more'])
    const { cursor } = (await api.get(`/api/recoveries?session=${name}&limit=2`)).body
    expect(await ids(`&limit=2&cursor=${cursor}`)).toEqual([1, 'end'])
    expect((await api.get('/api/recoveries?cursor=x')).body.code).toBe('bad-request')
    expect((await api.get('/api/recoveries?session=nobody')).body.code).toBe('unknown-session')
  })

  it('shows a key that is for some sessions those only, and a tenant its own only', async () => {
    const [mine, other] = [await lostSession(), await lostSession()]
    const [own, foreign] = [await proposal(mine), await proposal(other)]
    const ofKey = api.as({ role: 'read', sessions: [mine] })
    const listed = (await ofKey.get('/api/recoveries')).body.recoveries.map(({ id }: { id: string }) => id)
    expect(listed).toEqual([own])
    expect((await ofKey.get(`/api/recoveries/${own}`)).body).toMatchObject({ id: own, session: mine })
    expect((await ofKey.get(`/api/recoveries/${foreign}`)).body.code).toBe('unknown-action')
    const stranger = api.as({ role: 'admin', tenant: 'other', key: 'stranger' })
    expect((await stranger.get('/api/recoveries')).body.recoveries).toEqual([])
    expect((await stranger.post(`/api/recoveries/${own}/cancel`)).body.code).toBe('unknown-action')
  })
})

describe('the approval of a proposal', () => {
  it('lets the owner begin, names who approved it, and is done once', async () => {
    const id = await proposal(await lostSession())
    const answers = await Promise.all([1, 2, 3].map(() => api.post(`/api/recoveries/${id}/approve`)))
    for (const { status, body } of answers) expect([status, body.state, body.approvedBy]).toEqual([202, 'pending', 'operator'])
    await write(id, { state: 'running' })
    expect(await api.post(`/api/recoveries/${id}/approve`)).toMatchObject({ status: 202, body: { state: 'running' } })
  })

  it('is refused for an action that waits for none, and for keys that only read', async () => {
    const id = await proposal(await lostSession(), { state: 'done' })
    expect(await api.post(`/api/recoveries/${id}/approve`)).toMatchObject({ status: 409, body: { code: 'not-proposed' } })
    expect(await api.as({ role: 'send' }).post(`/api/recoveries/${id}/approve`)).toMatchObject({ status: 403 })
    expect(await api.post('/api/recoveries/nothing-000001/approve')).toMatchObject({ status: 404 })
  })
})

describe('the cancellation of an action', () => {
  it.each(['proposed', 'pending'] as const)('takes back what is %s, once', async (state) => {
    const id = await proposal(await lostSession(), { state })
    for (const _ of [1, 2]) {
      expect(await api.post(`/api/recoveries/${id}/cancel`)).toMatchObject({
        status: 200,
        body: { state: 'cancelled', cancelledBy: 'operator', result: { code: 'cancelled' }, finishedAt: expect.any(String) },
      })
    }
    expect(await api.post(`/api/recoveries/${id}/approve`)).toMatchObject({ status: 409, body: { code: 'not-proposed' } })
  })

  it.each(['running', 'done', 'failed', 'vetoed'] as const)('is refused for what is %s', async (state) => {
    const id = await proposal(await lostSession(), { state })
    expect(await api.post(`/api/recoveries/${id}/cancel`)).toMatchObject({ status: 409, body: { code: 'already-begun' } })
  })

  it('that meets an approval or the owner leaves one of both, and both answers tell the truth', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await proposal(await lostSession())
      const [approved, cancelled] = await Promise.all([
        api.post(`/api/recoveries/${id}/approve`),
        api.post(`/api/recoveries/${id}/cancel`),
      ])
      // An approved action can still be cancelled before it begins. A cancelled one cannot be approved any more.
      expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled' } })
      expect([202, 409]).toContain(approved.status)
      expect((await api.get(`/api/recoveries/${id}`)).body.state).toBe('cancelled')
    }
    const id = await proposal(await lostSession(), { state: 'pending' })
    const begun = api.committing(async (changes, commit) => {
      await write(id, { state: 'running' })
      return commit(changes)
    })
    const late = await api.with({ documents: begun }).post(`/api/recoveries/${id}/cancel`)
    expect(late).toMatchObject({ status: 409, body: { code: 'already-begun' } })
    expect((await api.get(`/api/recoveries/${id}`)).body.state).toBe('running')
  })
})

it('nothing of all that has changed a session', async () => {
  const found = await api.documents.query({ collection: sessionPath('').slice(0, -1) })
  expect(found.length).toBeGreaterThan(10)
  for (const { fields } of found) expect(fields['journalHead']).toBe(0)
})
