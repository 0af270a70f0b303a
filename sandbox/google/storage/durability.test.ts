import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clientOf, startServer, type StorageServer } from './under-test.ts'

let folder: string
let server: StorageServer

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-storage-'))
  server = await startServer(folder)
  await clientOf(server.url).createBucket('kept', { versioning: { enabled: true } })
})

afterEach(async () => {
  await server.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

async function crashAndRestart() {
  await server.kill('SIGKILL')
  server = await startServer(folder)
  return clientOf(server.url).bucket('kept')
}

test('objects, old versions, metadata and generations survive kill -9', async () => {
  const before = clientOf(server.url).bucket('kept').file('a/b')
  await before.save('one', { resumable: false })
  const first = String(before.metadata.generation)
  await before.save('two', { resumable: false, metadata: { metadata: { kind: 'second' } } })
  const second = String(before.metadata.generation)

  const after = await crashAndRestart()
  expect((await after.file('a/b').download())[0].toString()).toBe('two')
  expect((await after.file('a/b', { generation: first }).download())[0].toString()).toBe('one')
  const [metadata] = await after.file('a/b').getMetadata()
  expect(metadata).toMatchObject({ generation: second, metadata: { kind: 'second' } })
  await after.file('a/b').save('three', { resumable: false, preconditionOpts: { ifGenerationMatch: second } })
})

test('every acknowledged write survives a kill -9 in the middle of writes, and no object is half written', async () => {
  const bucket = clientOf(server.url).bucket('kept')
  const acknowledged = new Map<string, Buffer>()
  const sent = new Map<string, Buffer>()
  const killed = Promise.withResolvers<void>()
  const write = async (writer: number) => {
    for (let n = 0; ; n++) {
      const name = `writer-${writer}/${n}`
      const data = randomBytes(200_000)
      sent.set(name, data)
      await bucket.file(name).save(data, { resumable: false })
      acknowledged.set(name, data)
      if (acknowledged.size === 40) killed.resolve(server.kill('SIGKILL'))
    }
  }
  const writers = [0, 1, 2, 3].map((writer) => write(writer).catch(() => {}))
  await killed.promise
  await Promise.all(writers)

  const after = await crashAndRestart()
  const [files] = await after.getFiles()
  const names = new Set(files.map(({ name }) => name))
  for (const name of acknowledged.keys()) expect(names).toContain(name)
  for (const file of files) expect((await file.download())[0].equals(sent.get(file.name)!)).toBe(true)
  const left = await readdir(join(folder, 'buckets'), { recursive: true })
  expect(left.filter((name) => name.endsWith('.unfinished'))).toEqual([])
})

test('an upload that began before a kill -9 continues after it', async () => {
  const [url] = await clientOf(server.url).bucket('kept').file('resumed').createResumableUpload()
  const data = randomBytes(512 * 1024)
  const half = data.length / 2
  const put = async (from: number, to: number) =>
    await fetch(new URL(new URL(url).pathname + new URL(url).search, server.url), {
      method: 'PUT',
      headers: { 'content-range': `bytes ${from}-${to - 1}/${data.length}` },
      body: new Uint8Array(data.subarray(from, to)),
    })
  expect((await put(0, half)).status).toBe(308)
  const after = await crashAndRestart()
  // The client does not know how much arrived. Bytes that it sends twice are stored once.
  expect((await put(half / 2, data.length)).status).toBe(200)
  expect((await after.file('resumed').download())[0].equals(data)).toBe(true)
})
