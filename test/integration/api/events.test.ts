import { JOBS, jobPath } from '@holdfast/core/message/job-document'
import { raiseAlert } from '@holdfast/core/operations/alerts'
import { FLEET_SCOPE, healthPath } from '@holdfast/core/operations/health-document'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EVENT_KINDS, type EventKind } from '../../../functions/src/use-cases/events/feed.ts'
import { ServerSentEvents } from '../../support/server-sent-events.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** What happens is heard by whoever listens, and by nobody else. */

let api: ApiUnderTest
const open: ServerSentEvents[] = []
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/tenants', { id: 'acme' })
  for (const name of ['main', 'hidden']) await api.post('/api/sessions', { name })
  await api.post('/api/sessions', { name: 'foreign' }, { 'X-Tenant': 'acme' })
  await api.heartbeat('runner-1')
})
afterEach(async () => {
  for (const stream of open.splice(0)) await stream[Symbol.asyncDispose]()
})
afterAll(() => api[Symbol.asyncDispose]())

type Calls = Pick<ApiUnderTest, 'open'>

async function listen(calls: Calls = api, { query = '', headers = {} } = {}): Promise<ServerSentEvents> {
  const response = await calls.open(`/api/events${query}`, headers)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  if (!response.body) throw new Error('The answer has no body.')
  const stream = new ServerSentEvents(response.body)
  open.push(stream)
  await expect.poll(() => stream.of('ready')).toHaveLength(1)
  return stream
}

let strikes = 0

/** Changes something of each kind, for a session of a tenant. Returns what the events of it say. */
const STRIKES: Readonly<Record<EventKind, (tenant: string, name: string) => Promise<string>>> = {
  async session(tenant, name) {
    const pushName = `somebody ${++strikes} of ${name}`
    const fields = { me: { id: '5511999990000:1@s.whatsapp.net', pushName, lid: null } }
    await api.documents.commit([{ kind: 'update', path: sessionPath(`${tenant}.${name}`), fields }])
    return pushName
  },
  async queue(tenant, name) {
    const text = { session: name, chatId: '5511999990000@c.us', text: 'Hello' }
    const { body } = await api.post('/api/sendText', text, { 'X-Tenant': tenant })
    const queuedAt = new Date(1_700_000_000_000 - ++strikes)
    await api.documents.commit([{ kind: 'update', path: jobPath(body.jobId), fields: { queuedAt } }])
    return queuedAt.toISOString()
  },
  async alert(tenant, name) {
    const sentence = `It is down for the time ${++strikes}: ${name}.`
    const alert = { type: 'disconnected', scope: `${tenant}.${name}`, tenant } as const
    await raiseAlert(api.documents, { ...alert, severity: 'warning', sentence, userAction: null })
    return sentence
  },
  async recovery(tenant, name) {
    const reason = `For the test ${++strikes} of ${name}.`
    await api.post(`/api/sessions/${name}/logout`, { reason }, { 'X-Tenant': tenant })
    return name
  },
  async runner() {
    const version = `0.0.${++strikes}`
    await api.heartbeat('runner-1', {}, { version })
    return version
  },
  async health() {
    const sentence = `The fleet is worse ${++strikes}.`
    const now = new Date()
    const problems = [{ code: 'runner-lost', sentence }]
    const fields = { v: 1, scope: FLEET_SCOPE, status: 'warning', since: now, measuredAt: now, problems, figures: FIGURES }
    await api.documents.commit([{ kind: 'merge', path: healthPath(FLEET_SCOPE), fields }])
    return sentence
  },
}

const FIGURES = Object.fromEntries(
  'total active failed wanted wantedFailed recovering pairing needPhone unplaced waiting processing failedMessages'
    .split(' ')
    .map((name) => [name, 0]),
)

const told = (stream: ServerSentEvents, kind: EventKind): string => JSON.stringify(stream.of(kind))

describe('the operator', () => {
  it('hears of a change of each kind, and whoever comes later finds the same state', async () => {
    const stream = await listen()
    for (const kind of EVENT_KINDS) {
      const said = await STRIKES[kind]('default', 'main')
      await expect.poll(() => told(stream, kind)).toContain(said)
    }
    const later = await listen()
    for (const kind of EVENT_KINDS.filter((each) => each !== 'health')) {
      expect(later.of(kind).map(({ data }) => data)).toContainEqual(stream.of(kind).at(-1)?.data)
    }
  })

  it('gets what the lists of the API have', async () => {
    const stream = await listen()
    const [sessions, queue] = [await api.get('/api/sessions?all=true'), await api.get('/api/queue')]
    const comparable = (session: Record<string, unknown>) => ({ ...session, availability: null })
    expect(stream.of('session').map(({ data }) => comparable(data))).toEqual(
      expect.arrayContaining(sessions.body.map(comparable)),
    )
    const { oldest: _, ...figures } = stream.of('queue').at(-1)?.data ?? {}
    expect(queue.body).toMatchObject(figures)
  })

  it('chooses a tenant', async () => {
    const stream = await listen(api, { query: '?tenant=acme' })
    expect(stream.of('session').map(({ data }) => data.name)).toEqual(['foreign'])
    expect((await api.get('/api/events?tenant=nobody')).body.code).toBe('unknown-tenant')
  })

  it('hears that a runner has fallen silent, and of its sessions, though nothing is written', async () => {
    await api.asOwner('main', { state: 'CONNECTED', reason: 'logged-in', runnerId: 'runner-2', since: new Date(0), epoch: 1 })
    const session = { state: 'CONNECTED', epoch: 1, lastProofOfLifeAt: null }
    await api.heartbeat('runner-2', { 'default.main': session }, { deadAfterMs: 4000 })
    const stream = await listen()
    expect(stream.of('session').find(({ data }) => data.name === 'main')?.data.status).toBe('WORKING')
    await expect.poll(() => stream.of('runner').findLast(({ data }) => data.id === 'runner-2')?.data.state).toBe('dead')
    await expect
      .poll(() => stream.of('session').findLast(({ data }) => data.name === 'main')?.data)
      .toMatchObject({
        status: 'STARTING',
        reason: 'owner-silent',
      })
    await api.documents.commit([{ kind: 'delete', path: 'runners/runner-2' }])
    await expect.poll(() => stream.of('runner').at(-1)?.data).toEqual({ id: 'runner-2', gone: true })
  })

  it('hears that a session is gone, and that an alert is over', async () => {
    await api.post('/api/sessions', { name: 'short-lived', start: false })
    await STRIKES.alert('default', 'main')
    const stream = await listen()
    await api.call('/api/sessions/short-lived', { method: 'DELETE' })
    await expect.poll(() => stream.of('session').at(-1)?.data).toEqual({ name: 'short-lived', gone: true })
    const path = 'health_alerts/disconnected:default.main'
    await api.documents.commit([{ kind: 'update', path, fields: { state: 'resolved', resolvedAt: new Date() } }])
    await expect.poll(() => stream.of('alert').at(-1)?.data).toMatchObject({ session: 'main', state: 'resolved' })
  })

  it('is not told what a damaged document hides', async () => {
    await api.post('/api/sessions', { name: 'damaged', start: false })
    const stream = await listen()
    await api.asOwner('damaged', { state: 7 })
    await expect
      .poll(() => stream.of('session').findLast(({ data }) => data.name === 'damaged')?.data)
      .toMatchObject({
        status: 'FAILED',
      })
  })
})

describe('what a key may not know of', () => {
  const callers = [
    ['a key for some sessions', { tenant: 'default', role: 'admin', sessions: ['main'], key: 'some' }, 'default', 'hidden'],
    ['a key of another tenant', { tenant: 'default', role: 'admin', sessions: 'all', key: 'all' }, 'acme', 'foreign'],
  ] as const

  /** The health of the installation is for all. It names runners, as GET /health does, and nobody else. */
  const FOR_ALL: readonly EventKind[] = ['health', 'runner']

  it.each(callers)('%s hears nothing of it', async (_, principal, tenant, name) => {
    const stream = await listen(api.as(principal))
    const secrets: Record<string, string> = {}
    for (const kind of EVENT_KINDS) secrets[kind] = await STRIKES[kind](tenant, name)
    // What it may know of comes later, so that the other would have come before.
    for (const kind of EVENT_KINDS.filter((each) => each !== 'runner')) {
      const said = await STRIKES[kind]('default', 'main')
      await expect.poll(() => told(stream, kind)).toContain(said)
    }
    for (const kind of EVENT_KINDS.filter((each) => !FOR_ALL.includes(each))) expect(stream.text).not.toContain(secrets[kind])
    expect(stream.text).not.toContain(name)
    expect(stream.of('runner')).toEqual([])
  })
})

describe('a stream', () => {
  it('goes on where the last one ended, with what has changed meanwhile', async () => {
    const first = await listen()
    expect(first.of('begin')[0]?.data).toEqual({ full: true })
    await first[Symbol.asyncDispose]()
    const said = await STRIKES.session('default', 'main')
    const second = await listen(api, { headers: { 'Last-Event-ID': first.lastId } })
    await expect.poll(() => told(second, 'session')).toContain(said)
    expect(second.of('begin')[0]?.data).toEqual({ full: false })
    expect(second.of('session')).toHaveLength(1)
  })

  it('begins anew for another caller, and in another process', async () => {
    const first = await listen()
    const headers = { 'Last-Event-ID': first.lastId }
    const others = [await listen(api, { query: '?tenant=acme', headers }), await listen(api.with({}), { headers })]
    for (const other of others) expect(other.of('begin')[0]?.data).toEqual({ full: true })
  })

  it('ends behind the state when it is asked for that alone', async () => {
    const stream = await listen(api, { query: '?once=true' })
    await stream.ended
    expect(stream.of('session').length).toBeGreaterThan(1)
    expect(stream.text).toMatch(/^retry: 1000\n\n/)
  })

  it('ends when the process does, and when its key is revoked', async () => {
    const ending = new AbortController()
    const leaving = await listen(api.with({ ending: ending.signal }))
    ending.abort()
    await leaving.ended
    const { body: key } = await api.post('/api/keys', { name: 'lost', role: 'read' })
    const revoked = await listen(api.with({ clock: fast }), { headers: { 'X-Api-Key': key.key } })
    await api.call(`/api/keys/${key.id}`, { method: 'DELETE' })
    await revoked.ended
  })
})

/** Everything of this clock comes twenty times as early. */
const fast: Clock = {
  ...systemClock,
  monotonic: () => systemClock.monotonic() * 20,
  every: (intervalMs, callback, name) => systemClock.every(intervalMs / 20, callback, name),
}

/** Counts the listeners of Firestore that are open, by collection. */
function counting(): { readonly documents: ReturnType<ApiUnderTest['committing']>; readonly listening: Map<string, number> } {
  const listening = new Map<string, number>()
  const add = (collection: string, number: number): void =>
    void listening.set(collection, (listening.get(collection) ?? 0) + number)
  const real = api.committing((changes, commit) => commit(changes))
  const listenCounted: DocumentStore['listen'] = (query, onEvents, onError) => {
    add(query.collection, 1)
    const end = real.listen(query, onEvents, onError)
    return () => {
      add(query.collection, -1)
      end()
    }
  }
  return { documents: { ...real, listen: listenCounted }, listening }
}

it('many who listen share a listener of Firestore for each kind, and the last one takes them along', async () => {
  const { documents, listening } = counting()
  const ofOperator = api.with({ documents })
  const streams = [await listen(ofOperator), await listen(ofOperator), await listen(ofOperator)]
  const expected = { runners: 1, whatsapp_connection_states: 1, health_alerts: 1, recovery_actions: 1, health_status: 2 }
  expect(Object.fromEntries(listening)).toEqual(expected)
  for (const stream of streams) await stream[Symbol.asyncDispose]()
  await expect.poll(() => [...listening.values()]).toEqual([0, 0, 0, 0, 0])
  await listen(ofOperator)
  expect(Object.fromEntries(listening)).toEqual(expected)
})

it('a listener that fails is replaced, and what it missed is told', async () => {
  const failures = new Map<string, (error: unknown) => void>()
  const real = api.committing((changes, commit) => commit(changes))
  const breaking: DocumentStore['listen'] = (query, onEvents, onError) => {
    const end = real.listen(query, onEvents, onError)
    failures.set(query.collection, (error) => {
      end()
      onError(error)
    })
    return end
  }
  await api.post('/api/sessions', { name: 'missed', start: false })
  const stream = await listen(api.with({ documents: { ...real, listen: breaking } }))
  failures.get('whatsapp_connection_states')?.(new Error('broken off'))
  await api.call('/api/sessions/missed', { method: 'DELETE' })
  await api.documents.commit([{ kind: 'delete', path: sessionPath('default.missed') }])
  await expect.poll(() => stream.of('session').at(-1)?.data).toEqual({ name: 'missed', gone: true })
})

it('a database that does not answer is said at once', async () => {
  const real = api.committing((changes, commit) => commit(changes))
  const documents = { ...real, listen: () => () => {} }
  const clock: Clock = { ...systemClock, after: (delayMs, callback, name) => systemClock.after(delayMs / 100, callback, name) }
  expect(await api.with({ documents, clock }).get('/api/events')).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  expect((await api.documents.query({ collection: JOBS })).length).toBeGreaterThan(0)
})
