import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Medium } from '../../media.ts'
import { MediaHost } from '../testing/media-host.ts'
import { downloadMedium } from './download.ts'

const CONTENT = randomBytes(100_000)

let host: MediaHost
const asked: string[] = []
let restore = (): void => {}

beforeEach(async () => {
  host = await MediaHost.start()
  asked.length = 0
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => {
    asked.push(input as string)
    return fetch(input, init)
  }
  restore = () => void (globalThis.fetch = fetch)
})

afterEach(async () => {
  restore()
  await host[Symbol.asyncDispose]()
})

/** A file at the path `/file`, as a message refers to it. */
async function medium(): Promise<Medium> {
  const { mediaKey, fileSha256, fileEncSha256 } = await host.put('/file', CONTENT)
  const kind = 'md-msg-hist' as Medium['kind']
  return { kind, mediaKey, directPath: '/file', fileSha256, fileEncSha256, bytes: 1, mimetype: '', filename: null } as Medium
}

async function read(of: Medium): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of downloadMedium(of, { clock: systemClock, signal: new AbortController().signal, agent: null }))
    parts.push(part)
  return Buffer.concat(parts)
}

const moved = (location: string) => host.answer('/moved', (response) => response.writeHead(302, { location }).end())

test('a download goes where a host of WhatsApp sends it', async () => {
  const file = await medium()
  moved('https://mmg.whatsapp.net/file')
  expect((await read({ ...file, directPath: '/moved' })).equals(CONTENT)).toBe(true)
})

test.each([
  'http://169.254.169.254/computeMetadata/v1/',
  'http://mmg.whatsapp.net/file',
  'https://mmg.whatsapp.net.example.com/file',
  'file:///etc/passwd',
])('a download does not follow a redirect to %s', async (location) => {
  const file = await medium()
  moved(location)
  await expect(read({ ...file, directPath: '/moved' })).rejects.toThrow('leads elsewhere')
  expect(asked).toEqual(['https://mmg.whatsapp.net/moved'])
})

test.each([
  'https://example.com/file',
  '//example.com/file',
  'http://mmg.whatsapp.net/file',
  'https://mmg.whatsapp.net:8443/file',
])('a message does not lead a download to %s', async (directPath) => {
  const file = await medium()
  await expect(read({ ...file, directPath })).rejects.toMatchObject({ reason: 'damaged' })
  expect(asked).toEqual([])
})

describe('a file of a channel', () => {
  const posted = (bytes: Buffer): Medium => {
    host.answer('/post', (response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes))
    const fileSha256 = createHash('sha256').update(CONTENT).digest()
    const rest = { bytes: CONTENT.length, mimetype: 'image/png', filename: null }
    return { kind: 'image', mediaKey: null, directPath: '/post', fileSha256, fileEncSha256: null, ...rest }
  }

  test('is read as it is', async () => {
    expect((await read(posted(CONTENT))).equals(CONTENT)).toBe(true)
  })

  test('ends with an error when its bytes are not those of the post', async () => {
    await expect(read(posted(CONTENT.subarray(1)))).rejects.toMatchObject({ reason: 'damaged' })
  })
})
