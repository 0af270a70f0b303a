import { randomBytes } from 'node:crypto'
import { tenantDocumentSchema, tenantPath } from '@holdfast/core/operations/tenant-document'
import { openTenantSecrets } from '@holdfast/core/operations/tenant-secrets'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { tenantKeyPath } from '@holdfast/core/security/tenant-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const patch = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call(path, { method: 'PATCH', headers, body: JSON.stringify(body) })

const remove = (path: string, headers: Record<string, string> = {}) => api.call(path, { method: 'DELETE', headers })

/** Creates a tenant with a name of its own. Returns its id. */
async function newTenant(fields: Record<string, unknown> = {}): Promise<string> {
  const id = `t${randomBytes(6).toString('hex')}`
  const { status, body } = await api.post('/api/tenants', { id, name: `The ${id}`, ...fields })
  expect([status, body.id]).toEqual([201, id])
  return id
}

async function adminOf(tenant: string): Promise<{ 'X-Api-Key': string }> {
  const { body } = await api.post('/api/keys', { name: 'admin', role: 'admin', tenant })
  return { 'X-Api-Key': body.key }
}

const stored = async (tenant: string) => tenantDocumentSchema.parse((await api.documents.read(tenantPath(tenant)))?.fields)

const secretOf = (tenant: string, name: string) =>
  openTenantSecrets({ documents: api.documents, wrappingKey: api.wrappingKey })(tenant, name)

const { channels: _, ...ALERTS } = DEFAULT_TENANT_SETTINGS.alerts
const { webhooks: __, ...OTHERS } = DEFAULT_TENANT_SETTINGS
const SETTINGS = { ...OTHERS, alerts: ALERTS }

describe('the tenant `default`', () => {
  it('is there before anybody configured it, and can be configured', async () => {
    const { body } = await api.get('/api/tenants/default')
    expect(body).toEqual({
      id: 'default',
      name: 'default',
      version: expect.any(String),
      state: 'active',
      createdAt: null,
      deletingSince: null,
      config: {},
      settings: SETTINGS,
      secrets: {},
    })
    expect((await api.get('/api/tenants')).body).toContainEqual(body)
    expect((await api.get('/api/tenant')).body).toEqual(body)
    const changed = await patch('/api/tenant', { config: { timeZone: 'Europe/Berlin' } })
    expect(changed).toMatchObject({
      status: 200,
      body: { createdAt: expect.any(String), settings: { timeZone: 'Europe/Berlin' } },
    })
    await patch('/api/tenants/default', { config: { timeZone: null } })
    expect((await api.get('/api/tenant')).body.settings).toEqual(SETTINGS)
  })

  it('is neither created nor deleted', async () => {
    expect(await api.post('/api/tenants', { id: 'default' })).toMatchObject({ status: 409, body: { code: 'tenant-exists' } })
    expect(await remove('/api/tenants/default?confirm=default')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

describe('a tenant', () => {
  it('is created with a configuration, shown and listed', async () => {
    const config = { timeZone: 'America/Sao_Paulo', pacing: { dailyLimit: 50 }, quotas: { sessions: 3 } }
    const id = await newTenant({ config })
    const { body } = await api.get(`/api/tenants/${id}`)
    expect(body).toMatchObject({ id, name: `The ${id}`, state: 'active', config })
    expect(body.settings).toEqual({
      ...SETTINGS,
      timeZone: 'America/Sao_Paulo',
      pacing: { ...SETTINGS.pacing, dailyLimit: 50 },
      quotas: { ...SETTINGS.quotas, sessions: 3 },
    })
    expect((await api.get('/api/tenants')).body).toContainEqual(body)
    expect(await api.post('/api/tenants', { id })).toMatchObject({ status: 409, body: { code: 'tenant-exists' } })
  })

  it('is not created in an installation for one tenant, whose one tenant can be configured', async () => {
    const single = api.with({ isMultiTenant: false })
    expect(await single.post('/api/tenants', { id: 'second' })).toMatchObject({ status: 403, body: { code: 'single-tenant' } })
    const call = await single.call('/api/tenant', { method: 'PATCH', body: JSON.stringify({ config: {} }) })
    expect(call.status).toBe(200)
  })

  it.each([
    ['no id', {}],
    ['an id with a dot', { id: 'a.b' }],
    ['an id in capitals', { id: 'Acme' }],
    ['a long id', { id: 'x'.repeat(33) }],
    ['an empty name', { id: 'x', name: '' }],
    ['an unknown field', { id: 'x', plan: 'gold' }],
  ])('with %s is refused', async (what, body) => {
    expect(await api.post('/api/tenants', body), what).toMatchObject({ status: 400, body: { code: 'bad-request' } })
  })

  it('with a damaged document hides no other from the list', async () => {
    const [damaged, whole] = [await newTenant(), await newTenant()]
    await api.documents.commit([{ kind: 'update', path: tenantPath(damaged), fields: { config: 'none' } }])
    const ids = (await api.get('/api/tenants')).body.map(({ id }: { id: string }) => id)
    expect([ids.includes(damaged), ids.includes(whole)]).toEqual([false, true])
    expect(await api.get(`/api/tenants/${damaged}`)).toMatchObject({ status: 500, body: { code: 'bad-document' } })
  })
})

describe('a change of the configuration', () => {
  it('changes what it names, and null gives back the value of the installation', async () => {
    const id = await newTenant({ config: { failoverAfterMs: 1000, pacing: { dailyLimit: 50, ramp: [1, 2] } } })
    const { status, body } = await patch(`/api/tenants/${id}`, {
      config: { pacing: { ramp: [3], dailyLimit: null }, syncFullHistory: true },
    })
    expect([status, body.config]).toEqual([200, { failoverAfterMs: 1000, pacing: { ramp: [3] }, syncFullHistory: true }])
    expect(body.settings.pacing).toEqual({ ...SETTINGS.pacing, ramp: [3] })
    const again = await patch(`/api/tenants/${id}`, { name: 'Renamed', config: { pacing: null } })
    expect(again.body).toMatchObject({ name: 'Renamed', config: { failoverAfterMs: 1000, syncFullHistory: true } })
  })

  it.each([
    ['an unknown field', { colour: 'red' }, 'config'],
    ['an unknown field of a part', { pacing: { speed: 1 } }, 'config.pacing'],
    ['an unknown time zone', { timeZone: 'Europe/Atlantis' }, 'config.timeZone'],
    ['a text for a number', { failoverAfterMs: '5' }, 'config.failoverAfterMs'],
    ['a number for a part', { retries: 3 }, 'config.retries'],
    ['a channel of an unknown type', { alerts: { channels: [{ name: 'x', type: 'pager' }] } }, 'config.alerts.channels.0.type'],
    [
      'a channel with a local file',
      { alerts: { channels: [{ name: 'x', type: 'webhook', url: 'file:///etc/passwd' }] } },
      'config.alerts.channels.0.url',
    ],
  ])('with %s is refused and says where', async (_, config, field) => {
    const id = await newTenant()
    const { status, body } = await patch(`/api/tenants/${id}`, { config })
    expect([status, body.code, body.issues[0].field]).toEqual([400, 'bad-request', field])
    expect((await stored(id)).config).toEqual({})
  })

  it('that contradicts what is stored is refused', async () => {
    const id = await newTenant({ config: { pacing: { maxDelayMs: 1000 } } })
    const answer = await patch(`/api/tenants/${id}`, { config: { pacing: { minDelayMs: 2000 } } })
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'contradictory-configuration', detail: 'pacing: minDelayMs must not be above maxDelayMs' },
    })
  })

  it('meets another change at the same time, and both count', async () => {
    const id = await newTenant()
    const changes = [{ timeZone: 'Asia/Tokyo' }, { failoverAfterMs: 7 }, { syncFullHistory: true }]
    const answers = await Promise.all(changes.map((config) => patch(`/api/tenants/${id}`, { config })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await stored(id)).config).toEqual(Object.assign({}, ...changes))
  })

  it('is made although the answer of its commit was lost', async () => {
    const id = await newTenant()
    let isLost = false
    const documents = api.committing(async (changes, commit) => {
      await commit(changes)
      if (!isLost) {
        isLost = true
        throw new HoldfastError('unavailable', 'The test lost the answer.')
      }
    })
    const body = JSON.stringify({ config: { failoverAfterMs: 9 } })
    expect((await api.with({ documents }).call(`/api/tenants/${id}`, { method: 'PATCH', body })).status).toBe(200)
    expect((await stored(id)).config).toEqual({ failoverAfterMs: 9 })
  })

  it('leaves alone a tenant that has another version than the one it was meant for', async () => {
    const id = await newTenant()
    const [path, { body: read }] = [`/api/tenants/${id}`, await api.get(`/api/tenants/${id}`)]
    const changes = ['Asia/Tokyo', 'Asia/Kolkata'].map((timeZone) => ({ ifVersion: read.version, config: { timeZone } }))
    const answers = await Promise.all(changes.map((change) => patch(path, change)))
    const [won, lost] = answers.toSorted((one, other) => one.status - other.status)
    expect([won?.status, lost?.status, lost?.body.code]).toEqual([200, 409, 'tenant-changed'])
    const { body: now } = await api.get(path)
    expect([now.version, now.config]).toEqual([won?.body.version, won?.body.config])
    expect(lost?.body.detail).toContain(now.version)
    expect((await patch(path, { ifVersion: now.version, secrets: { token: 'x' } })).body.version).not.toBe(now.version)
  })

  it('changes the version, and what the program notes does not', async () => {
    const id = await newTenant()
    const version = async () => (await api.get(`/api/tenants/${id}`)).body.version
    const before = await version()
    await api.documents.commit([{ kind: 'update', path: tenantPath(id), fields: { liveUntil: new Date() } }])
    expect(await version()).toBe(before)
    await patch(`/api/tenants/${id}`, { name: 'Another name' })
    expect(await version()).not.toBe(before)
  })

  it('of one version is made although the answer of its commit was lost', async () => {
    const id = await newTenant()
    const { version } = (await api.get(`/api/tenants/${id}`)).body
    const lost = api.committing(async (changes, commit) => {
      await commit(changes)
      throw new HoldfastError('unavailable', 'The test lost the answer.')
    })
    const body = JSON.stringify({ ifVersion: version, config: { failoverAfterMs: 9 }, secrets: { token: 'x' } })
    const { status } = await api.with({ documents: lost }).call(`/api/tenants/${id}`, { method: 'PATCH', body })
    expect([status, (await stored(id)).config]).toEqual([200, { failoverAfterMs: 9 }])
  })

  it('keeps what a later version has stored', async () => {
    const id = await newTenant()
    const later = { colour: 'red', pacing: { speed: 1 } }
    await api.documents.commit([{ kind: 'update', path: tenantPath(id), fields: { config: later } }])
    expect((await patch(`/api/tenants/${id}`, { config: { pacing: { dailyLimit: 5 } } })).body.config).toEqual({
      pacing: { dailyLimit: 5 },
    })
    const raw = await api.documents.read(tenantPath(id))
    expect(raw?.fields['config']).toEqual({ colour: 'red', pacing: { speed: 1, dailyLimit: 5 } })
  })

  it('takes effect in every instance within five seconds, without a restart', async () => {
    const id = await newTenant()
    let offsetMs = 0
    const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + offsetMs }
    const parts = { clock, logger: createLogger('test', 'silent'), defaults: DEFAULT_TENANT_SETTINGS }
    const instances = [1, 2].map(() => new TenantDirectory({ documents: api.documents, ...parts }))
    const zones = () => Promise.all(instances.map(async (instance) => (await instance.settingsOf(id)).timeZone))
    expect(await zones()).toEqual(['UTC', 'UTC'])
    await patch(`/api/tenants/${id}`, { config: { timeZone: 'Asia/Tokyo' } })
    offsetMs = 4000
    expect(await zones()).toEqual(['Asia/Tokyo', 'Asia/Tokyo'])
    await api.documents.commit([{ kind: 'update', path: tenantPath(id), fields: { config: 'damaged' } }])
    offsetMs = 8000
    expect(await zones()).toEqual(['Asia/Tokyo', 'Asia/Tokyo'])
  })
})

describe('an admin', () => {
  it('reads and changes its own tenant, but not its quotas, and no other', async () => {
    const id = await newTenant()
    const admin = await adminOf(id)
    expect(await api.get('/api/tenant', admin)).toMatchObject({ status: 200, body: { id } })
    expect(await patch('/api/tenant', { config: { timeZone: 'Asia/Tokyo' } }, admin)).toMatchObject({ status: 200 })
    for (const quotas of [{ sessions: 5 }, {}, null]) {
      const answer = await patch('/api/tenant', { config: { quotas } }, admin)
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    for (const path of [`/api/tenants/${id}`, '/api/tenants/default', '/api/tenants']) {
      expect(await api.get(path, admin)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expect((await stored(id)).config).toEqual({ timeZone: 'Asia/Tokyo' })
  })

  it('with a key for some sessions changes nothing of the whole tenant', async () => {
    const { body } = await api.post('/api/keys', { name: 'x', role: 'admin', sessions: ['main'] })
    const answer = await patch('/api/tenant', { config: {} }, { 'X-Api-Key': body.key })
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

describe('a secret', () => {
  it('is sealed, shown only as set, replaced and removed', async () => {
    const id = await newTenant()
    const { body } = await patch(`/api/tenants/${id}`, { secrets: { hook: 'first value', other: 'x' } })
    expect(body.secrets).toEqual({ hook: { set: true }, other: { set: true } })
    expect(await secretOf(id, 'hook')).toBe('first value')
    const sealed = Buffer.from((await stored(id)).secrets['hook'] ?? [])
    expect(sealed.length).toBeGreaterThan('first value'.length)
    for (const place of [JSON.stringify(body), sealed.toString('latin1')]) expect(place).not.toContain('first value')
    const changed = await patch(`/api/tenants/${id}`, { secrets: { hook: 'second value', other: null } })
    expect(changed.body.secrets).toEqual({ hook: { set: true } })
    expect([await secretOf(id, 'hook'), await secretOf(id, 'other')]).toEqual(['second value', null])
  })

  it('of a channel is taken in with it, and stays when the channel is given as it was shown', async () => {
    const channel = { name: 'ops', type: 'telegram', chatId: '42' }
    const id = await newTenant({ config: { alerts: { channels: [{ ...channel, token: '123:abc' }] } } })
    const { body: shown } = await api.get(`/api/tenants/${id}`)
    expect(shown.config.alerts.channels).toEqual([{ ...channel, token: { set: true } }])
    expect(JSON.stringify((await stored(id)).config)).not.toContain('123:abc')
    const again = await patch(`/api/tenants/${id}`, { config: { alerts: shown.config.alerts } })
    expect(again.body.config).toEqual(shown.config)
    expect(await secretOf(id, 'channel.ops.token')).toBe('123:abc')
    await patch(`/api/tenants/${id}`, { config: { alerts: null } })
    expect([await secretOf(id, 'channel.ops.token'), (await stored(id)).secrets]).toEqual([null, {}])
    const bare = await patch(`/api/tenants/${id}`, { config: { alerts: { channels: [channel] } } })
    expect(bare).toMatchObject({ status: 422, body: { detail: 'The alert channel "ops" needs a token.' } })
  })

  it('whose data key is gone is damage, and no new key is made', async () => {
    const id = await newTenant({ secrets: { hook: 'value' } })
    await api.documents.commit([{ kind: 'delete', path: tenantKeyPath(id) }])
    const answer = await patch(`/api/tenants/${id}`, { secrets: { other: 'value' } })
    expect(answer).toMatchObject({ status: 500, body: { code: 'data-key-missing' } })
    expect(await api.documents.read(tenantKeyPath(id))).toBeNull()
    expect((await patch(`/api/tenants/${id}`, { secrets: { hook: null } })).status).toBe(200)
    expect((await patch(`/api/tenants/${id}`, { secrets: { hook: 'again' } })).status).toBe(200)
    expect(await secretOf(id, 'hook')).toBe('again')
  })

  it('is refused under a name that a channel could have, and when it is too long', async () => {
    const id = await newTenant()
    for (const secrets of [{ 'channel.ops.token': 'x' }, { A: 'x' }, { hook: '' }, { hook: 'x'.repeat(8193) }, { hook: 1 }]) {
      expect(await patch(`/api/tenants/${id}`, { secrets })).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    }
  })
})

describe('the deletion of a tenant', () => {
  it('needs its name', async () => {
    const id = await newTenant()
    for (const query of ['', '?confirm=', `?confirm=${id}`, '?confirm=default']) {
      expect(await remove(`/api/tenants/${id}${query}`)).toMatchObject({ status: 409, body: { code: 'not-confirmed' } })
    }
    expect((await stored(id)).state).toBe('active')
  })

  it('revokes its keys and stops its sessions, and removes nothing', async () => {
    const id = await newTenant({ secrets: { hook: 'value' } })
    const admin = await adminOf(id)
    await api.post('/api/sessions', { name: 'main' }, admin)
    await api.post('/api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }, admin)
    const answer = await remove(`/api/tenants/${id}?confirm=The%20${id}`)
    expect([answer.status, answer.body]).toMatchObject([
      202,
      { state: 'deleting', keysRevoked: 1, sessionsStopped: 1, remaining: { sessions: 1, openMessages: 1 } },
    ])
    const fresh = api.with({})
    expect((await fresh.get('/api/sessions', admin)).status).toBe(401)
    const session = await api.documents.read(sessionPath(`${id}.main`))
    expect(session?.fields).toMatchObject({ wanted: 'offline', state: 'NEW' })
    for (const path of [`session_keys/${id}.main`, tenantKeyPath(id)]) expect(await api.documents.read(path)).not.toBeNull()
    expect(await secretOf(id, 'hook')).toBe('value')
    const again = await remove(`/api/tenants/${id}?confirm=The%20${id}`)
    expect(again.body).toEqual({ ...answer.body, keysRevoked: 0, sessionsStopped: 0 })
    expect((await api.get(`/api/tenants/${id}`)).body).toMatchObject({ state: 'deleting', deletingSince: expect.any(String) })
    expect(await api.post('/api/tenants', { id })).toMatchObject({ status: 409, body: { code: 'tenant-exists' } })
  })
})
