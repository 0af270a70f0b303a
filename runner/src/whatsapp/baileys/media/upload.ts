import { createCipheriv, createHash, createHmac } from 'node:crypto'
import https, { type Agent } from 'node:https'
import { json } from 'node:stream/consumers'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { getMediaKeys, type WASocket } from '@whiskeysockets/baileys'
import type { Bytes } from '@holdfast/core/platform/object-streams'
import { spent } from '@holdfast/core/platform/release'
import type { FileToUpload, MediumKind, UploadedFile } from '../../media.ts'

const ORIGIN = 'https://web.whatsapp.com'

/** The time without progress after which an upload is given up. */
const SILENCE_MS = 30_000

const MAC_BYTES = 10
const BLOCK_BYTES = 16

const PATHS: Readonly<Record<MediumKind, string>> = {
  image: '/mms/image',
  video: '/mms/video',
  ptv: '/mms/video',
  audio: '/mms/audio',
  document: '/mms/document',
  sticker: '/mms/image',
}

/** Of channels: `whatsmeow` and WhatsApp's own web client use these. A sound is always a voice message there. */
const PATHS_OF_CHANNELS: Readonly<Record<MediumKind, string>> = {
  image: '/newsletter/newsletter-image',
  video: '/newsletter/newsletter-video',
  ptv: '/newsletter/newsletter-ptv',
  audio: '/newsletter/newsletter-ptt',
  document: '/newsletter/newsletter-document',
  sticker: '/newsletter/newsletter-sticker',
}

/**
 * Sends a file to WhatsApp while it is read. Not Baileys' own function, which wants a file on disk. Node's `fetch` would collect the
 * whole body first.
 */
export async function uploadMedium(socket: WASocket, file: FileToUpload, agent: Agent | null): Promise<UploadedFile> {
  const { plain: fileSha256, sent } = await hashesOf(file)
  const isEncrypted = file.mediaKey !== null
  const paths = isEncrypted ? PATHS : PATHS_OF_CHANNELS
  const token = sent.toString('base64url')
  const connection = await socket.refreshMediaConn(false)
  let failure: unknown = new Error('WhatsApp named no media host.')
  for (const { hostname } of connection.hosts) {
    const url = new URL(`https://${hostname}${paths[file.kind]}/${token}`)
    url.searchParams.set('auth', connection.auth)
    url.searchParams.set('token', token)
    try {
      const { url: address, direct_path: directPath, handle } = await post(url, file, agent)
      if (typeof directPath !== 'string') throw new Error('The media host named no path.')
      return {
        url: textOf(address),
        directPath,
        fileSha256,
        fileEncSha256: isEncrypted ? sent : null,
        handle: isEncrypted ? null : textOf(handle),
      }
    } catch (error) {
      failure = error
    }
  }
  // The next attempt asks for other hosts.
  await socket.refreshMediaConn(true)
  throw failure
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Of the file, and of the bytes that WhatsApp gets. */
async function hashesOf(file: FileToUpload): Promise<{ plain: Buffer; sent: Buffer }> {
  const [plain, sent] = [createHash('sha256'), createHash('sha256')]
  for await (const part of spent(bytesOf(file, (some) => void plain.update(some)))) sent.update(part)
  return { plain: plain.digest(), sent: sent.digest() }
}

/** The bytes that WhatsApp gets: those of the file, or for any other chat than a channel the encrypted ones. */
async function* bytesOf({ mediaKey, ...file }: FileToUpload, onPlain: (bytes: Uint8Array) => void = () => {}) {
  if (mediaKey) return yield* encrypted({ ...file, mediaKey }, onPlain)
  for await (const part of file.read()) {
    onPlain(part)
    yield part
  }
}

/** The bytes as WhatsApp keeps them: the ciphertext, and the beginning of its MAC. */
async function* encrypted(
  { kind, mediaKey, read }: FileToUpload & { readonly mediaKey: Uint8Array },
  onPlain: (bytes: Uint8Array) => void,
) {
  const { iv, cipherKey, macKey } = await getMediaKeys(mediaKey, kind)
  if (!macKey) throw new Error('A medium without a key for its MAC.')
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv)
  const mac = createHmac('sha256', macKey).update(iv)
  for await (const part of spent(read())) {
    onPlain(part)
    const some = cipher.update(part)
    mac.update(some)
    if (some.length > 0) yield some
  }
  const last = cipher.final()
  yield Buffer.concat([last, mac.update(last).digest().subarray(0, MAC_BYTES)])
}

const sizeOf = ({ bytes, mediaKey }: FileToUpload): number =>
  mediaKey ? (Math.floor(bytes / BLOCK_BYTES) + 1) * BLOCK_BYTES + MAC_BYTES : bytes

async function post(url: URL, file: FileToUpload, agent: Agent | null): Promise<Record<string, unknown>> {
  const headers = { Origin: ORIGIN, 'Content-Type': 'application/octet-stream', 'Content-Length': sizeOf(file) }
  const request = https.request(url, { method: 'POST', headers, timeout: SILENCE_MS, ...(agent ? { agent } : {}) })
  request.on('timeout', () => request.destroy(new Error('The upload has come to a standstill.')))
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request.on('response', resolve)
  request.on('error', reject)
  promise.catch(() => {})
  await write(request, bytesOf(file))
  const response = await promise
  if (response.statusCode !== 200) {
    response.resume()
    throw new Error(`WhatsApp's media host answered ${response.statusCode}.`)
  }
  return (await json(response)) as Record<string, unknown>
}

/** Each part has left this process before the next one is read, so that no more than one waits in memory. */
async function write(request: ClientRequest, bytes: Bytes): Promise<void> {
  const { promise: broken, reject } = Promise.withResolvers<never>()
  broken.catch(() => {})
  request.on('error', reject)
  request.on('close', () => reject(new Error('The media host ended the upload.')))
  try {
    for await (const part of spent(bytes)) await Promise.race([written(request, part), broken])
    request.end()
  } catch (error) {
    request.destroy()
    throw error
  }
}

function written(request: ClientRequest, part: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    request.write(part, (error) => (error ? reject(error) : resolve()))
  })
}
