import { Agent, buildConnector, type Dispatcher, request as send } from 'undici'
import { HoldfastError, isHoldfastError, messageOf } from '../../platform/errors.ts'
import type { OutgoingAnswer, OutgoingHttp, OutgoingRequest } from '../../platform/outgoing.ts'
import { connectChecked, type Resolve, settled } from './checked-connection.ts'
import type { MayConnect } from './inside-addresses.ts'

interface Limits {
  /** From the lookup of the name to the last byte of the answer. */
  readonly totalMs: number
  readonly connectMs: number
  readonly answerBytes: number
}

const LIMITS: Limits = { totalMs: 10_000, connectMs: 5000, answerBytes: 64 * 1024 }

const DROPPED_BYTES = 16 * 1024
const DROPPED_WITHIN_MS = 1000

/** Ports below this are of services that speak no HTTP, but for two. */
const FIRST_FREE_PORT = 1024
const WEB_PORTS = [80, 443]

/** HTTP to hosts outside. Each connection is checked, whatever name or form of address led to it. No redirect is followed. */
export class SafeHttp implements OutgoingHttp {
  readonly #agent: Agent
  readonly #limits: Limits

  constructor(options: {
    mayConnect: MayConnect
    limits?: Partial<Limits>
    resolve?: Resolve
    /** Certificates to trust beside the usual ones. */
    ca?: string
  }) {
    this.#limits = { ...LIMITS, ...options.limits }
    this.#agent = new Agent({
      connect: connector(options, this.#limits.connectMs),
      pipelining: 0,
      keepAliveTimeout: 1000,
      maxResponseSize: this.#limits.answerBytes,
    })
  }

  async request({ method, url, headers = {}, body, reads = 'all' }: OutgoingRequest): Promise<OutgoingAnswer> {
    const address = checkedUrl(url)
    try {
      const answer = await send(address, {
        method,
        headers: { 'user-agent': 'Holdfast', ...headers },
        body: body ?? null,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(this.#limits.totalMs),
      })
      const bytes = reads === 'all' ? Buffer.from(await answer.body.arrayBuffer()) : await dropped(answer.body)
      return { status: answer.statusCode, headers: textsOf(answer.headers), body: bytes }
    } catch (error) {
      throw inOurWords(error, address.hostname)
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

/** How both kinds of requests connect. */
export function connector(
  { mayConnect, resolve, ca }: { mayConnect: MayConnect; resolve?: Resolve; ca?: string },
  timeoutMs: number,
): buildConnector.connector {
  const overTls = buildConnector({ timeout: timeoutMs, ...(ca === undefined ? {} : { ca }) })
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    const connection = connectChecked({ host, port, timeoutMs, mayConnect, ...(resolve ? { resolve } : {}) })
    void settled(connection, (error, socket) => {
      if (!socket) done(error ?? new Error('There is no connection.'), null)
      else if (options.protocol === 'https:') overTls({ ...options, httpSocket: socket }, done)
      else done(null, socket)
    })
  }
}

/** @throws HoldfastError `address-refused` for an address that no request may go to, whatever lies there */
export function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw noAddress('The address is none that begins with http:// or https://.')
  if (url.username !== '' || url.password !== '') throw noAddress(`The address at ${url.hostname} has a user name in it.`)
  const port = url.port === '' ? 443 : Number(url.port)
  if (port >= FIRST_FREE_PORT || WEB_PORTS.includes(port)) return url
  throw noAddress(`The port ${port} at ${url.hostname} is not one for HTTP.`)
}

const noAddress = (sentence: string): HoldfastError => new HoldfastError('address-refused', sentence)

/** The errors of a connection name addresses only; its request and answer are not in them. */
export function inOurWords(error: unknown, host: string): HoldfastError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isHoldfastError(cause)) return cause
  return new HoldfastError('no-answer', `${host} gave no whole answer: ${messageOf(error)}`)
}

/** A short body is read to its end, so that the connection can serve again. Nobody waits for a long one, or for one without an end. */
async function dropped(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  await body.dump({ limit: DROPPED_BYTES, signal: AbortSignal.timeout(DROPPED_WITHIN_MS) }).catch(() => body.destroy())
  return Buffer.alloc(0)
}

const textsOf = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]))
