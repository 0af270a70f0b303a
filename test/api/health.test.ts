import { systemClock } from '@holdfast/core/system-clock'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  // The first call opens the connection, which on a busy machine takes longer than a health check waits.
  await api.documents.query({ collection: 'runners' })
})
afterAll(() => api[Symbol.asyncDispose]())

it('counts sessions and jobs, and is healthy while nothing is amiss', async () => {
  expect((await api.get('/health')).body).toEqual({
    status: 'healthy',
    uptime: expect.any(Number),
    connections: { total: 0, active: 0, failed: 0, recovering: 0 },
    queue: { waiting: 0, active: 0, failed: 0 },
    problems: [],
  })
  await api.heartbeat('runner-1')
  const states = { connected: 'CONNECTED', pairing: 'PAIRING', out: 'LOGGED_OUT', back: 'BACKOFF', stopped: 'STOPPED' }
  for (const [name, state] of Object.entries(states)) {
    await api.post('/api/sessions', { name, start: name !== 'stopped' })
    await api.asOwner(name, { state, runnerId: 'runner-1' })
  }
  await api.post('/api/sessions', { name: 'silent' })
  await api.asOwner('silent', { state: 'CONNECTED', runnerId: 'never-heard' })
  await api.post('/api/sendText', { session: 'connected', chatId: '5511999990000@c.us', text: 'Hello' })

  // A fresh API: the figures of the first one are its own for a second.
  expect((await api.with({}).get('/health')).body).toMatchObject({
    status: 'degraded',
    connections: { total: 6, active: 1, failed: 1, recovering: 2 },
    queue: { waiting: 1, active: 0, failed: 0 },
    problems: ['sessions-failed', 'sessions-recovering'],
  })
})

it('reads the database once a second at most, however many ask', async () => {
  const fresh = api.with({})
  const before = api.firestore.clients.operations.documentReads
  await fresh.get('/health')
  const once = api.firestore.clients.operations.documentReads - before
  await Promise.all(Array.from({ length: 20 }, () => fresh.get('/health')))
  expect(api.firestore.clients.operations.documentReads - before).toBe(once)
})

// Last, since nothing works after it.
it('says within seconds that the database is away, and other routes ask to come again', async () => {
  await api.firestore.kill()
  const fresh = api.with({})
  const startedAt = performance.now()
  const health = await fresh.get('/health')
  expect(performance.now() - startedAt).toBeLessThan(3000)
  expect(health).toMatchObject({
    status: 200,
    body: { status: 'degraded', connections: null, queue: null, problems: ['database-unavailable'] },
  })
  // The limit for a request is longer; here time runs faster.
  const hasty = api.with({ clock: { ...systemClock, after: (delayMs, callback) => systemClock.after(delayMs / 20, callback) } })
  const answers = await Promise.all([
    hasty.get('/api/sessions'),
    hasty.get('/api/sessions/connected'),
    hasty.post('/api/sessions', { name: 'new' }),
    hasty.post('/api/sessions/connected/stop'),
    hasty.post('/api/sendText', { session: 'connected', chatId: '5511999990000@c.us', text: 'Hello' }),
    hasty.get('/api/connected/auth/qr'),
    hasty.get('/api/connected/messages'),
    hasty.get(`/api/messages/${'0'.repeat(40)}`),
  ])
  for (const { status, body, headers } of answers) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '5'])
  }
})
