import { openKeyWrapping } from '@holdfast/core/adapters/key-wrapping'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SESSION_KEYS, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { tenantKeyPath } from '@holdfast/core/security/tenant-key-document'
import { WrappingKeys } from '@holdfast/core/security/wrapping-keys'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KmsServer } from '../../../sandbox/google/kms/under-test.ts'
import { type ApiUnderTest, startApi } from '../api/api-under-test.ts'

const TENANT = 'acme'

/** Later than anything that a process remembers about which key is current. */
const FORGOTTEN_MS = 61_000

let api: ApiUnderTest
let kms: KmsServer
let own: string
let offsetMs = 0
const clock = { monotonic: () => systemClock.monotonic() + offsetMs }
const open: { close(): Promise<void> }[] = []

/** A process that has unwrapped nothing yet. */
function startProcess() {
  const config = { keys: [], kms: { projectId: 'demo-contract', key: kms.key, emulator: kms.address } }
  const { wrappingKey, tryKey, close } = openKeyWrapping(config, { clock, documents: api.documents })
  open.push({ close })
  return { wrappingKey, tryKey, ...api.with({ wrappingKey, tryKey }) }
}
type Process = ReturnType<typeof startProcess>
let first: Process

beforeAll(async () => {
  ;[api, kms] = await Promise.all([startApi(), KmsServer.start()])
  const parent = kms.key.replace(/\/cryptoKeys\/.*$/, '')
  const [made] = await kms.client.createCryptoKey({
    parent,
    cryptoKeyId: TENANT,
    cryptoKey: { purpose: 'ENCRYPT_DECRYPT' },
  })
  own = made.name ?? ''
  first = startProcess()
  await first.post('/api/tenants', { id: TENANT, secrets: { token: 'the secret' } })
  await create('before')
  await first.post('/api/sessions', { name: 'of-default' })
})
afterAll(async () => {
  for (const process of open) await process.close()
  await kms.remove()
  await api[Symbol.asyncDispose]()
})

const as = { 'X-Tenant': TENANT }
const create = (name: string, process: Pick<Process, 'post'> = first) => process.post('/api/sessions', { name }, as)
const patch = (kmsKey: string | null, process: Pick<Process, 'send'> = first) =>
  process.send('PATCH', `/api/tenants/${TENANT}`, { config: { kmsKey } })
const rewrap = async (process = first) => (await process.post('/api/keys/rewrap')).body
const idOf = (name: string) => `${TENANT}.${name}`

async function wrapperOf(path: string): Promise<string | undefined> {
  const keys = (await api.documents.read(path))?.fields['keys'] as Record<string, { wrappedBy: string }> | undefined
  return keys?.['1']?.wrappedBy.replace(/\/cryptoKeyVersions\/1$/, '')
}
const wrappers = async (...names: readonly string[]) => Promise.all(names.map((name) => wrapperOf(sessionKeyPath(idOf(name)))))

const become = (state: 'ENABLED' | 'DISABLED') =>
  kms.client.updateCryptoKeyVersion({
    cryptoKeyVersion: { name: `${own}/cryptoKeyVersions/1`, state },
    updateMask: { paths: ['state'] },
  })

describe('the wrapping key of a tenant', () => {
  it('is set by the operator only', async () => {
    const admin = api.as({ role: 'admin', tenant: TENANT, key: 'somebody' }, { tryKey: first.tryKey })
    for (const kmsKey of [own, null]) {
      const { status, body } = await admin.send('PATCH', '/api/tenant', { config: { kmsKey } })
      expect([status, body.code]).toEqual([403, 'forbidden'])
    }
  })

  it('is tried before it is taken', async () => {
    const refused = (why: string) => ({
      status: 422,
      body: { code: 'contradictory-configuration', detail: expect.stringContaining(why) },
    })
    expect(await patch(`${own}-missing`)).toMatchObject(refused('Cloud KMS has no'))
    expect((await patch('acme')).status).toBe(400)
    expect(await patch(own, api)).toMatchObject(refused('Set KMS_KEY'))
    const tryKey = () => Promise.reject(new HoldfastError('wrapping-key-unavailable', 'The test took the service away.'))
    expect(await patch(own, api.with({ tryKey }))).toMatchObject({ status: 503, body: { code: 'wrapping-key-unavailable' } })
    expect((await api.documents.read(tenantPath(TENANT)))?.fields['config']).toEqual({})
  })

  it('wraps the data keys of its new sessions, and of nobody else', async () => {
    expect(await patch(own)).toMatchObject({ status: 200, body: { config: { kmsKey: own }, settings: { kmsKey: own } } })
    await create('after')
    await first.post('/api/sessions', { name: 'another-of-default' })
    expect(await wrappers('before', 'after')).toEqual([kms.key, own])
    expect(await wrapperOf(sessionKeyPath('default.another-of-default'))).toBe(kms.key)
  })

  it('wraps those of present sessions with a re-wrapping; the secrets of the tenant stay with the installation', async () => {
    const id = idOf('before')
    const sealed = (await loadSessionCipher(api.documents, id, first.wrappingKey))?.sealContent(Buffer.from('text'), 'place')
    expect(await rewrap()).toMatchObject({ rewrapped: 1, current: 4, cursor: null })
    expect(await rewrap()).toMatchObject({ rewrapped: 0, current: 5 })
    expect(await wrappers('before', 'after')).toEqual([own, own])
    expect(await wrapperOf(tenantKeyPath(TENANT))).toBe(kms.key)
    const cipher = await loadSessionCipher(api.documents, id, startProcess().wrappingKey)
    expect(cipher?.openContent(sealed ?? Buffer.alloc(0), 'place').toString()).toBe('text')
    const { body } = await first.get('/api/keys/rewrap')
    expect(body).toMatchObject({ documents: 5, current: 5, mayDropOthers: true })
    expect(body.keys.map(({ isCurrent }: { isCurrent: boolean }) => isCurrent)).toEqual([true, true])
  })

  it('that cannot be used opens and makes nothing, and holds up nobody else', async () => {
    await patch(own)
    await create('kept')
    const ofTenant = (await api.documents.query({ collection: SESSION_KEYS })).filter(({ id }) => id.startsWith(`${TENANT}.`))
    const { documents } = (await first.get('/api/keys/rewrap')).body
    const [unreadable, current] = [ofTenant.length, documents - ofTenant.length]
    await become('DISABLED')
    offsetMs += FORGOTTEN_MS
    const process = startProcess()
    expect(await create('new', process)).toMatchObject({ status: 503, body: { code: 'wrapping-key-unavailable' } })
    expect(await api.documents.read(sessionKeyPath(idOf('new')))).toBeNull()
    await expect(loadSessionCipher(api.documents, idOf('kept'), process.wrappingKey)).rejects.toMatchObject({
      code: 'wrapping-key-unavailable',
    })
    expect(await rewrap(process)).toEqual({
      rewrapped: 0,
      current,
      left: { changed: 0, unreadable, unanswered: 0 },
      cursor: null,
    })
    expect((await process.get('/api/keys/rewrap')).body).toMatchObject({ documents, current, mayDropOthers: false })
    expect((await process.post('/api/sessions', { name: 'meanwhile' })).status).toBe(201)
    await become('ENABLED')
    expect((await create('new', process)).status).toBe(201)
    expect(await wrappers('new')).toEqual([own])
  })

  it('that does not answer holds up nobody else, and a run comes back to it at its end', async () => {
    const { wrappingKey } = startProcess()
    const isOfTenant = (place: string): boolean => place.startsWith(`${SESSION_KEYS}/${TENANT}.`)
    const calls = { until: 1, made: 0 }
    const silent = async (place: string): Promise<void> => {
      if (isOfTenant(place) && ++calls.made <= calls.until) {
        throw new HoldfastError('wrapping-key-unavailable', 'The test took the key of the tenant away.')
      }
    }
    const away = {
      currentAt: async (place: string) => (await silent(place), `another-key-of-${isOfTenant(place) ? 'tenant' : 'all'}`),
      wrap: (dataKey: Buffer, place: string) => wrappingKey.wrap(dataKey, place),
      unwrap: (wrapped: Uint8Array, wrappedBy: string, place: string) => wrappingKey.unwrap(wrapped, wrappedBy, place),
    }
    const documents = await api.documents.query({ collection: SESSION_KEYS })
    const ofTenant = documents.filter(({ path }) => isOfTenant(path)).length
    const { body: all } = await first.get('/api/keys/rewrap')
    // Away for one call, of whichever session comes first: all are wrapped in the same run.
    const back = await api.with({ wrappingKey: away }).post('/api/keys/rewrap')
    expect([back.status, back.body]).toMatchObject([200, { rewrapped: all.documents, left: { unanswered: 0 }, cursor: null }])
    // Away for long: nobody else waits, and each of its sessions is asked for twice at the most.
    Object.assign(calls, { until: Number.POSITIVE_INFINITY, made: 0 })
    const gone = await api.with({ wrappingKey: away }).post('/api/keys/rewrap')
    const rewrapped = all.documents - ofTenant
    expect([gone.status, gone.body]).toMatchObject([200, { rewrapped, left: { unanswered: ofTenant }, cursor: null }])
    expect(calls.made).toBeLessThanOrEqual(ofTenant + 1)
  })

  it('is not replaced by another one while nobody can say which it is', async () => {
    const stored = (await api.documents.read(tenantPath(TENANT)))?.fields['config']
    const become = (config: unknown) => api.documents.commit([{ kind: 'update', path: tenantPath(TENANT), fields: { config } }])
    await become({ kmsKey: 7 })
    expect((await create('unsure')).status).toBe(500)
    expect(await api.documents.read(sessionKeyPath(idOf('unsure')))).toBeNull()
    await become(stored)
    const config = { keys: [{ label: '', key: Buffer.alloc(32, 7) }], kms: null }
    const { wrappingKey } = openKeyWrapping(config, { clock, documents: api.documents })
    const without = api.with({ wrappingKey })
    expect(await create('unsure', without)).toMatchObject({ status: 503, body: { code: 'wrapping-key-unavailable' } })
    expect((await without.post('/api/sessions', { name: 'without-kms' })).status).toBe(201)
    expect(await wrapperOf(sessionKeyPath('default.without-kms'))).toBe(new WrappingKeys(config.keys).id)
  })

  it('gives way to that of the installation when it is removed', async () => {
    expect(await patch(null)).toMatchObject({ status: 200, body: { config: {}, settings: { kmsKey: null } } })
    offsetMs += FORGOTTEN_MS
    await rewrap()
    expect(await wrappers('before', 'kept', 'new')).toEqual([kms.key, kms.key, kms.key])
  })
})
