import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Change } from '@holdfast/core/platform/ports'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { newSession } from '@holdfast/core/session/new-session'
import { sessionPath } from '@holdfast/core/session/session-document'
import { MOST_AT_ONCE } from '../../../functions/src/use-cases/recoveries/action-runs.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

// The API tells how many Signal records a session has, from what its owner counts.

let api: ApiUnderTest

beforeAll(async () => {
  api = await startApi()
})

afterAll(async () => {
  await api[Symbol.asyncDispose]()
})

const records = (session: number) => ({
  counted: { session, 'sender-key': 20, 'sender-key-memory': 0, 'pre-key': 0 },
  protected: 4000,
})

const configure = (cleanup: object) => api.send('PATCH', '/api/tenants/default', { config: { cleanup } })

it('counts the records of a session by kind, as its owner does', async () => {
  await api.post('/api/sessions', { name: 'full' })
  expect((await api.get('/api/sessions/full/records')).body).toMatchObject({ known: false, cleanUpFrom: 175 })
  await api.asOwner('full', { state: 'STOPPED', records: records(10) })
  expect((await api.get('/api/sessions/full/records')).body).toMatchObject({ from: 'document', level: 'healthy', counted: 30 })
  await api.asOwner('full', { state: 'CONNECTED', runnerId: 'counting' })
  const heard = { state: 'CONNECTED', epoch: 1, lastProofOfLifeAt: null, records: records(160) }
  await api.heartbeat('counting', { 'default.full': heard })
  const { status, body } = await api.get('/api/sessions/full/records')
  expect(status).toBe(200)
  expect(body).toMatchObject({ known: true, from: 'owner', level: 'emergency', counted: 180, protected: 4000 })
  expect(body.kinds[0]).toMatchObject({ kind: 'session', records: 160 })
})

it('judges by the numbers of the tenant', async () => {
  const levels = { scale: 'older', from: { monitor: 5 } }
  await configure({ levels })
  // The API keeps settings for some seconds.
  const body = await vi.waitFor(
    async () => {
      const { body } = await api.get('/api/sessions/full/records')
      expect(body).toMatchObject({ level: 'critical', cleanUpFrom: 150 })
      return body
    },
    { timeout: 20_000, interval: 200 },
  )
  expect(body.levels[1]).toEqual({ name: 'monitor', from: 5 })
  expect((await configure({ levels: { from: { cleanup: 190 } } })).status).toBe(422)
})

it('asks for a clean-up once, and for another one beside a report', async () => {
  const path = '/api/sessions/full/cleanup'
  const idOf = async (body: object) => (await api.post(path, body)).body.id as string
  const report = await idOf({ dryRun: true })
  const real = await idOf({})
  expect(new Set([report, real, await idOf({ olderThan: 30 })]).size).toBe(3)
  expect([await idOf({ dryRun: true }), await idOf({})]).toEqual([report, real])
})

it('asks for clean-ups of many sessions in parts, each once', async () => {
  const many = await startApi()
  const names = Array.from({ length: MOST_AT_ONCE + 2 }, (_, index) => `many-${String(index).padStart(4, '0')}`)
  const changes = names.map((name): Change => {
    const fields = { ...newSession('default', name, 'online'), runnerId: 'runner-many' }
    return { kind: 'create', path: sessionPath(sessionIdOf('default', name)), fields }
  })
  for (const part of [changes.slice(0, 400), changes.slice(400)]) await many.documents.commit(part)
  const first = (await many.post('/api/cleanup', { dryRun: true })).body
  expect([first.actions.length, first.next]).toEqual([MOST_AT_ONCE, names[MOST_AT_ONCE - 1]])
  const rest = (await many.post('/api/cleanup', { dryRun: true, after: first.next })).body
  expect([rest.actions.map(({ session }: { session: string }) => session), rest.next]).toEqual([names.slice(-2), null])
  await many[Symbol.asyncDispose]()
})

it('does not know other sessions', async () => {
  expect((await api.get('/api/sessions/nobody/records')).status).toBe(404)
})
