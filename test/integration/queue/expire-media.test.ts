import { incomingFolder, mediaObjectOf } from '@holdfast/core/message/media-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Fields } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expireMedia } from '../../../functions/src/use-cases/expire-media.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { DAY_MS, QueueUnderTest } from './queue-under-test.ts'

let queue: QueueUnderTest
const media = new MemoryObjects()

beforeAll(async () => {
  queue = await QueueUnderTest.start('main')
})
afterAll(() => queue[Symbol.asyncDispose]())

const run = () => expireMedia({ ...queue.dependencies, media }, new Deadline(systemClock, 60_000))

const configure = (config: Fields) =>
  queue.api.documents.commit([
    { kind: 'merge', path: tenantPath('default'), fields: { v: 1, name: 'Default', createdAt: new Date(), config } },
  ])

/** A received file with this state, whose object exists. */
async function received(digit: string, state: string): Promise<{ object: string; path: string; url: string }> {
  const id = digit.repeat(40)
  const [object, path] = [mediaObjectOf('default.main', id), `${receivedMediaPath('default.main')}/${id}`]
  await media.create(object, Buffer.from('sealed'))
  const fields = { v: 1, state, object: state === 'stored' ? object : null, mimetype: 'image/png' }
  await queue.api.documents.commit([{ kind: 'create', path, fields }])
  return { object, path, url: `/api/files/main/${id}` }
}

const exists = async (object: string): Promise<boolean> => (await media.sizeOf(object)) !== null

/** Accepts a picture. Returns its job, and the object with its bytes. */
async function picture(): Promise<{ job: string; object: string }> {
  const before = new Set(await media.list('media/'))
  const file = { mimetype: 'image/png', data: Buffer.from('a picture').toString('base64') }
  const json = { session: 'main', chatId: '5511999990000@c.us', file }
  const { status, body } = await queue.api.with({ media }).post('/api/sendImage', json)
  const [object] = (await media.list('media/default/default.main/')).filter((name) => !before.has(name))
  expect([status, object]).toEqual([201, expect.any(String)])
  return { job: body.jobId, object: object ?? '' }
}

test('old files go with a mark, and those stay that a message or an owner still needs, or that are of nobody known', async () => {
  const [old, pending] = [await received('a', 'stored'), await received('b', 'pending')]
  const sent = await picture()
  const fetched = mediaObjectOf('default.main', sent.job)
  const converted = `${fetched}-voice`
  const others = ['media/nobody/nobody.main/c', 'sessions/default.main/1.ckpt', 'archive/default/1']
  const left = `${incomingFolder('default')}left`
  for (const name of [fetched, converted, ...others, left]) await media.create(name, Buffer.from('bytes'))

  expect(await run()).toBe(0)
  queue.advance(2 * DAY_MS)
  expect([await run(), await exists(left)]).toEqual([1, false])
  queue.advance(29 * DAY_MS)
  expect([await run(), await exists(old.object)]).toEqual([1, false])
  expect((await queue.api.documents.read(old.path))?.fields).toMatchObject({ state: 'expired' })
  const answer = await queue.api.with({ media }).get(old.url)
  expect([answer.status, answer.body]).toMatchObject([410, { code: 'file-expired', statusCode: 410 }])
  for (const name of [pending.object, sent.object, fetched, converted, ...others])
    expect([name, await exists(name)]).toEqual([name, true])

  // It has settled, and needs nothing any more.
  await queue.write(sent.job, { status: 'sent' })
  expect(await run()).toBe(3)
  expect(await exists(sent.object)).toBe(false)
})

test('the tenant says how long files are kept, and 0 keeps them for ever', async () => {
  const old = await received('c', 'stored')
  await configure({ mediaRetentionDays: 0 })
  queue.advance(400 * DAY_MS)
  await run()
  expect(await exists(old.object)).toBe(true)
  await configure({ mediaRetentionDays: 500 })
  await run()
  expect(await exists(old.object)).toBe(true)
  await configure({ mediaRetentionDays: 399 })
  await run()
  expect(await exists(old.object)).toBe(false)
})

test('a mark that was made before the object went does not keep the object', async () => {
  await configure({ mediaRetentionDays: 30 })
  const old = await received('d', 'stored')
  await queue.api.documents.commit([{ kind: 'update', path: old.path, fields: { state: 'expired' } }])
  queue.advance(31 * DAY_MS)
  await run()
  expect(await exists(old.object)).toBe(false)
})

test('nothing of a tenant goes while the content of one of its waiting messages does not open', async () => {
  const old = await received('e', 'stored')
  const { job } = await picture()
  await queue.write(job, { content: Buffer.from('damaged') })
  queue.advance(31 * DAY_MS)
  await run()
  expect(await exists(old.object)).toBe(true)
  await queue.write(job, { status: 'failed' })
  await run()
  expect(await exists(old.object)).toBe(false)
})
