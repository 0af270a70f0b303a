import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Where a probe knocks. */
export interface Target {
  readonly host: string
  readonly port: number
  /**
   * How far the probe goes: until the connection stands, until the server has proved its certificate, or until a server without TLS has
   * answered a request.
   */
  readonly until: 'connected' | 'trusted' | 'answered'
}

/** The target that stands for the address of a WebSocket server. */
export function targetOf(url: URL): Target {
  const isSecure = url.protocol === 'wss:' || url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, until: isSecure ? 'trusted' : 'answered' }
}

/** A host and a port of it. */
export type Address = Omit<Target, 'until'>

/** Reads addresses like `example.org:443` and `[::1]:443`, separated by commas; `none` stands for none. Null when one is wrong. */
export function hostsOf(text: string): readonly Address[] | null {
  if (text.trim() === 'none') return []
  const hosts = text.split(',').map(hostOf)
  const right = hosts.filter((host) => host !== null)
  return right.length === hosts.length ? right : null
}

function hostOf(text: string): Address | null {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/.exec(text.trim()) ?? []
  const host = bracketed ?? plain
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null
  return { host, port: Number(port) }
}

export interface Outcome {
  readonly ok: boolean
  /** Time to the answer, in milliseconds; null when it failed. */
  readonly ms: number | null
  /** A code of the failure, like ECONNREFUSED. No addresses. */
  readonly error: string | null
}

/** Measures some work. Never rejects. */
export async function outcomeOf(work: Promise<unknown>, monotonic: () => number): Promise<Outcome> {
  const startedAt = monotonic()
  try {
    await work
    return { ok: true, ms: Math.round(monotonic() - startedAt), error: null }
  } catch (error) {
    return { ok: false, ms: null, error: codeOf(error) }
  }
}

/** Resolves when the name has an address; at once for an address. The resolver of the system cannot be cancelled, only left. */
export async function resolves(host: string, signal: AbortSignal): Promise<void> {
  if (isIP(host) !== 0) return
  await unlessAborted(lookup(host), signal)
}

/** Connects to the target as far as it says, then closes. Leaves no socket behind, whatever happens. */
export function knock(target: Target, signal: AbortSignal): Promise<void> {
  const { host, port, until } = target
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // A name for the certificate. Addresses have none.
  const options = { host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }
  const socket: Socket = until === 'trusted' ? connectTls(options) : connect({ host, port })
  const onAbort = () => reject(new TimedOut())
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  socket.on('error', reject)
  socket.on('close', () => reject(new Closed()))
  socket.once('secureConnect', resolve)
  socket.once('connect', () => {
    if (until === 'connected') resolve()
    if (until === 'answered') socket.write(`HEAD / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  })
  if (until === 'answered') socket.once('data', () => resolve())
  return promise.finally(() => {
    signal.removeEventListener('abort', onAbort)
    socket.destroy()
  })
}

async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(new TimedOut())
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

class TimedOut extends Error {
  readonly code = 'ETIMEDOUT'
}

class Closed extends Error {
  readonly code = 'ECONNRESET'
}

/** The code of an error. Node collects the errors of several addresses in one. */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: readonly unknown[] }
  if (typeof code === 'string' && code !== '') return code
  return errors && errors.length > 0 ? codeOf(errors[0]) : 'unknown'
}
