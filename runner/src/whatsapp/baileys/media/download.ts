import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import https, { type Agent } from 'node:https'
import { getMediaKeys } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import { release, spent } from '@holdfast/core/platform/release'
import { MediumLost, type Medium } from '../../media.ts'

const MEDIA_HOST = 'mmg.whatsapp.net'
const ORIGIN = 'https://web.whatsapp.com'

/** The end of the names of all hosts that media may come from. */
const HOSTS = '.whatsapp.net'
const MOST_REDIRECTS = 3

/** The time without a byte after which a download is given up. The whole may take as long as it needs. */
const SILENCE_MS = 30_000

const MAC_BYTES = 10

interface Way {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly agent: Agent | null
}

/**
 * Yields the bytes of a medium, decrypted, while they arrive. Baileys' own download neither checks the MAC nor the hashes, and a
 * break in the middle ends the process. Here each of these is an error of this function, at the latest at the end.
 */
export async function* downloadMedium(medium: Medium, way: Way): AsyncGenerator<Buffer> {
  const { mediaKey } = medium
  yield* mediaKey ? decrypted({ ...medium, mediaKey }, way) : inClear(medium, way)
}

/** The bytes of a file of a channel. */
async function* inClear(medium: Medium, way: Way): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const part of arriving(medium.directPath, way)) {
    hash.update(part)
    yield Buffer.from(part.buffer, part.byteOffset, part.byteLength)
  }
  assertSame(medium.fileSha256, hash.digest())
}

async function* decrypted(medium: Medium & { readonly mediaKey: Uint8Array }, way: Way): AsyncGenerator<Buffer> {
  const { iv, cipherKey, macKey } = await getMediaKeys(medium.mediaKey, medium.kind)
  if (!macKey) throw new Error('A medium without a key for its MAC.')
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv)
  const mac = createHmac('sha256', macKey).update(iv)
  const [ofSealed, ofPlain] = [createHash('sha256'), createHash('sha256')]
  // The last bytes are the MAC, and only the end shows which are the last.
  let tail: Buffer = Buffer.alloc(0)
  for await (const part of spent(arriving(medium.directPath, way))) {
    ofSealed.update(part)
    const known = Buffer.concat([tail, part])
    const ciphertext = known.subarray(0, Math.max(0, known.length - MAC_BYTES))
    tail = Buffer.from(known.subarray(ciphertext.length))
    mac.update(ciphertext)
    const plain = decipher.update(ciphertext)
    release(known)
    ofPlain.update(plain)
    if (plain.length > 0) yield plain
  }
  assertSame(tail, mac.digest().subarray(0, MAC_BYTES))
  assertSame(medium.fileEncSha256, ofSealed.digest())
  const last = finalOf(decipher)
  assertSame(medium.fileSha256, ofPlain.update(last).digest())
  if (last.length > 0) yield last
}

function finalOf(decipher: ReturnType<typeof createDecipheriv>): Buffer {
  try {
    return decipher.final()
  } catch (cause) {
    throw new MediumLost('damaged', { cause })
  }
}

/** A hash that the sender left out is not checked. The MAC always is, and a file in clear has its hash. */
function assertSame(expected: Uint8Array | null, found: Buffer): void {
  if (expected && (expected.length !== found.length || !timingSafeEqual(expected, found))) throw new MediumLost('damaged')
}

/** The bytes of a file at WhatsApp, as they arrive. */
async function* arriving(directPath: string, { clock, signal, agent }: Way): AsyncGenerator<Uint8Array> {
  const late = new AbortController()
  let stopWaiting = (): void => {}
  const wait = (): void => {
    stopWaiting()
    stopWaiting = clock.after(
      SILENCE_MS,
      () => late.abort(new Error('The download has come to a standstill.')),
      'media-downloads',
    )
  }
  try {
    wait()
    const url = new URL(directPath, `https://${MEDIA_HOST}`)
    // A path of a stranger must not lead to another host.
    if (url.origin !== `https://${MEDIA_HOST}`) throw new MediumLost('damaged')
    const response = await answerOf(url, agent, AbortSignal.any([signal, late.signal]))
    const { statusCode } = response
    if (statusCode === 404 || statusCode === 410) throw new MediumLost('gone')
    if (statusCode !== 200) throw new Error(`WhatsApp's media host answered ${statusCode}.`)
    for await (const part of response) {
      wait()
      yield part as Buffer
    }
  } finally {
    stopWaiting()
    late.abort()
  }
}

/** The answer of WhatsApp's media host. A redirect is followed to a host of WhatsApp only. */
async function answerOf(first: URL, agent: Agent | null, signal: AbortSignal): Promise<IncomingMessage> {
  let url = first
  for (let step = 0; step <= MOST_REDIRECTS; step++) {
    const response = await get(url, agent, signal)
    const { statusCode = 0, headers } = response
    if (headers.location === undefined || statusCode < 300 || statusCode > 399) return response
    response.destroy()
    url = new URL(headers.location, url)
    if (url.protocol !== 'https:' || !url.hostname.endsWith(HOSTS)) throw new Error("WhatsApp's media host leads elsewhere.")
  }
  throw new Error("WhatsApp's media host redirects too often.")
}

/** Begins a request whose body nobody has but the reader. `fetch` would leave a copy of each byte to the garbage collector. */
function get(url: URL, agent: Agent | null, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = https.request(url, { headers: { Origin: ORIGIN }, signal, ...(agent ? { agent } : {}) })
  request.on('socket', (socket) => {
    // Node's parser has copied what it passes on by then.
    socket.on('data', release)
    request.on('close', () => socket.off('data', release))
  })
  request.on('response', resolve).on('error', reject).end()
  return promise
}
