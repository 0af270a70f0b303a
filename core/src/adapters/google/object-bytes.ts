import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Bucket } from '@google-cloud/storage'
import { EnvHttpProxyAgent, type Dispatcher } from 'undici'
import { type BackoffSchedule, backoffMs } from '../../platform/backoff.ts'
import { Crc32c } from '../../platform/crc32c.ts'
import type { ByteRange, Bytes } from '../../platform/object-streams.ts'
import type { Clock, Random } from '../../platform/ports.ts'
import { release } from '../../platform/release.ts'

/** The time without progress after which a request is given up. The bytes to store may take their time to come. */
const SILENCE_MS = 20_000
/** Whoever reads waits 20 s for each piece. A read that is silent breaks off early enough to go on, twice, within that time. */
const READ_SILENCE_MS = 8000
const CONNECT_MS = 10_000
const READ_CONNECT_MS = 5000

/** Attempts at a part of which nothing has come yet, as Google's client makes. */
const ATTEMPTS = 4
const BETWEEN_ATTEMPTS: BackoffSchedule = { firstMs: 1000, limitMs: 4000 }

/**
 * More than what a socket of undici takes before it asks for patience (64 KiB). So undici asks for the next piece only when this one
 * has left the process, and both can lie in the same memory.
 */
const PIECE_BYTES = 128 * 1024

const limits = (silenceMs: number, connectMs: number) => ({
  headersTimeout: silenceMs,
  bodyTimeout: silenceMs,
  connect: { timeout: connectMs },
  allowH2: false,
})

interface Options {
  readonly bucket: Bucket
  readonly clock: Clock
  readonly random: Random
  readonly silenceMs?: number
  readonly readSilenceMs?: number
}

/** An answer of Cloud Storage that is no success. */
class Refusal extends Error {
  /** The status, under the name that it has in errors of Google's client. */
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const mayPass = (error: unknown): boolean =>
  !(error instanceof Refusal) || error.code >= 500 || error.code === 408 || error.code === 429

/**
 * Moves the bytes of large objects by the JSON API itself. Google's client leaves each byte behind several times, and the garbage
 * collector lets tens of MiB of that gather. Here the bytes to store pass through one piece of memory, and those that are read lie in
 * buffers of their own, which the reader can `release`. Endpoint and credentials are those of Google's client.
 */
export class ObjectBytes {
  readonly #bucket: Bucket
  readonly #clock: Clock
  readonly #random: Random
  readonly #reads: Dispatcher
  /** Each upload has a connection of its own: an old one may have ended, and the bytes cannot be had twice. */
  readonly #uploads: Dispatcher

  constructor({ bucket, clock, random, silenceMs = SILENCE_MS, readSilenceMs = READ_SILENCE_MS }: Options) {
    this.#bucket = bucket
    this.#clock = clock
    this.#random = random
    this.#reads = new EnvHttpProxyAgent(limits(readSilenceMs, READ_CONNECT_MS))
    this.#uploads = new EnvHttpProxyAgent({ ...limits(silenceMs, CONNECT_MS), pipelining: 0 })
  }

  /** Creates the object. When `bytes` throws there is none. Releases the parts of `bytes`. */
  async create(name: string, bytes: Bytes): Promise<void> {
    const checksum = new Crc32c()
    const { body } = await this.#ask(this.#uploads, {
      method: 'POST',
      path: `/upload/storage/v1/b/${encodeURIComponent(this.#bucket.name)}/o`,
      query: { uploadType: 'media', name, ifGenerationMatch: '0', fields: 'crc32c,generation' },
      headers: { 'content-type': 'application/octet-stream' },
      // One request that ends with the bytes: a broken one leaves nothing behind.
      body: throughOneMemory(bytes, (piece) => checksum.update(piece)),
    })
    const { crc32c, generation } = (await body.json()) as { crc32c?: string; generation?: string }
    if (crc32c === checksum.toString()) return
    await this.#bucket.file(name).delete({ ignoreNotFound: true, ...(generation ? { ifGenerationMatch: generation } : {}) })
    throw new Error(`Cloud Storage got other bytes than were sent for ${name}, which is removed.`)
  }

  /**
   * The bytes of a part, which goes on where a download broke off, because a client that was sent the first bytes can only be cut off.
   * `onRequest` is called before each request.
   */
  async *read(name: string, { start, end }: ByteRange, onRequest: () => void): AsyncGenerator<Buffer> {
    let at = start
    let failures = 0
    while (at < end) {
      const from = at
      try {
        onRequest()
        for await (const some of await this.#part(name, { start: from, end })) {
          at += some.length
          yield some
        }
        // A part that brings nothing is the end of what there is.
        if (at === from) return
      } catch (error) {
        failures = at === from ? failures + 1 : 0
        if (failures >= ATTEMPTS || !mayPass(error)) throw error
        if (failures > 0) await this.#clock.sleep(backoffMs(BETWEEN_ATTEMPTS, failures, this.#random), 'media')
      }
    }
  }

  /** Nothing checks the bytes: Google has a checksum of the whole object only, and what is sealed notices by itself. */
  async #part(name: string, { start, end }: ByteRange): Promise<AsyncIterable<Buffer>> {
    const { statusCode, body } = await this.#ask(this.#reads, {
      method: 'GET',
      path: `/storage/v1/b/${encodeURIComponent(this.#bucket.name)}/o/${encodeURIComponent(name)}`,
      query: { alt: 'media' },
      headers: { range: `bytes=${start}-${end - 1}` },
    })
    if (statusCode === 206) return body as AsyncIterable<Buffer>
    await body.dump()
    throw new Error(`Cloud Storage answered ${statusCode} instead of a part of ${name}.`)
  }

  /** A token that is refused is renewed. A request without bytes is then made again; bytes cannot be had twice, and go with the next one. */
  async #ask(agent: Dispatcher, request: Request): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#askOnce(agent, request)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 401 || this.#bucket.storage.customEndpoint) throw error
      await renewToken(this.#bucket.storage.authClient)
      if (request.body) throw error
      return await this.#askOnce(agent, request)
    }
  }

  async #askOnce(agent: Dispatcher, { headers, body, ...request }: Request): Promise<Dispatcher.ResponseData> {
    const { apiEndpoint: origin, customEndpoint, authClient } = this.#bucket.storage
    // A stand-in wants no credentials, and must not get any.
    const credentials = customEndpoint ? [] : await authClient.getRequestHeaders(`${origin}${request.path}`)
    const answer = await agent.request({
      origin,
      ...request,
      headers: { 'user-agent': 'Holdfast', ...Object.fromEntries(credentials), ...headers },
      // Undici takes iterables as well, which its types leave out. Of streams it would not wait for each piece.
      body: (body ?? null) as unknown as Readable | null,
    })
    if (answer.statusCode < 300) return answer
    throw new Refusal(answer.statusCode, sentenceOf(await text(answer.body), answer.statusCode))
  }
}

/** Lets the token expire, so that the next request asks for another one. Google's client does the same after a 401. */
async function renewToken(auth: Pick<Bucket['storage']['authClient'], 'getClient'>): Promise<void> {
  const client = await auth.getClient()
  client.setCredentials({ ...client.credentials, expiry_date: 1 })
}

interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: AsyncIterable<Uint8Array>
}

/** The pieces of a stream, which lie in the same memory, one after the other. */
async function* throughOneMemory(bytes: Bytes, onPiece: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  const memory = Buffer.allocUnsafeSlow(PIECE_BYTES)
  let held = 0
  for await (const part of bytes) {
    for (let rest = part; rest.length > 0;) {
      const some = rest.subarray(0, PIECE_BYTES - held)
      memory.set(some, held)
      held += some.length
      rest = rest.subarray(some.length)
      if (held < PIECE_BYTES) continue
      onPiece(memory)
      yield memory
      held = 0
    }
    release(part)
  }
  const last = memory.subarray(0, held)
  onPiece(last)
  if (held > 0) yield last
}

/** What the answer says went wrong: JSON, or text for an answer that was to be bytes. */
function sentenceOf(body: string, status: number): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } }
    if (typeof error?.message === 'string') return error.message
  } catch {
    // No JSON.
  }
  return body === '' ? `Cloud Storage answered ${status}.` : body.slice(0, 500)
}
