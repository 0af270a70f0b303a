import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** Who sees the phone number of a session. */

const NUMBER = '4915112345678'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
  await api.post('/api/sessions', { name: 'other' })
  await api.asOwner('main', { me: { id: `${NUMBER}:7@s.whatsapp.net`, lid: null } })
})
afterAll(() => api[Symbol.asyncDispose]())

const textOf = async (path: string, caller: Parameters<ApiUnderTest['as']>[0] = {}) => {
  const { status, body } = await api.as(caller).get(path)
  expect(status).toBe(200)
  return JSON.stringify(body)
}

test.each(['/api/sessions', '/api/whatsapp/health'])(
  '%s shows it to every key that may see the session, and to no other',
  async (path) => {
    expect(await textOf(path, { key: 'aa', role: 'read' })).toContain(NUMBER)
    expect(await textOf(path, { key: 'aa', role: 'admin', sessions: ['other'] })).not.toContain(NUMBER)
    expect(await textOf(path, { key: 'aa', role: 'admin', tenant: 'acme' })).not.toContain(NUMBER)
  },
)

test.each(['/health', '/api/status', '/api/fleet', '/metrics', '/api/alerts', '/api/recoveries'])(
  '%s has no number',
  async (path) => {
    expect(await textOf(path)).not.toContain(NUMBER)
  },
)
