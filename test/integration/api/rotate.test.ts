import { JOBS } from '@holdfast/core/message/job-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest

beforeAll(async () => {
  api = await startApi()
})

afterAll(() => api[Symbol.asyncDispose]())

const DEVICE = { id: '5511900000001:2@s.whatsapp.net', lid: null }

const rotate = (name: string, body: object = {}) => api.post(`/api/sessions/${name}/rotate`, body)

it('says what would happen, and does it once somebody agrees', async () => {
  await api.post('/api/sessions', { name: 'full' })
  await api.asOwner('full', { state: 'CONNECTED', me: DEVICE })
  const job = { v: 1, tenant: 'default', sessionId: 'default.full', status: 'pending' }
  await api.documents.commit([{ kind: 'create', path: `${JOBS}/waits`, fields: job }])
  const plan = await rotate('full')
  expect([plan.status, plan.body]).toMatchObject([
    200,
    { approved: false, device: DEVICE.id, isConnected: true, waiting: 1, recommendation: null },
  ])
  expect(plan.body.next).toContain('/api/sessions/full/rotate')
  expect((await api.get('/api/sessions/full/actions')).body).toEqual([])

  const approved = await rotate('full', { approve: true })
  expect([approved.status, approved.body]).toMatchObject([202, { approved: true, action: { type: 'rotate', state: 'pending' } }])
  // Asked for twice, it is done once.
  const { action } = approved.body
  expect((await rotate('full', { approve: true })).body.action).toEqual(action)
  const stored = await api.documents.read(recoveryActionPath(action.id))
  expect(stored?.fields).toMatchObject({ type: 'rotate', sessionId: 'default.full', state: 'pending' })
  // What is queued waits for the new device.
  expect((await api.documents.read(`${JOBS}/waits`))?.fields).toMatchObject({ status: 'pending' })
})

it('is refused for a session that is stopped, or that has no device', async () => {
  await api.post('/api/sessions', { name: 'stopped', start: false })
  await api.post('/api/sessions', { name: 'unlinked' })
  for (const [name, code] of [
    ['stopped', 'session-stopped'],
    ['unlinked', 'cannot-recover'],
    ['nobody', 'unknown-session'],
  ] as const)
    expect((await rotate(name, { approve: true })).body.code).toBe(code)
  // One whose phone has unlinked it gets a new device in the same way.
  await api.asOwner('unlinked', { state: 'LOGGED_OUT' })
  expect((await rotate('unlinked')).body).toMatchObject({ approved: false, device: null, isConnected: false })
})
