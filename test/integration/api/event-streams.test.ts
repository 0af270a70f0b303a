import { raiseAlert } from '@holdfast/core/operations/alerts'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { ServerSentEvents } from '../../support/server-sent-events.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** Streams of events end, and what they tell ends too. */

let api: ApiUnderTest
const open: ServerSentEvents[] = []
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
  await api.heartbeat('runner-1')
  // A new emulator may need longer for its first answers than a stream waits.
  await vi.waitFor(async () => expect((await api.get('/api/events?once=true')).status).toBe(200), { timeout: 55_000 })
})
afterEach(async () => {
  for (const stream of open.splice(0)) await stream[Symbol.asyncDispose]()
})
afterAll(() => api[Symbol.asyncDispose]())

async function listen(calls: Pick<ApiUnderTest, 'open'>, { query = '', headers = {} } = {}): Promise<ServerSentEvents> {
  const { status, body } = await calls.open(`/api/events${query}`, headers)
  expect(status).toBe(200)
  if (!body) throw new Error('The answer has no body.')
  const stream = new ServerSentEvents(body)
  open.push(stream)
  await expect.poll(() => stream.of('ready')).toHaveLength(1)
  return stream
}

it('of changes only begins without the present state, and a caller that comes back hears what it has missed', async () => {
  const query = '?changesOnly=true'
  const change = (pushName: string) => api.asOwner('main', { me: { id: '5511999990000@s.whatsapp.net', lid: null, pushName } })
  const names = (stream: ServerSentEvents) => JSON.stringify(stream.of('session').map(({ data }) => data.me?.pushName))
  const stream = await listen(api, { query })
  expect(stream.of('begin').map(({ data }) => data)).toEqual([{ full: true }])
  expect([...stream.of('session'), ...stream.of('queue'), ...stream.of('runner')]).toEqual([])
  await change('one')
  await expect.poll(() => names(stream)).toContain('one')
  const headers = { 'Last-Event-ID': stream.of('session').at(-1)?.id ?? '' }
  await stream[Symbol.asyncDispose]()
  await change('two')
  const later = await listen(api, { query, headers })
  expect(later.of('begin').map(({ data }) => data)).toEqual([{ full: false }])
  await expect.poll(() => names(later)).toContain('two')
})

/** As many as one key may have. */
const MOST = 20

it('HEAD leaves no stream behind', async () => {
  const caller = api.as({ key: 'asking' })
  for (let count = 0; count < MOST; count++) {
    const { status, headers, body } = await caller.open('/api/events', {}, 'HEAD')
    expect([status, headers.get('content-type'), body]).toEqual([200, 'text/event-stream', null])
  }
  await listen(caller)
})

it.each(['operator', 'greedy'])('the key %s cannot shut others out with its streams', async (key) => {
  // Both are callers of one API.
  let now = key
  const principal = { tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null } as const
  const calls = api.with({ authenticatorOn: () => () => Promise.resolve({ ...principal, key: now }) })
  for (let count = 0; count < MOST; count++) await listen(calls)
  const refused = await calls.get('/api/events')
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limited', detail: expect.stringContaining('This API key') } })
  expect(refused.headers.get('retry-after')).toBe('5')
  now = 'another'
  await listen(calls)
  now = key
  await open[0]?.[Symbol.asyncDispose]()
  await expect.poll(async () => (await calls.get('/api/events?once=true')).status).toBe(200)
})

it('the end of an alert is told though the database did not answer at first', async () => {
  const alert = { type: 'disconnected', scope: 'default.main', tenant: 'default' } as const
  await raiseAlert(api.documents, { ...alert, severity: 'warning', sentence: 'It is down.', userAction: null })
  const path = 'health_alerts/disconnected:default.main'
  const real = api.committing((changes, commit) => commit(changes))
  let failed = 0
  const read: typeof real.read = (asked) =>
    asked === path && failed++ < 2 ? Promise.reject(new HoldfastError('unavailable', 'It is away.')) : real.read(asked)
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, callback, name) =>
      systemClock.after(name === 'keep-alive' && delayMs === 1000 ? 50 : delayMs, callback, name),
  }
  const stream = await listen(api.with({ documents: { ...real, read }, clock }))
  await api.documents.commit([{ kind: 'update', path, fields: { state: 'resolved', resolvedAt: new Date() } }])
  await expect.poll(() => stream.of('alert').at(-1)?.data).toMatchObject({ session: 'main', state: 'resolved' })
  expect(failed).toBe(3)
})
