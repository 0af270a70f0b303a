import { EventEmitter } from 'node:events'
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGoogleClients } from '@holdfast/core/adapters/google/clients'
import { spent } from '@holdfast/core/platform/release'
import { HeldBytes } from '../../../runner/src/whatsapp/baileys/testing/held-bytes.ts'
import { freePort } from '../../../sandbox/ports.ts'
import { TcpProxy } from '../../../sandbox/network/tcp-proxy.ts'
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

test('a download in parts that breaks off goes on where it stopped', async () => {
  const name = `downloads/${randomBytes(6).toString('hex')}`
  const bytes = randomBytes(BYTES)
  await storage.bucket.file(name).save(bytes, { resumable: false })
  const proxy = await TcpProxy.start(await freePort(), Number(new URL(storage.url).port))
  process.env['STORAGE_EMULATOR_HOST'] = `http://127.0.0.1:${proxy.port}`
  const { objects } = createGoogleClients({ projectId: 'demo-contract', bucket: storage.bucket.name })
  process.env['STORAGE_EMULATOR_HOST'] = storage.url
  await proxy.change({ how: 'cut', seed: 1, leastBytes: 300_000, mostBytes: 600_000 })
  const read = await buffer(objects.readRange(name, { start: 1000, end: BYTES }))
  expect(read.equals(bytes.subarray(1000))).toBe(true)
  expect(proxy.counts.cut).toBeGreaterThan(2)
  await proxy.change({ how: 'pass' })
  await expect(buffer(objects.readRange('none', { start: 0, end: BYTES }))).rejects.toMatchObject({ code: 404 })
  await proxy.close()
})

test('a file of 20 MiB goes in and out, and never is more than 1 MiB of it in memory', async () => {
  const { objects } = createGoogleClients({ projectId: 'demo-contract', bucket: storage.bucket.name })
  const name = `downloads/${randomBytes(6).toString('hex')}`
  const [partBytes, parts] = [65_552, 320]
  const sent = new HeldBytes()
  await objects.createFrom(name, sent.parts(parts, partBytes))
  const read = new HeldBytes()
  let at = 0
  for await (const part of spent(objects.readRange(name, { start: 0, end: parts * partBytes }))) {
    read.note()
    expect(part[0]).toBe(Math.floor(at / partBytes) % 256)
    at += part.length
  }
  expect(at).toBe(parts * partBytes)
  expect(Math.max(sent.most, read.most)).toBeLessThan(1024 * 1024)
})

test("UPSTREAM: the download of Google's client adds more", async () => {
  const name = `downloads/${randomBytes(6).toString('hex')}`
  await storage.bucket.file(name).save(randomBytes(BYTES), { resumable: false })
  await storage.bucket.file(name).download({ validation: 'crc32c' })
  await later()
  expect(warnings.map((warning) => warning.name)).toContain('MaxListenersExceededWarning')
})
