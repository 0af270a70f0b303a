import { apiKeyPath } from '@holdfast/core/operations/api-key-document'
import { PUSH_DEVICES, pushDevicePath } from '@holdfast/core/operations/push-device-document'
import type { Change, Fields } from '@holdfast/core/platform/ports'
import { afterEach, beforeAll, afterAll, expect, it } from 'vitest'
import { holdfast } from '../../../cli/src/testing/host-under-test.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** How many browsers a tenant may have for alerts, and who may remove one. */

const KEYS = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
}
const MOST_DEVICES = 50
const MOST_OF_A_KEY = 20

let api: ApiUnderTest
let valid: { id: string; key: string }
beforeAll(async () => {
  api = await startApi()
  valid = (await api.post('/api/keys', { name: 'for the shop', role: 'read' })).body
  await api.get('/api/alerts/devices')
})
afterEach(async () => {
  const left = await api.documents.query({ collection: PUSH_DEVICES })
  await api.documents.commit(left.map(({ path }): Change => ({ kind: 'delete', path })))
})
afterAll(() => api[Symbol.asyncDispose]())

const idOf = (index: number) => index.toString(16).padStart(24, '0')

/** Browsers of some key. */
async function stored(count: number, key: string, { from = 0, ...fields }: Fields & { from?: number } = {}): Promise<void> {
  const device = { v: 1, tenant: 'default', name: 'Firefox', isOperator: false, minSeverity: 'warning', sealed: Buffer.alloc(40) }
  const all = Array.from({ length: count }, (_, index): Change => ({
    kind: 'create',
    path: pushDevicePath(idOf(from + index)),
    fields: { ...device, key, createdAt: new Date(), expireAt: null, ...fields },
  }))
  await api.documents.commit(all)
}

const add = (headers: Record<string, string> = {}) => {
  const subscription = { endpoint: 'https://push.example.com/send/new', keys: KEYS }
  return api.post('/api/alerts/devices', { name: 'Chrome', subscription }, headers)
}

const left = async () => (await api.documents.query({ collection: PUSH_DEVICES })).length

it('a full tenant takes no further browser', async () => {
  await stored(MOST_DEVICES, valid.id)
  expect(await add()).toMatchObject({
    status: 403,
    body: { code: 'quota-exceeded', detail: expect.stringContaining('A tenant') },
  })
  expect(await left()).toBe(MOST_DEVICES)
})

it.each([
  ['was revoked', { revokedAt: new Date(0) }],
  ['has expired', { expiresAt: new Date(0) }],
])('browsers of a key that %s leave room for others, and are removed then', async (_, change) => {
  const ended = (await api.post('/api/keys', { name: 'former', role: 'read' })).body
  await api.documents.commit([{ kind: 'update', path: apiKeyPath(ended.id), fields: change }])
  await stored(10, ended.id)
  await stored(MOST_DEVICES - 10, valid.id, { from: 10 })
  expect((await add()).status).toBe(201)
  expect(await left()).toBe(MOST_DEVICES - 10 + 1)
})

it('one key leaves others room', async () => {
  await stored(MOST_OF_A_KEY, valid.id)
  const refused = await add({ 'X-Api-Key': valid.key })
  expect(refused).toMatchObject({ status: 403, body: { code: 'quota-exceeded', detail: expect.stringContaining('An API key') } })
  expect((await add()).status).toBe(201)
})

it('the command line lists browsers and removes one', async () => {
  await stored(2, valid.id)
  const fetch = async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const { status, body } = await api.send(request.method, `${pathname}${search}`, undefined)
    return Response.json(body, { status })
  }
  const run = (words: string) => holdfast(words, { fetch })
  expect((await run('alerts devices')).out).toContain(idOf(1))
  expect(await run(`alerts devices remove ${idOf(1)} --yes`)).toMatchObject({ code: 0, out: 'Firefox shows no more alerts.\n' })
  const shown = JSON.parse((await run('alerts devices --json')).out) as { id: string }[]
  expect(shown.map(({ id }) => id)).toEqual([idOf(0)])
  expect((await run(`alerts devices remove ${idOf(1)} --yes`)).code).not.toBe(0)
})
