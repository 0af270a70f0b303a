import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Bytes } from '@holdfast/core/platform/object-streams'
import { BadBody, BodyTooLarge, readWithFile } from './file-in-body.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function whole(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

async function read(text: string, size = 7) {
  const seen: Record<string, string>[] = []
  const { rest, stored, isEmpty } = await readWithFile(inPieces(text, size), async (bytes, before) => {
    seen.push(Object.fromEntries(before))
    return whole(bytes)
  })
  return { rest: JSON.parse(rest.toString()) as unknown, stored, isEmpty, seen }
}

const BYTES = randomBytes(1000)

describe('a body with a file', () => {
  it.each([1, 2, 3, 5, 64, 5000])('gives the bytes of the file and the rest, in pieces of %i bytes', async (size) => {
    const body = {
      session: 'main',
      chatId: 'é "x"',
      file: { mimetype: 'image/png', data: BYTES.toString('base64'), filename: 'ä' },
      caption: '}{',
    }
    const { rest, stored, seen } = await read(JSON.stringify(body), size)
    expect(stored?.equals(BYTES)).toBe(true)
    expect(rest).toEqual({ ...body, file: { ...body.file, data: '' } })
    expect(seen).toEqual([{ session: 'main', chatId: 'é \\"x\\"' }])
  })

  it.each([
    ['slashes that are escaped', (text: string) => text.replaceAll('/', '\\/')],
    ['lines that are wrapped', (text: string) => text.replaceAll(/.{76}/g, '$&\\r\\n')],
    ['a data URL', (text: string) => `data:image/png;base64,${text}`],
    ['the alphabet of URLs, without padding', (text: string) => Buffer.from(text, 'base64').toString('base64url')],
  ])('may have %s', async (_, change) => {
    const { stored } = await read(`{"file":{"data" : "${change(BYTES.toString('base64'))}"},"session":"main"}`)
    expect(stored?.equals(BYTES)).toBe(true)
  })

  it('may have no file, an empty one, or fields of that name elsewhere', async () => {
    expect(await read('{"session":"main","file":{"url":"https://example.com"}}')).toMatchObject({ stored: null })
    for (const data of ['', 'data:image/jpeg;base64,', '=='])
      expect(await read(`{"file":{"data":"${data}"}}`)).toMatchObject({ stored: null, isEmpty: true, seen: [] })
    const other = { data: 'x', preview: { file: { data: 'y' } }, file: { more: { data: 'z' }, list: [{ data: 'a' }] } }
    expect(await read(JSON.stringify(other))).toEqual({ rest: other, stored: null, isEmpty: false, seen: [] })
  })

  it.each(['{"file":{"data":"no base64!"}}', '{"file":{"data":"QUJD', '{"file":{"data":"QQ==QQ=="}}', '{"file":{"data":"Q"}}'])(
    'that is wrong, like %s, is refused',
    async (text) => {
      await expect(read(text)).rejects.toBeInstanceOf(BadBody)
    },
  )

  it('has a limit for everything but the file', async () => {
    await expect(read(JSON.stringify({ caption: 'x'.repeat(1_100_000) }), 60_000)).rejects.toBeInstanceOf(BodyTooLarge)
  })

  // With a look at each level for each text this takes minutes, in which the process answers nobody.
  it('takes no longer for texts in deep lists', { timeout: 10_000 }, async () => {
    const depth = 200_000
    const body = `${'['.repeat(depth)}${'"",'.repeat(depth)}""`
    await expect(readWithFile(inPieces(body, 60_000), whole)).resolves.toMatchObject({ stored: null })
  })
})
