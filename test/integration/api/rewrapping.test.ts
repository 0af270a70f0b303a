import { randomBytes } from 'node:crypto'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { tenantKeyPath } from '@holdfast/core/security/tenant-key-document'
import { WrappingKeys } from '@holdfast/core/security/wrapping-keys'
import { openTenantSecrets } from '@holdfast/core/operations/tenant-secrets'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AppDependencies } from '../../../functions/src/app/app.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

const v1 = { label: 'v1', key: randomBytes(32) }
const v2 = { label: 'v2', key: randomBytes(32) }
const older = new WrappingKeys([v1])
const newer = new WrappingKeys([v2])
const both = new WrappingKeys([v2, v1])

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  const before = api.with({ wrappingKey: older })
  for (const name of ['a', 'b', 'c']) expect((await before.post('/api/sessions', { name })).status).toBe(201)
  await before.call('/api/tenant', { method: 'PATCH', body: JSON.stringify({ secrets: { token: 'the secret' } }) })
})
afterAll(() => api[Symbol.asyncDispose]())

const wrappersOf = async (path: string): Promise<string[]> => {
  const keys = (await api.documents.read(path))?.fields['keys'] as Record<string, { wrappedBy: string }>
  return Object.values(keys).map(({ wrappedBy }) => wrappedBy)
}
const paths = [...['a', 'b', 'c'].map((name) => sessionKeyPath(`default.${name}`)), tenantKeyPath('default')]

it('only the operator may wrap data keys and see how they are wrapped', async () => {
  const admin = api.as({ role: 'admin', key: 'somebody' })
  expect((await admin.post('/api/keys/rewrap')).status).toBe(403)
  expect((await admin.get('/api/keys/rewrap')).status).toBe(403)
})

it('what is wrapped by an older key is counted, and that key must stay', async () => {
  const { status, body } = await api.with({ wrappingKey: both }).get('/api/keys/rewrap')
  expect([status, body]).toEqual([
    200,
    {
      documents: 4,
      current: 0,
      damaged: 0,
      keys: [{ id: older.id, documents: 4, isCurrent: false }],
      mayDropOthers: false,
      sentence: expect.stringContaining('POST /api/keys/rewrap'),
    },
  ])
})

it('a document that somebody changes meanwhile is left to the next call', async () => {
  const path = paths[0] ?? ''
  const documents: AppDependencies['documents'] = api.committing(async (changes, commit) => {
    if (changes.some((change) => change.path === path)) {
      await api.documents.commit([{ kind: 'merge', path, fields: { seen: true } }])
    }
    await commit(changes)
  })
  const { body } = await api.with({ wrappingKey: both, documents }).post('/api/keys/rewrap')
  expect(body).toEqual({ rewrapped: 3, current: 0, left: { changed: 1, unreadable: 0, unanswered: 0 }, cursor: null })
  expect(await wrappersOf(path)).toEqual([older.id])
})

it('data keys stay, and are wrapped by the current key; a second call finds nothing to do', async () => {
  const sealed = (await loadSessionCipher(api.documents, 'default.a', older))?.sealContent(Buffer.from('text'), 'place')
  const caller = api.with({ wrappingKey: both })
  expect((await caller.post('/api/keys/rewrap?cursor=session_keys/default.b')).body).toMatchObject({ rewrapped: 0, current: 2 })
  expect((await caller.post('/api/keys/rewrap')).body).toMatchObject({ rewrapped: 1, current: 3, cursor: null })
  expect((await caller.post('/api/keys/rewrap')).body).toMatchObject({ rewrapped: 0, current: 4 })
  for (const path of paths) expect([path, await wrappersOf(path)]).toEqual([path, [newer.id]])
  const cipher = await loadSessionCipher(api.documents, 'default.a', newer)
  expect(cipher?.openContent(sealed ?? Buffer.alloc(0), 'place').toString()).toBe('text')
  const opens = openTenantSecrets({ documents: api.documents, wrappingKey: newer })
  expect(await opens('default', 'token')).toBe('the secret')
  // What another version stored beside the keys is still there.
  expect((await api.documents.read(paths[0] ?? ''))?.fields).toMatchObject({ v: 1, current: 1, seen: true })
  const { body } = await caller.get('/api/keys/rewrap')
  expect(body).toMatchObject({ current: 4, mayDropOthers: true, keys: [{ id: newer.id, documents: 4, isCurrent: true }] })
})

it('what this process cannot open stays as it is, and is told', async () => {
  const foreign = new WrappingKeys([{ label: '', key: randomBytes(32) }])
  await api.with({ wrappingKey: foreign }).post('/api/sessions', { name: 'foreign' })
  const caller = api.with({ wrappingKey: both })
  const { body } = await caller.post('/api/keys/rewrap')
  expect(body).toMatchObject({ rewrapped: 0, current: 4, left: { unreadable: 1 } })
  expect(await wrappersOf(sessionKeyPath('default.foreign'))).toEqual([foreign.id])
  expect((await caller.get('/api/keys/rewrap')).body).toMatchObject({ documents: 5, current: 4, mayDropOthers: false })
})

it('nothing is wrapped while the key of the installation is refused, and the answer says so', async () => {
  const disabled = Object.assign(new Error('disabled'), { code: 9 })
  const refused = () => Promise.reject(new HoldfastError('wrapping-key-unavailable', 'It is disabled.', { cause: disabled }))
  const { post } = api.with({ wrappingKey: { currentAt: refused, wrap: refused, unwrap: refused } })
  expect(await post('/api/keys/rewrap')).toMatchObject({ status: 503, body: { code: 'wrapping-key-unavailable' } })
})

it('a cursor that no answer gave is refused', async () => {
  expect((await api.post('/api/keys/rewrap?cursor=runners/x')).status).toBe(400)
})
