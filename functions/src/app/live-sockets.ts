import { wants } from '@holdfast/core/session/webhooks'
import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { findSession } from '../use-cases/find-session.ts'
import { KeyDirectory } from '../use-cases/key-directory.ts'
import { type LiveEnvelope, LiveStreams } from '../use-cases/live-streams.ts'
import type { AuthenticatorOn, Authenticate } from './authentication.ts'
import type { GivenDependencies } from './deadline.ts'
import { withStores } from './deadline.ts'
import { type LiveRequest, readLiveRequest } from './live-request.ts'
import { knowsSession, type Principal } from './principal.ts'
import { problem, problemOf } from './problems.ts'

type LiveDependencies = GivenDependencies & { readonly authenticatorOn: AuthenticatorOn }

/** What a connection to the stream is ended with. */
export const CLOSES = {
  ending: { code: 1001, reason: 'This server is ending. Connect again.' },
  keyRefused: { code: 4001, reason: 'The API key is refused now.' },
  tooSlow: { code: 4008, reason: 'Events came faster than they were read.' },
} as const

/** A caller that has not read so much is too slow. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024

/** Each is pinged so often, and ended when it does not answer until the next time. Proxies end what is silent for a minute. */
const PINGS_EVERY_MS = 25_000

/** The key of each is asked for again so often. */
const CHECKS_EVERY_MS = 5000

/** Callers say nothing here but pings and pongs. */
export const MOST_SAID_BYTES = 4096

export const MOST_SOCKETS = 500

/** A socket as this class uses it. Tests make their own. */
export type LiveSocket = Pick<WebSocket, 'send' | 'ping' | 'close' | 'terminate' | 'bufferedAmount' | 'on'>

/** The stream of events at `/ws`: the envelopes of webhooks, as they happen, at most once. */
export class LiveSockets {
  readonly #dependencies
  readonly #streams: LiveStreams
  readonly #authenticate: Authenticate
  readonly #open = new Set<LiveSocket>()
  #isClosed = false

  constructor({ authenticatorOn, ...given }: LiveDependencies) {
    const stores = { ...given, ...withStores(given) }
    this.#dependencies = stores
    this.#streams = new LiveStreams(stores)
    this.#authenticate = authenticatorOn({ keys: new KeyDirectory(stores), tenants: stores.tenants, clock: given.clock })
  }

  /**
   * Decides whether a request may listen. Then `open` makes the socket.
   *
   * @param open makes the socket; null when the caller has gone
   * @returns null, or what to answer instead
   */
  async admit(url: string, headers: IncomingHttpHeaders, open: () => LiveSocket | null): Promise<Response | null> {
    const { limits, documents, logger } = this.#dependencies
    try {
      const request = readLiveRequest(url, headers)
      const principal = await this.#authenticate(request)
      await limits.admitRequest(principal)
      if (request.session !== null) await findSession(documents, principal, request.session)
      return this.#fullOrClosed() ?? (await this.#serve(request, principal, open))
    } catch (error) {
      const known = problemOf(error)
      if (!known || known.status >= 500) logger.error({ error }, 'Somebody could not be connected to the stream of events.')
      return (known ?? problem('internal-error', 'The log has the cause.')).getResponse()
    }
  }

  /** Ends all, because the server ends. */
  close(): void {
    this.#isClosed = true
    for (const socket of this.#open) socket.close(CLOSES.ending.code, CLOSES.ending.reason)
  }

  /** Ends what has not closed by itself. */
  destroy(): void {
    for (const socket of this.#open) socket.terminate()
  }

  #fullOrClosed(): Response | null {
    if (this.#isClosed) return problem('unavailable', CLOSES.ending.reason).getResponse()
    if (this.#open.size < MOST_SOCKETS) return null
    return problem('rate-limited', 'This server has as many listeners as it can have.').getResponse()
  }

  async #serve(request: LiveRequest, principal: Principal, open: () => LiveSocket | null): Promise<Response | null> {
    const { clock, logger } = this.#dependencies
    const { tenant } = principal
    let socket: LiveSocket | null = null
    const leave = await this.#streams.listen(tenant, (envelope) => {
      if (socket && concerns(request, principal, envelope)) send(socket, envelope)
    })
    // The server may have begun to end meanwhile, and others may have come.
    const refused = this.#fullOrClosed()
    socket = refused ? null : open()
    if (!socket) {
      leave()
      return refused
    }
    const live = socket
    this.#open.add(live)
    const ends = [
      leave,
      clock.every(PINGS_EVERY_MS, pinging(live), 'keep-alive'),
      clock.every(CHECKS_EVERY_MS, () => void this.#check(request, live), 'keep-alive'),
    ]
    live.on('close', () => {
      this.#open.delete(live)
      for (const end of ends) end()
    })
    // A caller that breaks the protocol or goes away ends its own connection only.
    live.on('error', () => {})
    logger.info({ tenant, listeners: this.#open.size }, 'Somebody listens to the stream of events.')
    return null
  }

  /** A key that was revoked hears nothing more. A database that does not answer ends nothing. */
  async #check(request: LiveRequest, socket: LiveSocket): Promise<void> {
    try {
      await this.#authenticate(request)
    } catch (error) {
      const status = problemOf(error)?.status ?? 500
      if (status < 500) socket.close(CLOSES.keyRefused.code, CLOSES.keyRefused.reason)
    }
  }
}

/** Pure: whether a caller asked for an event, and may know of it. */
export const concerns = (
  { session, events }: Pick<LiveRequest, 'session' | 'events'>,
  principal: Pick<Principal, 'tenant' | 'sessions'>,
  { sessionId, event }: Pick<LiveEnvelope, 'sessionId' | 'event'>,
): boolean =>
  knowsSession(principal as Principal, sessionId) &&
  (session === null || sessionId === `${principal.tenant}.${session}`) &&
  wants({ events }, event)

/** Sends an event, or ends the connection of a caller that does not read: nothing may pile up here. */
export function send(socket: LiveSocket, { body }: Pick<LiveEnvelope, 'body'>): void {
  if (socket.bufferedAmount <= MOST_UNREAD_BYTES) return socket.send(body)
  socket.close(CLOSES.tooSlow.code, CLOSES.tooSlow.reason)
}

/** Returns what pings a socket each time, and ends it when the ping before had no answer. */
export function pinging(socket: LiveSocket): () => void {
  let isAlive = true
  socket.on('pong', () => (isAlive = true))
  return () => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }
}

/** The server's side of a WebSocket on a stream whose handshake is over: of HTTP/1.1, or of HTTP/2 (RFC 8441). */
export function socketOn(stream: Duplex, head: Buffer): WebSocket {
  const Server = WebSocket as unknown as new (address: null, protocols: undefined, options: object) => ServerSide
  const options = {
    maxPayload: MOST_SAID_BYTES,
    allowSynchronousEvents: true,
    skipUTF8Validation: false,
    autoPong: true,
    closeTimeout: 30_000,
  }
  const socket = new Server(null, undefined, options)
  socket.setSocket(stream, head, options)
  return socket
}

interface ServerSide extends WebSocket {
  setSocket(stream: Duplex, head: Buffer, options: object): void
}
