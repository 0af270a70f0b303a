import { Agent, request as send, type Dispatcher } from 'undici'
import { HoldfastError } from '../../platform/errors.ts'
import type { Bytes } from '../../platform/object-streams.ts'
import type { Resolve } from './checked-connection.ts'
import { checkedUrl, connector, inOurWords } from './http.ts'
import type { MayConnect } from './inside-addresses.ts'

interface Limits {
  /** From the lookup of the first name to the last byte. */
  readonly totalMs: number
  readonly connectMs: number
  /** Without a byte. */
  readonly silenceMs: number
  readonly bytes: number
  readonly redirects: number
}

const MIB = 1024 * 1024

const LIMITS: Limits = { totalMs: 300_000, connectMs: 5000, silenceMs: 20_000, bytes: 100 * MIB, redirects: 5 }

const MOVED: readonly number[] = [301, 302, 303, 307, 308]

/** Answers after which the same request may succeed. */
const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429

/** Downloads files of hosts outside. Each connection is checked, those of redirects too. */
export class SafeDownloads {
  readonly #agent: Agent
  readonly #limits: Limits

  constructor(options: { mayConnect: MayConnect; limits?: Partial<Limits>; resolve?: Resolve; ca?: string }) {
    this.#limits = { ...LIMITS, ...options.limits }
    this.#agent = new Agent({
      connect: connector(options, this.#limits.connectMs),
      pipelining: 0,
      keepAliveTimeout: 1000,
      bodyTimeout: this.#limits.silenceMs,
      headersTimeout: this.#limits.silenceMs,
      maxResponseSize: this.#limits.bytes,
    })
  }

  /**
   * Begins a download. The bytes come with all limits, and end with an error when one is passed.
   *
   * @throws HoldfastError `address-refused`; `cannot-use-media` when the host says that it gives no such file, or one too large;
   *   `no-answer` when another attempt may succeed
   */
  async open(url: string): Promise<{ readonly bytes: Bytes }> {
    const signal = AbortSignal.timeout(this.#limits.totalMs)
    let address = checkedUrl(url)
    for (let step = 0; step <= this.#limits.redirects; step++) {
      const answer = await this.#ask(address, signal)
      const { location } = answer.headers
      if (!MOVED.includes(answer.statusCode) || typeof location !== 'string') return this.#bytesOf(answer, address.hostname)
      await answer.body.dump().catch(() => {})
      address = checkedUrl(URL.canParse(location, address.href) ? new URL(location, address).href : location)
    }
    throw new HoldfastError('cannot-use-media', `${address.hostname} redirects too often.`)
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #ask(address: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await send(address, { method: 'GET', headers: { 'user-agent': 'Holdfast' }, dispatcher: this.#agent, signal })
    } catch (error) {
      throw inOurWords(error, address.hostname)
    }
  }

  async #bytesOf({ statusCode, headers, body }: Dispatcher.ResponseData, host: string): Promise<{ readonly bytes: Bytes }> {
    const { bytes: most } = this.#limits
    const isTooLarge = Number(headers['content-length'] ?? 0) > most
    if (statusCode === 200 && !isTooLarge) return { bytes: arriving(body, host, most) }
    await body.dump().catch(() => {})
    if (isTooLarge) throw new HoldfastError('cannot-use-media', `The file at ${host} has more than ${most} bytes.`)
    const sentence = `${host} answered ${statusCode} instead of the file.`
    throw new HoldfastError(isPassing(statusCode) ? 'no-answer' : 'cannot-use-media', sentence)
  }
}

async function* arriving(body: Bytes, host: string, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const part of body) {
      bytes += part.length
      if (bytes > most) throw new HoldfastError('cannot-use-media', `The file at ${host} has more than ${most} bytes.`)
      yield part
    }
  } catch (error) {
    throw inOurWords(error, host)
  }
}
