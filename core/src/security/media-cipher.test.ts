import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Bytes, ObjectStreams } from '../platform/object-streams.ts'
import { SessionCipher } from './envelope.ts'
import { spent } from '../platform/release.ts'
import { openMedia, sealedMedia } from './media-cipher.ts'

const KEY = randomBytes(32)
const cipherOf = (sessionId: string) => new SessionCipher(sessionId, new Map([[1, KEY]]), 1)
const cipher = cipherOf('acme.sales')
const NAME = 'media/acme/acme.sales/one'

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(Uint8Array.from(bytes.subarray(at, at + size)).buffer)
}

async function whole(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

/** One object, and how many bytes of it were read. */
function storeOf(bytes: Buffer): ObjectStreams & { read: number } {
  return {
    read: 0,
    createFrom: async () => {},
    sizeOf: async (name) => (name === NAME ? bytes.length : null),
    async *readRange(_, { start, end }) {
      const some = bytes.subarray(start, end)
      this.read += some.length
      yield* inPieces(some, 10_000)
    },
    async *createdBefore() {},
    remove: async () => {},
  }
}

const sealed = (plain: Buffer, pieces = 7000) => whole(sealedMedia(cipher, NAME, inPieces(plain, pieces)))

describe('a sealed medium', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 300_000])('of %i bytes opens to the same bytes', async (size) => {
    const plain = randomBytes(size)
    const opened = await openMedia(storeOf(await sealed(plain)), cipher, NAME)
    expect(opened?.bytes).toBe(size)
    expect((await whole(opened?.read() ?? inPieces(Buffer.alloc(0), 1))).equals(plain)).toBe(true)
  })

  it.each([
    [0, 1],
    [65_535, 65_537],
    [70_000, 200_001],
    [299_999, 300_000],
    [131_072, 196_608],
  ])('can be read from %i to %i, and only the chunks of that part are fetched', async (start, end) => {
    const plain = randomBytes(300_000)
    const store = storeOf(await sealed(plain))
    const opened = await openMedia(store, cipher, NAME)
    const part = await whole(opened?.read({ start, end }) ?? inPieces(Buffer.alloc(0), 1))
    expect(part.equals(plain.subarray(start, end))).toBe(true)
    expect(store.read).toBeLessThan(end - start + 2 * 65_552 + 20)
  })

  it('of 20 MiB is sealed and opened with less than 1 MiB in memory', async () => {
    const MIB = 1024 * 1024
    const zeros = async function* () {
      for (let part = 0; part < 320; part++) yield Buffer.alloc(65_536)
    }
    const object = Buffer.alloc(21 * MIB)
    const held = (): number => process.memoryUsage().arrayBuffers
    const before = held()
    let [most, size] = [0, 0]
    for await (const part of spent(sealedMedia(cipher, NAME, spent(zeros())))) {
      object.set(part, size)
      size += part.length
      most = Math.max(most, held() - before)
    }
    const opened = await openMedia(storeOf(object.subarray(0, size)), cipher, NAME)
    for await (const _ of spent(opened?.read() ?? zeros())) most = Math.max(most, held() - before)
    expect(opened?.bytes).toBe(20 * MIB)
    expect(most).toBeLessThan(MIB)
  })

  it('does not open when it was altered, cut at a chunk, made longer or reordered', async () => {
    const whole0 = await sealed(randomBytes(200_000))
    const chunk = (n: number) => whole0.subarray(19 + n * 65_552, 19 + (n + 1) * 65_552)
    const altered = Buffer.from(whole0)
    altered[100_000] = (altered[100_000] ?? 0) ^ 1
    const cut = whole0.subarray(0, 19 + 2 * 65_552)
    const longer = Buffer.concat([whole0.subarray(0, 19), chunk(0), chunk(1), chunk(2), chunk(2), chunk(3)])
    const reordered = Buffer.concat([whole0.subarray(0, 19), chunk(1), chunk(0), chunk(2), chunk(3)])
    for (const bytes of [altered, cut, longer, reordered]) {
      const reading = async () => whole((await openMedia(storeOf(bytes), cipher, NAME))?.read() ?? inPieces(Buffer.alloc(0), 1))
      await expect(reading()).rejects.toMatchObject({ code: 'cannot-decrypt' })
    }
  })

  it('does not open for another session or under another name', async () => {
    const store = { ...storeOf(await sealed(randomBytes(100))), sizeOf: async () => 135 }
    for (const [other, name] of [
      [cipherOf('acme.support'), NAME],
      [cipher, 'media/acme/acme.sales/two'],
    ] as const) {
      const reading = async () => whole((await openMedia(store, other, name))?.read() ?? inPieces(Buffer.alloc(0), 1))
      await expect(reading()).rejects.toMatchObject({ code: 'cannot-decrypt' })
    }
  })

  it('that does not exist is null', async () => {
    expect(await openMedia(storeOf(Buffer.alloc(0)), cipher, 'media/acme/acme.sales/none')).toBeNull()
  })
})
