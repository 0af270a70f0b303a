import { apiKeyIdOf, apiKeyOf, apiKeyPath } from '@holdfast/core/operations/api-key-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { type Clock, SERVER_TIME } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppDependencies } from '../../../functions/src/app/app.ts'
import { keysBeside } from '../../../functions/src/app/authentication.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  const acme = { v: 1, name: 'Acme', state: 'active', createdAt: SERVER_TIME, config: {} }
  await api.documents.commit([{ kind: 'create', path: tenantPath('acme'), fields: acme }])
  await api.post('/api/sessions', { name: 'main' })
  await api.post('/api/sessions', { name: 'other' })
})
afterAll(() => api[Symbol.asyncDispose]())

const withKey = (key: string, more: Record<string, string> = {}) => ({ 'X-Api-Key': key, ...more })

async function newKey(fields: Record<string, unknown> = {}): Promise<{ id: string; key: string }> {
  const { status, body } = await api.post('/api/keys', { name: 'test', role: 'admin', ...fields })
  expect(status).toBe(201)
  return body
}

/** A clock that the test moves on. */
/** A clock that stands still but for what the test lets pass, however slow the machine is. */
function movable() {
  let offsetMs = 0
  const [now, monotonic] = [systemClock.now(), systemClock.monotonic()]
  const clock: Clock = { ...systemClock, now: () => now + offsetMs, monotonic: () => monotonic + offsetMs }
  return { clock, pass: (ms: number) => (offsetMs += ms) }
}

/** The same Firestore, which counts what one instance asks of it, or is away. */
function watched() {
  const state = { reads: [] as string[], commits: [] as string[], isAway: false }
  const answer = () => {
    if (state.isAway) throw new HoldfastError('unavailable', 'The test took Firestore away.')
  }
  const documents = {
    ...api.committing(async (changes, commit) => {
      answer()
      state.commits.push(...changes.map(({ path }) => path))
      await commit(changes)
    }),
    read: async (path: string) => {
      answer()
      state.reads.push(path)
      return api.documents.read(path)
    },
  } satisfies AppDependencies['documents']
  return { state, documents }
}

/** An instance of the API with a clock and a view of Firestore of its own. */
function newInstance() {
  const { clock, pass } = movable()
  const { state, documents } = watched()
  return { ...api.with({ clock, documents }), pass, state }
}

describe('a new API key', () => {
  it('is shown once and stored as a hash', async () => {
    const { status, body } = await api.post('/api/keys', { name: 'shop', role: 'send' })
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        key: expect.stringMatching(/^hf_/),
        tenant: 'default',
        name: 'shop',
        role: 'send',
        sessions: null,
        state: 'active',
        createdAt: expect.any(String),
        createdBy: 'operator',
        revokedAt: null,
        expiresAt: null,
        lastUsedAt: null,
        requestsPerMinute: null,
      },
    ])
    const { key, ...shown } = body
    const listed = await api.get('/api/keys')
    expect(listed.body).toContainEqual(shown)
    const stored = await api.documents.read(apiKeyPath(body.id))
    expect(JSON.stringify([listed.body, stored?.fields])).not.toContain(key.slice(3))
  })

  it('opens what its role and its sessions allow, and nothing else', async () => {
    const { key } = await newKey({ role: 'read', sessions: ['main'] })
    const { body } = await api.get('/api/sessions', withKey(key))
    expect(body.map(({ name }: { name: string }) => name)).toEqual(['main'])
    expect(await api.get('/api/sessions/other', withKey(key))).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
    expect(await api.post('/api/sessions/main/stop', {}, withKey(key))).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
  })

  it('belongs to the tenant that the operator names, by header or field', async () => {
    const named = await newKey({ tenant: 'acme' })
    const { body } = await api.post('/api/keys', { name: 'test', role: 'admin' }, { 'X-Tenant': 'acme' })
    for (const { key } of [named, body]) {
      expect(await api.get('/api/sessions', withKey(key))).toMatchObject({ status: 200, body: [] })
    }
    const listed = await api.get('/api/keys?tenant=acme')
    expect(new Set(listed.body.map(({ id }: { id: string }) => id))).toEqual(new Set([named.id, body.id]))
  })

  it('is made once although the answer of its commit was lost', async () => {
    const documents = api.committing(async (changes, commit) => {
      await commit(changes)
      throw new HoldfastError('unavailable', 'The test lost the answer.')
    })
    const { status, body } = await api.with({ documents }).post('/api/keys', { name: 'lost', role: 'read' })
    expect(status).toBe(201)
    expect((await api.get('/api/sessions', withKey(body.key))).status).toBe(200)
  })

  it.each([
    ['no role', { name: 'x' }],
    ['the role of the operator', { name: 'x', role: 'operator' }],
    ['no name', { role: 'read' }],
    ['no session at all', { name: 'x', role: 'read', sessions: [] }],
    ['a session with a path', { name: 'x', role: 'read', sessions: ['../main'] }],
    ['an end that is no time', { name: 'x', role: 'read', expiresAt: 'tomorrow' }],
    ['a limit of nothing', { name: 'x', role: 'read', requestsPerMinute: 0 }],
    ['an unknown field', { name: 'x', role: 'read', roles: ['send'] }],
  ])('with %s is refused', async (_, fields) => {
    expect(await api.post('/api/keys', fields)).toMatchObject({ status: 400, body: { code: 'bad-request' } })
  })
})

describe('a revoked key', () => {
  it('is refused by every instance within five seconds, and serves until then without a read', async () => {
    const { id, key } = await newKey()
    const instances = [newInstance(), newInstance()]
    for (const { get } of instances) expect((await get('/api/sessions', withKey(key))).status).toBe(200)
    expect(await api.call(`/api/keys/${id}`, { method: 'DELETE' })).toMatchObject({ status: 200, body: { id, state: 'revoked' } })
    for (const { get, pass, state } of instances) {
      const readsOfKey = () => state.reads.filter((path) => path === apiKeyPath(id)).length
      pass(3000)
      expect([(await get('/api/sessions', withKey(key))).status, readsOfKey()]).toEqual([200, 1])
      pass(2000)
      const { status, body, headers } = await get('/api/sessions', withKey(key))
      expect([status, body.code, body.detail]).toEqual([401, 'unauthorized', 'This API key was revoked.'])
      expect(headers.get('www-authenticate')).toContain('X-Api-Key')
      expect(readsOfKey()).toBe(2)
    }
  })

  it('stays revoked when it is revoked again, and stays in the list', async () => {
    const { id } = await newKey()
    const { body: first } = await api.call(`/api/keys/${id}`, { method: 'DELETE' })
    expect((await api.call(`/api/keys/${id}`, { method: 'DELETE' })).body).toEqual(first)
    expect((await api.get('/api/keys')).body).toContainEqual(first)
  })
})

it('a key is refused from its end on', async () => {
  const instance = newInstance()
  const { key } = await newKey({ expiresAt: new Date(Date.now() + 60_000).toISOString() })
  expect((await instance.get('/api/sessions', withKey(key))).status).toBe(200)
  instance.pass(61_000)
  expect(await instance.get('/api/sessions', withKey(key))).toMatchObject({
    status: 401,
    body: { detail: 'This API key has expired.' },
  })
})

describe('a wrong key', () => {
  it('costs one read however often it is sent, and none if it does not look like a key', async () => {
    const { get, state } = newInstance()
    const wrong = apiKeyOf(Buffer.alloc(32, 9))
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => get('/api/sessions', withKey(wrong))))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    }
    expect(state.reads).toHaveLength(1)
    for (const key of ['', 'hf_', `${wrong}x`, `hf_${'/'.repeat(43)}`, wrong.slice(3), 'x'.repeat(10_000)]) {
      expect((await get('/api/sessions', withKey(key))).status).toBe(401)
    }
    expect(state.reads).toHaveLength(1)
  })

  it('does not open with the hash of another', async () => {
    const { id } = await newKey()
    const wrong = apiKeyOf(Buffer.alloc(32, 8))
    const fields = (await api.documents.read(apiKeyPath(id)))?.fields ?? {}
    await api.documents.commit([{ kind: 'create', path: apiKeyPath(apiKeyIdOf(wrong)), fields }])
    expect((await api.get('/api/sessions', withKey(wrong))).status).toBe(401)
  })
})

describe('while Firestore is away', () => {
  it("the operator's key still opens what needs no Firestore, and the others get 503, never 401", async () => {
    const { key } = await newKey()
    const { get, pass, state } = newInstance()
    expect((await get('/api/sessions', withKey(key))).status).toBe(200)
    state.isAway = true
    expect((await get('/api/nothing')).status).toBe(404)
    pass(4000)
    for (const unknown of [key, apiKeyOf(Buffer.alloc(32, 7))]) {
      const { status, body, headers } = await get('/api/nothing', withKey(unknown))
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '5'])
    }
    state.isAway = false
    expect((await get('/api/nothing', withKey(key))).status).toBe(404)
  })
})

describe('the last use of a key', () => {
  it('is noted at most once a minute by all instances together', async () => {
    const { id, key } = await newKey()
    const instances = [newInstance(), newInstance()]
    const notes = () => instances.flatMap(({ state }) => state.commits).filter((path) => path === apiKeyPath(id)).length
    const stored = async () => (await api.documents.read(apiKeyPath(id)))?.fields['lastUsedAt'] as Date | null
    for (const { get } of instances) await get('/api/sessions', withKey(key))
    await expect.poll(stored).not.toBeNull()
    const first = await stored()
    for (const each of instances) {
      each.pass(40_000)
      await each.get('/api/sessions', withKey(key))
      await each.get('/api/sessions', withKey(key))
    }
    // Both may have tried at first, and Firestore let one of them.
    expect(notes()).toBeLessThanOrEqual(2)
    expect(await stored()).toEqual(first)
    instances[0]?.pass(20_000)
    await instances[0]?.get('/api/sessions', withKey(key))
    await expect.poll(stored).not.toEqual(first)
  })
})

describe('the keys of a tenant', () => {
  it('are made, listed and revoked by its admins', async () => {
    const { key } = await newKey({ tenant: 'acme' })
    const made = await api.post('/api/keys', { name: 'theirs', role: 'send' }, withKey(key))
    expect(made).toMatchObject({ status: 201, body: { tenant: 'acme', createdBy: expect.stringMatching(/^[0-9a-f]{24}$/) } })
    const listed = await api.get('/api/keys', withKey(key))
    expect(listed.body.map(({ id }: { id: string }) => id)).toContain(made.body.id)
    const { status } = await api.call(`/api/keys/${made.body.id}`, { method: 'DELETE', headers: withKey(key) })
    expect(status).toBe(200)
  })

  it('are unknown to another tenant, and known to the operator', async () => {
    const ours = await newKey()
    const { key } = await newKey({ tenant: 'acme' })
    const nothing = '0'.repeat(24)
    const answers = await Promise.all(
      [ours.id, nothing].map((id) => api.call(`/api/keys/${id}`, { method: 'DELETE', headers: withKey(key) })),
    )
    expect(answers).toMatchObject([
      { status: 404, body: { code: 'unknown-key' } },
      { status: 404, body: { code: 'unknown-key' } },
    ])
    expect(answers[0]?.body).toEqual(answers[1]?.body)
    expect((await api.get('/api/sessions', withKey(ours.key))).status).toBe(200)
    for (const tenant of ['default', 'nobody']) {
      expect(await api.get(`/api/keys?tenant=${tenant}`, withKey(key))).toMatchObject({
        status: 404,
        body: { code: 'unknown-tenant' },
      })
      const body = { name: 'x', role: 'admin', tenant }
      expect(await api.post('/api/keys', body, withKey(key))).toMatchObject({ status: 404, body: { code: 'unknown-tenant' } })
    }
    const { id } = await newKey({ tenant: 'acme' })
    expect((await api.call(`/api/keys/${id}`, { method: 'DELETE' })).status).toBe(200)
  })

  it('are not for a key that is limited to some sessions', async () => {
    const { id, key } = await newKey({ sessions: ['main'] })
    const forbidden = { status: 403, body: { code: 'forbidden' } }
    expect(await api.post('/api/keys', { name: 'x', role: 'admin' }, withKey(key))).toMatchObject(forbidden)
    expect(await api.get('/api/keys', withKey(key))).toMatchObject(forbidden)
    expect(await api.call(`/api/keys/${id}`, { method: 'DELETE', headers: withKey(key) })).toMatchObject(forbidden)
  })
})

describe('the header X-Tenant', () => {
  it('puts the operator into a tenant that exists', async () => {
    expect(await api.post('/api/sessions', { name: 'theirs' }, { 'X-Tenant': 'acme' })).toMatchObject({ status: 201 })
    expect(await api.get('/api/sessions/theirs', { 'X-Tenant': 'acme' })).toMatchObject({ status: 200 })
    expect(await api.get('/api/sessions/theirs')).toMatchObject({ status: 404 })
    for (const tenant of ['nobody', '', '../default', 'A', 'x'.repeat(500)]) {
      const answer = await api.get('/api/sessions', { 'X-Tenant': tenant })
      expect(answer, tenant).toMatchObject({ status: 404, body: { code: 'unknown-tenant' } })
    }
  })

  it('is refused from anybody else, whether the tenant exists or not', async () => {
    const { key } = await newKey({ tenant: 'acme' })
    expect((await api.get('/api/sessions', withKey(key, { 'X-Tenant': 'acme' }))).status).toBe(200)
    for (const tenant of ['default', 'nobody', '']) {
      const answer = await api.get('/api/sessions', withKey(key, { 'X-Tenant': tenant }))
      expect(answer, tenant).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
  })
})

it('the damaged document of a key hides no other key', async () => {
  const [damaged, whole] = [await newKey(), await newKey()]
  await api.documents.commit([{ kind: 'update', path: apiKeyPath(damaged.id), fields: { role: 'king' } }])
  const ids = (await api.get('/api/keys')).body.map(({ id }: { id: string }) => id)
  expect([ids.includes(damaged.id), ids.includes(whole.id)]).toEqual([false, true])
  expect(await api.get('/api/sessions', withKey(damaged.key))).toMatchObject({ status: 500, body: { code: 'bad-document' } })
})

it('the keys of a tenant whose deletion was cut short open nothing', async () => {
  const { key } = await newKey({ tenant: 'acme' })
  expect((await api.get('/api/sessions', withKey(key))).status).toBe(200)
  // The first commit of a deletion. Those that revoke the keys did not come.
  const fields = { state: 'deleting', deletingSince: new Date() }
  await api.documents.commit([{ kind: 'update', path: tenantPath('acme'), fields }])
  expect(await api.with({}).get('/api/sessions', withKey(key))).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  expect((await api.with({}).get('/api/sessions', { 'X-Tenant': 'acme' })).status).toBe(200)
})

it("each of the operator's keys is accepted, and nothing like them", async () => {
  const [newer, older] = ['the newer key of the operator', 'the older key of the operator']
  const { get } = api.with({ authenticatorOn: keysBeside(newer, older) })
  const statuses = [newer, older, `${newer},${older}`, older.slice(1), ''].map(
    async (key) => (await get('/api/sessions', withKey(key))).status,
  )
  expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401, 401])
})

it('a refusal tells a key that was not sent from one that is not known, and from several in one header', async () => {
  const { get } = api.with({ authenticatorOn: keysBeside('the newer key of the operator', 'the older key of the operator') })
  const refusalOf = async (key: string) => {
    const { status, body } = await get('/api/sessions', withKey(key))
    return [status, body.code, body.detail]
  }
  const refused = (detail: string) => [401, 'unauthorized', detail]
  expect(await refusalOf('')).toEqual(refused('No API key was sent. Send it in the header X-Api-Key.'))
  const unknown = refused('The key in the header X-Api-Key is not known here.')
  expect(await refusalOf('some other key')).toEqual(unknown)
  expect(await refusalOf('the older key of the operato')).toEqual(unknown)
  const several = refused('The header X-Api-Key has a comma, so it holds several keys. Send one of them.')
  expect(await refusalOf('the newer key of the operator,the older key of the operator')).toEqual(several)
  expect(await refusalOf('wrong, wrong too')).toEqual(several)
})
