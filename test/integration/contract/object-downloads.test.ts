import { EventEmitter } from 'node:events'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGoogleClients } from '@holdfast/core/adapters/google/clients'
import { openStorage, type StorageUnderTest } from '../../../sandbox/google/storage/under-test.ts'

/** Node's own limit, at which a production process warns. The sandbox's tests raise it for Google's client. */
const LIMIT_OF_NODE = 10

/** Enough for a download in several parts, which is what has many listeners. */
const BYTES = 2_000_000

let storage: StorageUnderTest
const raised = EventEmitter.defaultMaxListeners
const warnings: Error[] = []
const note = (warning: Error): void => void warnings.push(warning)

beforeAll(async () => {
  storage = await openStorage()
  if (storage.url) process.env['STORAGE_EMULATOR_HOST'] = storage.url
  process.env['METADATA_SERVER_DETECTION'] = 'none'
  EventEmitter.defaultMaxListeners = LIMIT_OF_NODE
  process.on('warning', note)
})

afterAll(async () => {
  process.off('warning', note)
  EventEmitter.defaultMaxListeners = raised
  await storage.close()
})

/** Warnings come after the code that causes them. */
const later = () => new Promise((resolve) => setImmediate(resolve))

test('a download of an object adds to no stream more listeners than node finds healthy', async () => {
  const { objects } = createGoogleClients({ projectId: 'demo-contract', bucket: storage.bucket.name })
  const name = `downloads/${randomBytes(6).toString('hex')}`
  const bytes = randomBytes(BYTES)
  const { generation } = await objects.create(name, bytes)
  expect((await objects.read(name, generation))?.bytes.equals(bytes)).toBe(true)
  await Promise.all([objects.read(name), objects.read(name), objects.read('none')])
  await later()
  expect(warnings).toEqual([])
})

test("UPSTREAM: the download of Google's client adds more", async () => {
  const name = `downloads/${randomBytes(6).toString('hex')}`
  await storage.bucket.file(name).save(randomBytes(BYTES), { resumable: false })
  await storage.bucket.file(name).download({ validation: 'crc32c' })
  await later()
  expect(warnings.map((warning) => warning.name)).toContain('MaxListenersExceededWarning')
})
