import { openJobContent } from '@holdfast/core/message/sealed-content'
import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { DATA_KEY_WAITS_MS, sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AppDependencies } from '../../../functions/src/app/app.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

const DAY_MS = 24 * 60 * 60_000
const NAMES = ['a', 'b', 'c']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  for (const name of NAMES) expect((await api.post('/api/sessions', { name })).status).toBe(201)
})
afterAll(() => api[Symbol.asyncDispose]())

const keyPathOf = (name: string) => sessionKeyPath(`default.${name}`)
const keysOf = async (name: string) => sessionKeyDocumentSchema.parse((await api.documents.read(keyPathOf(name)))?.fields)
const versionsOf = async (name: string) => Object.keys((await keysOf(name)).keys)

/** What the owner of the session does with its next checkpoint. */
const use = (name: string, current: number) =>
  api.documents.commit([{ kind: 'merge', path: keyPathOf(name), fields: { current } }])

/** A process whose clock is ahead. */
const inDays = (days: number) => api.with({ clock: { ...systemClock, now: () => systemClock.now() + days * DAY_MS } })

const textOf = async (jobId: string) => {
  const job = jobDocumentSchema.parse((await api.documents.read(jobPath(jobId)))?.fields)
  return openJobContent(await api.cipher('a'), jobId, job)
}

it('a session gets a further data key, which waits; no answer has a key', async () => {
  const before = await keysOf('a')
  const first = { version: 1, madeAt: null, state: 'current' }
  expect((await api.get('/api/sessions/a/data-key')).body).toMatchObject({ current: 1, keys: [first], usedFrom: null })
  const { status, body } = await api.post('/api/sessions/a/data-key')
  expect([status, body]).toMatchObject([202, { current: 1, keys: [first, { version: 2, state: 'waiting' }] }])
  expect(Date.parse(body.usedFrom) - Date.parse(body.keys[1].madeAt)).toBe(DATA_KEY_WAITS_MS)
  expect(body.sentence).toContain('Data key 2 waits.')
  const stored = await keysOf('a')
  expect([stored.current, stored.keys['1']]).toEqual([1, before.keys['1']])
  for (const { wrapped } of Object.values(stored.keys)) {
    for (const text of (['base64', 'hex'] as const).map((form) => Buffer.from(wrapped).toString(form)))
      expect(JSON.stringify(body)).not.toContain(text)
  }
})

it('a repeated request makes no other one', async () => {
  const before = await keysOf('a')
  const answers = await Promise.all([1, 2, 3].map(() => api.post('/api/sessions/a/data-key')))
  for (const { status, body } of answers) expect([status, body.keys.length]).toEqual([202, 2])
  expect(await keysOf('a')).toEqual(before)
})

it('requests at the same time make one', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => api.post('/api/sessions/b/data-key')))
  const { keys } = await keysOf('b')
  expect(Object.keys(keys)).toEqual(['1', '2'])
  for (const { status, body } of answers) expect([status, body.keys[1].madeAt]).toEqual([202, keys['2']?.at?.toISOString()])
})

it('a document that somebody changes meanwhile keeps the change', async () => {
  const path = keyPathOf('c')
  let isChanged = false
  const documents: AppDependencies['documents'] = api.committing(async (changes, commit) => {
    if (!isChanged) {
      isChanged = true
      await api.documents.commit([{ kind: 'merge', path, fields: { seen: true } }])
    }
    await commit(changes)
  })
  expect((await api.with({ documents }).post('/api/sessions/c/data-key')).body.keys).toHaveLength(2)
  expect((await api.documents.read(path))?.fields).toMatchObject({ seen: true, current: 1, keys: { 1: {}, 2: {} } })
})

it('what was sealed before and after is read, and a repeated message is known by either key', async () => {
  const text = { session: 'a', chatId: '5511999990000@c.us', text: 'before' }
  const sent = await api.post('/api/sendText', text, { 'Idempotency-Key': 'one' })
  await use('a', 2)
  expect((await api.post('/api/sendText', text, { 'Idempotency-Key': 'one' })).body.jobId).toBe(sent.body.jobId)
  const after = await api.post('/api/sendText', { ...text, text: 'after' }, { 'Idempotency-Key': 'two' })
  const ids: string[] = [sent.body.jobId, after.body.jobId]
  const sealed = await Promise.all(ids.map(async (id) => (await api.documents.read(jobPath(id)))?.fields['content'] as Buffer))
  expect(sealed.map((bytes) => bytes.readUInt16BE())).toEqual([1, 2])
  expect(await Promise.all(ids.map(textOf))).toMatchObject([{ text: 'before' }, { text: 'after' }])
})

it('an unknown session has none, and a caller who may only read does not ask', async () => {
  expect((await api.post('/api/sessions/unknown/data-key')).body.code).toBe('unknown-session')
  const reader = api.as({ role: 'read', key: 'somebody' })
  expect((await reader.post('/api/sessions/a/data-key')).status).toBe(403)
  expect((await api.as({ role: 'admin', key: 'somebody' }).post('/api/keys/data-keys')).status).toBe(403)
})

it('all sessions get one by age, and each only once', async () => {
  for (const name of ['b', 'c']) await use(name, 2)
  const renew = async (process: Pick<ApiUnderTest, 'post'>, query: string) =>
    (await process.post(`/api/keys/data-keys${query}`)).body
  const unchanged = { left: { changed: 0, unreadable: 0 }, cursor: null }
  expect(await renew(api, '?olderThanDays=30')).toEqual({ added: 0, kept: 3, ...unchanged })
  const later = inDays(31)
  expect(await renew(later, '?olderThanDays=30&cursor=session_keys/default.a')).toEqual({ added: 2, kept: 0, ...unchanged })
  expect(await renew(later, '?olderThanDays=30')).toEqual({ added: 1, kept: 2, ...unchanged })
  expect(await renew(later, '?olderThanDays=30')).toEqual({ added: 0, kept: 3, ...unchanged })
  expect(await Promise.all(NAMES.map(versionsOf))).toEqual(NAMES.map(() => ['1', '2', '3']))
  for (const query of ['?olderThanDays=-1', '?olderThanDays=soon', '?cursor=runners/x']) {
    expect((await api.post(`/api/keys/data-keys${query}`)).status).toBe(400)
  }
})

it('a tenant whose wrapping key is silent is asked once in a run, and holds up nobody else', async () => {
  const before = await keysOf('a')
  const { wrappingKey } = api
  let asked = 0
  const away = {
    currentAt: () => wrappingKey.currentAt(),
    wrap: (dataKey: Buffer, place: string) => wrappingKey.wrap(dataKey, place),
    unwrap: (): Promise<Buffer> => {
      asked++
      return Promise.reject(new HoldfastError('wrapping-key-unavailable', 'The test took the key away.'))
    },
  }
  const names = Array.from({ length: 10 }, (_, index) => `silent-${index}`)
  for (const name of names) expect((await api.post('/api/sessions', { name })).status).toBe(201)
  const process = api.with({ wrappingKey: away, clock: { ...systemClock, now: () => systemClock.now() + 31 * DAY_MS } })
  const { body } = await process.post('/api/keys/data-keys?olderThanDays=30&cursor=session_keys/default.c')
  expect(body).toMatchObject({ added: 0, left: { unreadable: names.length }, cursor: null })
  // Eight at once, none of which can know of the others.
  expect(asked).toBeLessThanOrEqual(8)
  expect(await keysOf('a')).toEqual(before)
  for (const name of names) await api.documents.commit([{ kind: 'delete', path: keyPathOf(name) }])
})

it('a purged session, and one whose keys cannot be opened, hold up nobody else', async () => {
  for (const name of NAMES) await use(name, 3)
  const destroyed = { upTo: 3, at: new Date(), tombstone: { seq: 1, epoch: 1, hash: '' } }
  await api.documents.commit([
    { kind: 'merge', path: keyPathOf('a'), fields: { keys: {}, destroyed } },
    { kind: 'merge', path: keyPathOf('b'), fields: { keys: 'none' } },
  ])
  expect((await inDays(62).post('/api/keys/data-keys')).body).toMatchObject({
    added: 1,
    kept: 1,
    left: { changed: 0, unreadable: 1 },
  })
  expect(await versionsOf('c')).toEqual(['1', '2', '3', '4'])
})
