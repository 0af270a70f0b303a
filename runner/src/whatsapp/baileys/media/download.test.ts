import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import https from 'node:https'
import { Worker } from 'node:worker_threads'
import { getMediaKeys } from '@whiskeysockets/baileys'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { release } from '@holdfast/core/platform/release'
import type { Medium } from '../../media.ts'
import { MediaHost } from '../testing/media-host.ts'
import { HeldBytes } from '../testing/held-bytes.ts'
import { InTheClear } from '../testing/in-the-clear.ts'
import { downloadMedium } from './download.ts'

const CONTENT = randomBytes(100_000)

let host: MediaHost
const asked: string[] = []
let restore = (): void => {}

beforeEach(async () => {
  host = await MediaHost.start()
  asked.length = 0
  const { request } = https
  https.request = ((url: URL, options: https.RequestOptions) => {
    asked.push(url.href)
    return request(url, options)
  }) as typeof https.request
  restore = () => void (https.request = request)
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

/** A media host in a thread of its own, whose memory is not counted here. It has one file. */
const HOST = `
const { createCipheriv, createHash, createHmac } = require('node:crypto')
const { createServer } = require('node:http')
const { parentPort, workerData: { iv, cipherKey, macKey, size } } = require('node:worker_threads')
const cipher = createCipheriv('aes-256-cbc', cipherKey, iv)
const sealed = Buffer.concat([cipher.update(Buffer.alloc(size, 'f')), cipher.final()])
const mac = createHmac('sha256', macKey).update(iv).update(sealed).digest().subarray(0, 10)
const bytes = Buffer.concat([sealed, mac])
const server = createServer((request, response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes))
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

test('a file of 20 MiB comes in whole, and never is more than 1 MiB of it in memory', async () => {
  restore()
  await host[Symbol.asyncDispose]()
  const [size, mediaKey] = [20 * 1024 * 1024, randomBytes(32)]
  const worker = new Worker(HOST, { eval: true, workerData: { ...(await getMediaKeys(mediaKey, 'document')), size } })
  const [port] = (await once(worker, 'message')) as [number]
  const agent = new InTheClear(port)
  const hashes = { fileSha256: createHash('sha256').update(Buffer.alloc(size, 'f')).digest(), fileEncSha256: null }
  const file: Medium = {
    kind: 'document',
    mediaKey,
    directPath: '/file',
    bytes: size,
    mimetype: '',
    filename: null,
    ...hashes,
  }
  const held = new HeldBytes()
  let read = 0
  for await (const part of downloadMedium(file, { clock: systemClock, signal: new AbortController().signal, agent })) {
    held.note()
    read += part.length
    release(part)
  }
  expect(read).toBe(size)
  expect(held.most).toBeLessThan(1024 * 1024)
  agent.destroy()
  await worker.terminate()
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
