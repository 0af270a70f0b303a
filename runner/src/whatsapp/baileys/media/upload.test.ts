import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Agent } from 'node:https'
import { Worker } from 'node:worker_threads'
import type { WASocket } from '@whiskeysockets/baileys'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HeldBytes } from '../testing/held-bytes.ts'
import { InTheClear } from '../testing/in-the-clear.ts'
import type { UploadedFile } from '../../media.ts'
import { uploadMedium } from './upload.ts'

const MIB = 1024 * 1024
const PART_BYTES = 65_536
const PARTS = (20 * MIB) / PART_BYTES

/** A media host in a thread of its own, whose memory is not counted here. Its answer names the hash of what it got. */
const HOST = `
const { createHash } = require('node:crypto')
const { createServer } = require('node:http')
const { parentPort } = require('node:worker_threads')
const server = createServer(async (request, response) => {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const part of request) {
      hash.update(part)
      bytes += part.length
      if (request.url.startsWith('/mms/video') && bytes > 1_000_000) return request.destroy()
      if (request.url.startsWith('/mms/image') && bytes > 1_000_000) return response.writeHead(507).end()
    }
  } catch {
    return
  }
  response.end(JSON.stringify({ url: 'https://host/file', direct_path: hash.digest('base64') }))
})
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

let host: Worker
let agent: Agent

beforeEach(async () => {
  host = new Worker(HOST, { eval: true })
  const [port] = (await once(host, 'message')) as [number]
  agent = new InTheClear(port)
})

afterEach(async () => {
  agent.destroy()
  await host.terminate()
})

const socket = {
  refreshMediaConn: async () => ({ auth: 'auth', hosts: [{ hostname: 'mmg.whatsapp.net' }] }),
} as unknown as WASocket

function upload(
  kind: 'document' | 'video' | 'image',
  held = new HeldBytes(),
  mediaKey: Buffer | null = randomBytes(32),
): Promise<UploadedFile> {
  return uploadMedium(socket, { kind, mediaKey, bytes: PARTS * PART_BYTES, read: () => held.parts(PARTS, PART_BYTES) }, agent)
}

test('a file of 20 MiB goes out whole, and never is more than 1 MiB of it in memory', async () => {
  const held = new HeldBytes()
  const { directPath, fileEncSha256 } = await upload('document', held)
  expect(directPath).toBe(Buffer.from(fileEncSha256 ?? []).toString('base64'))
  expect(held.most).toBeLessThan(MIB)
})

test('the same is true of a file for a channel, which goes out as it is', async () => {
  const held = new HeldBytes()
  const { directPath, fileSha256 } = await upload('document', held, null)
  expect(directPath).toBe(Buffer.from(fileSha256).toString('base64'))
  expect(held.most).toBeLessThan(MIB)
})

test.each([
  ['hangs up', 'video'],
  ['answers with an error', 'image'],
] as const)('an upload ends with an error when the host %s before it has all', async (_what, kind) => {
  await expect(upload(kind)).rejects.toThrow(/socket hang up|ECONNRESET|EPIPE|ended the upload|answered 507/)
})
