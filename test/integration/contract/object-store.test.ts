import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DirectoryObjects } from '@holdfast/core/adapters/directory/directory-objects'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { createGoogleClients } from '@holdfast/core/adapters/google/clients'
import { checkpointFolder, checkpointName } from '@holdfast/core/session/ids'
import type { Bytes, ObjectStreams } from '@holdfast/core/platform/object-streams'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import { FaultyObjects, forbidden } from '../../support/engine/faulty-objects.ts'
import { openStorage, type StorageUnderTest } from '../../../sandbox/google/storage/under-test.ts'
import { openDirectory } from './journal-backends.ts'
import { MemoryObjects } from './memory-objects.ts'
import { newSessionId } from './records.ts'

// Tests what checkpoints rely on, with each back end. With HOLDFAST_CONTRACT_BUCKET the first back end is the real Cloud Storage.

let storage: StorageUnderTest

beforeAll(async () => {
  storage = await openStorage()
  // Google's client reads this variable when it is created. The real service has no such address.
  if (storage.url) process.env['STORAGE_EMULATOR_HOST'] = storage.url
  process.env['METADATA_SERVER_DETECTION'] = 'none'
})

afterAll(async () => {
  await storage.close()
})

interface Backend extends AsyncDisposable {
  readonly objects: ObjectStore
  /** The same store. */
  readonly streams: ObjectStreams
  away(isAway: boolean): Promise<void>
}

const googleObjects = (bucket: string): ObjectStore & ObjectStreams =>
  createGoogleClients({ projectId: 'demo-contract', bucket }).objects

const BACKENDS: Record<string, () => Promise<Backend>> = {
  async 'Cloud Storage'() {
    const streams = googleObjects(storage.bucket.name)
    const objects = new FaultyObjects(streams)
    const away = async (isAway: boolean): Promise<void> => {
      objects.refuseCreate = isAway ? forbidden : null
      objects.refuseRead = isAway ? forbidden : null
    }
    return { objects, streams, away, [Symbol.asyncDispose]: async () => {} }
  },
  async 'a directory'() {
    const { path, ...directory } = await openDirectory()
    const away = (isAway: boolean) => (isAway ? rename(path, `${path}.away`) : rename(`${path}.away`, path))
    const objects = new DirectoryObjects(new StoreDirectory(path))
    return { ...directory, objects, streams: objects, away }
  },
  async memory() {
    const objects = new MemoryObjects()
    return { objects, streams: objects, away: async (isAway) => objects.away(isAway), [Symbol.asyncDispose]: async () => {} }
  },
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000)
}

async function whole(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

describe.each(Object.entries(BACKENDS))('objects in %s', (_, open) => {
  let backend: Backend
  let objects: ObjectStore
  let streams: ObjectStreams
  let sessionId: string

  beforeEach(async () => {
    backend = await open()
    objects = backend.objects
    streams = backend.streams
    sessionId = newSessionId()
  })

  afterEach(async () => {
    if (storage.real) await storage.bucket.deleteFiles({ prefix: checkpointFolder(sessionId), versions: true, force: true })
    await backend[Symbol.asyncDispose]()
  })

  const name = (sequence: number, epoch = 1) => checkpointName(sessionId, sequence, epoch)

  test('return what was created, by name and by generation', async () => {
    const bytes = randomBytes(1000)
    const { generation } = await objects.create(name(1), bytes)
    expect(await objects.read(name(1))).toEqual({ bytes, generation })
    expect(await objects.read(name(1), generation)).toEqual({ bytes, generation })
    expect(objects.placeOf(name(1))).toContain(sessionId)
  })

  test('let exactly one of 20 concurrent writers create a name, and keep its bytes', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => objects.create(name(1), Buffer.from(`try ${index}`))),
    )
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
    expect(winners).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'already-exists' })
    }
    expect((await objects.read(name(1)))?.bytes.toString()).toBe(`try ${winners[0]}`)
  })

  test('never change: a taken name is refused', async () => {
    await objects.create(name(1), Buffer.from('first'))
    await expect(objects.create(name(1), Buffer.from('second'))).rejects.toMatchObject({ code: 'already-exists' })
    expect((await objects.read(name(1)))?.bytes.toString()).toBe('first')
  })

  test('that do not exist are null, also in another generation', async () => {
    expect(await objects.read(name(1))).toBeNull()
    const { generation } = await objects.create(name(1), Buffer.from('bytes'))
    expect(await objects.read(name(1), String(BigInt(generation) + 1n))).toBeNull()
    expect(await objects.read(name(2), generation)).toBeNull()
  })

  test('are listed by prefix in ascending order, without those of other sessions', async () => {
    expect(await objects.list(checkpointFolder(sessionId))).toEqual([])
    const names = [name(300, 2), name(20), name(1000, 12), name(20, 3)]
    for (const each of names) await objects.create(each, Buffer.from(each))
    const other = `${sessionId}x`
    await objects.create(checkpointName(other, 1, 1), Buffer.from('other'))
    expect(await objects.list(checkpointFolder(sessionId))).toEqual(names.toSorted())
    expect(await objects.list(name(20).slice(0, -12))).toEqual([name(20), name(20, 3)])
    const both = await objects.list(`sessions/${sessionId}`)
    expect(both).toEqual([...names, checkpointName(other, 1, 1)].toSorted())
    if (storage.real) await storage.bucket.deleteFiles({ prefix: checkpointFolder(other), versions: true, force: true })
  })

  test('may be large or empty, and may belong to no session', async () => {
    const large = randomBytes(5 * 1024 * 1024)
    await objects.create(name(1), large)
    expect((await objects.read(name(1)))?.bytes.equals(large)).toBe(true)
    await objects.create(name(2), Buffer.alloc(0))
    expect((await objects.read(name(2)))?.bytes).toHaveLength(0)
    const elsewhere = `checks/${sessionId}`
    await objects.create(elsewhere, Buffer.from('of nobody'))
    expect((await objects.read(elsewhere))?.bytes.toString()).toBe('of nobody')
    expect(await objects.list('checks/')).toContain(elsewhere)
    expect(await objects.list(checkpointFolder(sessionId))).toEqual([name(1), name(2)])
    if (storage.real) await storage.bucket.file(elsewhere).delete()
  })

  test('come and go in streams, and are readable in part', async () => {
    const large = randomBytes(3 * 1024 * 1024)
    await streams.createFrom(name(1), inPieces(large))
    expect(await streams.sizeOf(name(1))).toBe(large.length)
    expect((await objects.read(name(1)))?.bytes.equals(large)).toBe(true)
    expect((await whole(streams.readRange(name(1), { start: 0, end: large.length }))).equals(large)).toBe(true)
    const part = { start: 1_000_001, end: 2_000_002 }
    expect((await whole(streams.readRange(name(1), part))).equals(large.subarray(part.start, part.end))).toBe(true)
    expect(await streams.sizeOf(name(2))).toBeNull()
    await expect(streams.createFrom(name(1), inPieces(Buffer.from('second')))).rejects.toMatchObject({ code: 'already-exists' })
  })

  test('do not exist when the bytes of their stream end with an error', async () => {
    const broken = async function* () {
      yield randomBytes(300_000)
      throw new Error('The source broke off.')
    }
    await expect(streams.createFrom(name(1), broken())).rejects.toThrow('The source broke off.')
    expect(await objects.read(name(1))).toBeNull()
    expect(await objects.list(checkpointFolder(sessionId))).toEqual([])
  })

  test('are found by their age, and removed for good', async () => {
    await objects.create(name(1), Buffer.from('one'))
    const old = async (time: number) => {
      const names: string[] = []
      for await (const each of streams.createdBefore(checkpointFolder(sessionId), new Date(time))) names.push(each)
      return names
    }
    expect(await old(Date.now() - 3_600_000)).toEqual([])
    expect(await old(Date.now() + 3_600_000)).toEqual([name(1)])
    await streams.remove(name(1))
    expect(await objects.read(name(1))).toBeNull()
    await streams.remove(name(1))
  })

  test('are described with their size and the time of their creation', async () => {
    const before = Date.now()
    await objects.create(name(2), Buffer.from('two'))
    await objects.create(name(1), Buffer.from('o'))
    const described = await objects.describe(checkpointFolder(sessionId))
    expect(described.map(({ name: each, bytes }) => [each, bytes])).toEqual([
      [name(1), 1],
      [name(2), 3],
    ])
    // A file system may count in whole seconds.
    for (const { createdAt } of described) expect(Math.abs(createdAt.getTime() - before)).toBeLessThan(600_000)
  })

  test('that cannot be read are never taken for absent ones', async () => {
    await objects.create(name(1), Buffer.from('bytes'))
    await backend.away(true)
    try {
      await expect(objects.read(name(1))).rejects.toThrow()
      await expect(objects.read(name(2))).rejects.toThrow()
      await expect(objects.list(checkpointFolder(sessionId))).rejects.toThrow()
      await expect(objects.list(checkpointFolder(newSessionId()))).rejects.toThrow()
      await expect(objects.create(name(2), Buffer.from('bytes'))).rejects.toThrow()
    } finally {
      await backend.away(false)
    }
    expect(await objects.list(checkpointFolder(sessionId))).toEqual([name(1)])
  })
})

describe('a store with a wrong bucket or directory', () => {
  test('is not taken for an empty one when the bucket does not exist', async () => {
    const objects = googleObjects('no-such-bucket-of-holdfast')
    const missing = { code: 'store-missing', advice: expect.stringContaining('STORAGE_BUCKET') }
    await expect(objects.read('sessions/a/b')).rejects.toMatchObject(missing)
    await expect(objects.list('sessions/a/')).rejects.toMatchObject(missing)
    await expect(objects.create('sessions/a/b', Buffer.from('bytes'))).rejects.toMatchObject(missing)
  })

  test('is not taken for an empty one when the directory is missing or not a store', async () => {
    await using directory = await openDirectory()
    for (const path of [`${directory.path}/gone`, '/proc/self']) {
      const objects = new DirectoryObjects(new StoreDirectory(path))
      const missing = { code: 'store-missing', advice: expect.stringContaining('SESSION_STORAGE_PATH') }
      await expect(objects.read('sessions/a/b')).rejects.toMatchObject(missing)
      await expect(objects.list('sessions/a/')).rejects.toMatchObject(missing)
      await expect(objects.create('sessions/a/b', Buffer.from('bytes'))).rejects.toMatchObject(missing)
    }
  })
})

test('an object name cannot lead out of the directory', async () => {
  await using directory = await openDirectory()
  const objects = new DirectoryObjects(new StoreDirectory(directory.path))
  for (const name of [
    '../out',
    '/etc/passwd',
    'a/../../b',
    'sessions/../_store',
    'sessions/../../x',
    '.hidden',
    'a/.b',
    'a//b',
    '',
  ]) {
    await expect(objects.create(name, Buffer.from('bytes')), name).rejects.toMatchObject({ code: 'bad-document' })
  }
})
