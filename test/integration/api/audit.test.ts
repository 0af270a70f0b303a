import { AUDIT, auditPath } from '@holdfast/core/operations/audit-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let acme: { id: string; headers: { 'X-Api-Key': string } }
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/tenants', { id: 'acme', name: 'Acme Ltd.' })
  acme = await adminOf('acme')
})
afterAll(() => api[Symbol.asyncDispose]())

async function adminOf(tenant: string) {
  const { body } = await api.post('/api/keys', { name: 'admin', role: 'admin', tenant })
  return { id: body.id as string, headers: { 'X-Api-Key': body.key as string } }
}

const text = { session: 'main', chatId: '5511999990000@c.us', text: 'A text that nobody else may read' }

/** Runs some acts. Returns the entries that they left. */
async function entriesOf(acts: () => Promise<unknown>, query = '', headers = {}) {
  const { cursor } = (await api.get('/api/audit?limit=1000')).body
  await acts()
  return (await api.get(`/api/audit?since=${cursor}${query}`, headers)).body.entries
}

describe('the audit log', () => {
  it('tells who did what, when, on what, and how it ended', async () => {
    const before = Date.now()
    const entries = await entriesOf(async () => {
      await api.post('/api/sessions', { name: 'main' }, acme.headers)
      await api.post('/api/sessions', { name: 'main' }, acme.headers)
      await api.post('/api/sessions/nobody/start', undefined, acme.headers)
      await api.call('/api/tenants/acme', { method: 'PATCH', body: JSON.stringify({ config: { quotas: { sessions: 9 } } }) })
    })
    const entry = (operation: string, fields: object) => ({
      id: expect.stringMatching(/^\d{15}-[0-9a-f]{12}$/),
      at: expect.any(String),
      tenant: 'acme',
      key: acme.id,
      role: 'admin',
      operation,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...fields,
    })
    expect(entries).toEqual([
      entry('createSession', { on: { name: 'main' }, status: 201, problem: null }),
      entry('createSession', { on: { name: 'main' }, status: 422, problem: 'session-exists' }),
      entry('startSession', { on: { name: 'nobody' }, status: 404, problem: 'unknown-session' }),
      entry('changeTenant', {
        on: { id: 'acme', config: 'quotas' },
        status: 200,
        problem: null,
        key: 'operator',
        role: 'operator',
      }),
    ])
    for (const { at } of entries) {
      expect(Date.parse(at)).toBeGreaterThanOrEqual(before)
      expect(Date.parse(at)).toBeLessThanOrEqual(Date.now())
    }
  })

  it('names the tenant on which the operator acted, however the request named it', async () => {
    const made: string[] = []
    const entries = await entriesOf(async () => {
      const { body } = await api.post('/api/keys', { name: 'by field', role: 'read', tenant: 'acme' })
      const { body: other } = await api.post('/api/keys', { name: 'by header', role: 'read' }, { 'X-Tenant': 'acme' })
      made.push(body.id, other.id)
      await api.call(`/api/keys/${body.id}`, { method: 'DELETE' })
    })
    expect(entries).toMatchObject([
      { operation: 'createKey', tenant: 'acme', on: { id: made[0], role: 'read', tenant: 'acme' } },
      { operation: 'createKey', tenant: 'acme', on: { id: made[1], role: 'read' } },
      { operation: 'revokeKey', tenant: 'acme', on: { id: made[0] } },
    ])
  })

  it('has nothing of sending, of reading and of requests that were not allowed', async () => {
    const { body } = await api.post('/api/keys', { name: 'reader', role: 'read' })
    const entries = await entriesOf(async () => {
      await api.post('/api/sendText', text, acme.headers)
      await api.get('/api/sessions', acme.headers)
      await api.post('/api/sessions', { name: 'x' }, { 'X-Api-Key': body.key })
      await api.post('/api/sessions', { name: 'x' }, { 'X-Api-Key': 'wrong' })
      await api.post('/api/sessions', { name: '../x' }, acme.headers)
    })
    expect(entries).toEqual([])
  })

  it('has no secret, no text and no phone number', async () => {
    await entriesOf(async () => {
      await api.post('/api/sessions', { name: '5511999990000' })
      await api.post('/api/sessions/main/restart', { reason: 'Call +5511999990000' }, acme.headers)
      const config = { alerts: { channels: [{ name: 'ops', type: 'telegram', chatId: '5511999990000', token: 'geheim' }] } }
      await api.call('/api/tenant', { method: 'PATCH', body: JSON.stringify({ config, secrets: { hook: 'geheim' } }) })
    })
    const stored = JSON.stringify((await api.documents.query({ collection: AUDIT })).map(({ fields }) => fields))
    for (const secret of ['geheim', '5511999990000', text.text, 'hf_']) expect(stored).not.toContain(secret)
    expect(stored).toContain('…0000')
  })

  it('is seen by an admin for its own tenant only, and by the operator for all or for one', async () => {
    const acts = async () => {
      await api.post('/api/sessions', { name: `s${Date.now()}` })
      await api.post('/api/sessions', { name: `s${Date.now()}` }, acme.headers)
    }
    const tenantsOf = (entries: { tenant: string }[]) => entries.map(({ tenant }) => tenant)
    expect(tenantsOf(await entriesOf(acts))).toEqual(['default', 'acme'])
    expect(tenantsOf(await entriesOf(acts, '', acme.headers))).toEqual(['acme'])
    expect(tenantsOf(await entriesOf(acts, '&tenant=acme'))).toEqual(['acme'])
    expect(await api.get('/api/audit?tenant=default', acme.headers)).toMatchObject({
      status: 404,
      body: { code: 'unknown-tenant' },
    })
  })

  it('is read in pages, from a time or a cursor on', async () => {
    const { body: all } = await api.get('/api/audit?limit=1000')
    const [first, second, third] = all.entries
    const page = (await api.get('/api/audit?limit=2')).body
    expect([page.entries, page.cursor]).toEqual([[first, second], second.id])
    expect((await api.get(`/api/audit?limit=1&since=${page.cursor}`)).body.entries).toEqual([third])
    expect((await api.get(`/api/audit?limit=1&since=${third.at}`)).body.entries).toEqual([third])
    const later = new Date(Date.now() + 3_600_000).toISOString()
    const end = (await api.get(`/api/audit?since=${later}`)).body
    expect(end.entries).toEqual([])
    expect((await api.get(`/api/audit?since=${end.cursor}`)).body).toEqual(end)
    for (const since of ['yesterday', '1', '%00', `${page.cursor}0`]) {
      expect(await api.get(`/api/audit?since=${since}`)).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    }
  })

  it('hides no other entry behind a damaged one', async () => {
    const damaged = auditPath('000000000000001-000000000000')
    await api.documents.commit([{ kind: 'create', path: damaged, fields: { v: 1, tenant: 'acme' } }])
    const { body } = await api.get('/api/audit?limit=2')
    expect(body.entries).toHaveLength(1)
  })
})

describe('an act whose entry cannot be written', () => {
  const isAudit = (path: string) => path.startsWith(`${AUDIT}/`)

  it('is done and answered all the same', async () => {
    const documents = api.committing(async (changes, commit) => {
      if (changes.some(({ path }) => isAudit(path))) throw new HoldfastError('unavailable', 'The test refused.')
      await commit(changes)
    })
    expect((await api.with({ documents }).post('/api/sessions', { name: 'unwritten' })).status).toBe(201)
    expect((await api.get('/api/sessions/unwritten')).status).toBe(200)
  })

  it('is not waited for twice while Firestore is away', async () => {
    let waitsThatRanOut = 0
    const hasty: Clock = {
      ...systemClock,
      after: (delayMs, callback, name) =>
        systemClock.after(
          delayMs / 20,
          () => {
            waitsThatRanOut++
            callback()
          },
          name,
        ),
    }
    let waits = 0
    const documents = api.committing(async (changes) => {
      if (!changes.some(({ path }) => isAudit(path))) waits++
      await Promise.withResolvers<void>().promise
    })
    const { status } = await api.with({ documents, clock: hasty }).post('/api/sessions', { name: 'never' })
    expect([status, waits, waitsThatRanOut]).toEqual([503, 1, 1])
  })
})
