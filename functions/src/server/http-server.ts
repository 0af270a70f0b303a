import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { Clock } from '@holdfast/core/platform/ports'
import { firstBytes } from './first-bytes.ts'
import { Http2Sessions } from './http2-sessions.ts'
import type { WebSockets } from './web-sockets.ts'

/** Serves a request of either protocol. */
type Listener = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void | Promise<void>

interface HttpServerOptions {
  /** 0 takes a free port. */
  readonly port: number
  readonly listener: Listener
  readonly clock: Clock
  /** Time within which a request has to arrive whole. */
  readonly requestWithinMs: number
  /** Takes connections that become WebSockets. Without it there are none. */
  readonly webSockets?: WebSockets
  /** Time within which the head of a request has to arrive, from the first byte or the connection on. */
  readonly headersWithinMs?: number
}

const HEADERS_WITHIN_MS = 10_000
/** Longer than a reverse proxy keeps an idle connection (nginx 60 s, Caddy 120 s), so that no request meets a connection that is closing. */
const IDLE_WITHIN_MS = 130_000
const MOST_HEADER_BYTES = 16 * 1024
const MOST_STREAMS = 250
const MOST_CONNECTIONS = 2000
/**
 * Requests of one connection of HTTP/1.1 at the same time. Node takes all that come in one piece, hundreds in a packet, and keeps each answer
 * until the client has read the ones before.
 */
const MOST_PIPELINED = 32

/** Speaks HTTP/1.1, and HTTP/2 without TLS by prior knowledge, on one port. Whatever stands in front of it speaks TLS. */
export class HttpServer {
  readonly #server: Server
  readonly #http2: Http2Server
  readonly #sessions: Http2Sessions
  readonly #webSockets: WebSockets | undefined
  /** Connections of which no byte has said the protocol yet. */
  readonly #undecided = new Set<Socket>()
  readonly #responses = new Set<ServerResponse | Http2ServerResponse>()
  /** Number of requests of each connection of HTTP/1.1 that are not answered yet. */
  readonly #pipelined = new WeakMap<Socket, number>()
  #isLeaving = false

  private constructor({ listener, clock, requestWithinMs, headersWithinMs = HEADERS_WITHIN_MS, webSockets }: HttpServerOptions) {
    const serve = (request: Parameters<Listener>[0], response: Parameters<Listener>[1]): void => {
      this.#responses.add(response)
      response.once('close', () => this.#responses.delete(response))
      if (this.#isLeaving) endConnectionWith(response)
      void listener(request, response)
    }
    const limits = {
      requestTimeout: requestWithinMs,
      headersTimeout: Math.min(headersWithinMs, requestWithinMs),
      connectionsCheckingInterval: 1000,
    }
    const options = {
      ...limits,
      maxHeaderSize: MOST_HEADER_BYTES,
      keepAliveTimeout: IDLE_WITHIN_MS,
      shouldUpgradeCallback: (request: IncomingMessage) => webSockets?.isWanted(request.url, request.headers.upgrade) ?? false,
    }
    this.#server = createServer(options, (request, response) => {
      if (this.#isTaken(request, response)) serve(request, response)
    })
    this.#server.setTimeout(IDLE_WITHIN_MS)
    this.#server.maxConnections = MOST_CONNECTIONS
    this.#http2 = createHttp2Server(
      {
        settings: {
          maxConcurrentStreams: MOST_STREAMS,
          maxHeaderListSize: MOST_HEADER_BYTES,
          enableConnectProtocol: webSockets !== undefined,
        },
      },
      (request, response) => {
        this.#sessions.limit(request, requestWithinMs)
        serve(request, response)
      },
    )
    this.#webSockets = webSockets
    this.#server.on('upgrade', (request, socket, head) => webSockets?.upgrade(request, socket, head))
    this.#http2.on('connect', (request: Http2ServerRequest, response: Http2ServerResponse) => {
      if (webSockets?.isWanted(request.url, request.headers[':protocol'])) webSockets.connect(request)
      else response.writeHead(501).end()
    })
    this.#sessions = new Http2Sessions(this.#http2, { clock, headersWithinMs, idleWithinMs: IDLE_WITHIN_MS })
    this.#divide(headersWithinMs)
  }

  /** Listens on all interfaces. Rejects when the port is taken. */
  static async listen(options: HttpServerOptions): Promise<HttpServer> {
    const server = new HttpServer(options)
    server.#server.listen(options.port)
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /** Number of requests that are not answered yet. */
  get underWay(): number {
    return this.#responses.size
  }

  /**
   * Takes no new connection, lets the requests under way finish, and closes each connection behind its last one. Cuts off at the deadline
   * what is left then, and resolves with the number of requests among that.
   */
  async close(deadline: Deadline): Promise<number> {
    this.#isLeaving = true
    this.#webSockets?.close()
    const closed = new Promise<boolean>((resolve) => this.#server.close(() => resolve(true)))
    for (const response of this.#responses) endConnectionWith(response)
    for (const socket of this.#undecided) socket.destroy()
    this.#sessions.close()
    if (await deadline.wait(closed)) return 0
    const cut = this.underWay
    this.#webSockets?.destroy()
    this.#server.closeAllConnections()
    this.#sessions.destroy()
    await closed
    return cut
  }

  /**
   * Decides whether a request of HTTP/1.1 is served. The last one that a connection may have says that it ends there, so that the client sends
   * the ones behind it again.
   */
  #isTaken({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const before = this.#pipelined.get(socket) ?? 0
    if (before === MOST_PIPELINED) return false
    this.#pipelined.set(socket, before + 1)
    if (before + 1 === MOST_PIPELINED) response.setHeader('Connection', 'close')
    response.once('close', () => {
      const now = this.#pipelined.get(socket) ?? 0
      if (now < MOST_PIPELINED) this.#pipelined.set(socket, now - 1)
    })
    return true
  }

  /**
   * Hands each connection to the server of its protocol. The server of HTTP/1.1 is the one that listens, because it watches the time of its requests
   * only then.
   */
  #divide(withinMs: number): void {
    const [serveHttp1] = this.#server.listeners('connection')
    this.#server.removeAllListeners('connection')
    this.#server.on('connection', (socket: Socket) => {
      this.#undecided.add(socket)
      firstBytes(socket, withinMs, (protocol) => {
        this.#undecided.delete(socket)
        if (protocol === 'http/2') this.#http2.emit('connection', socket)
        else if (protocol === 'http/1.1') serveHttp1?.call(this.#server, socket)
      })
    })
  }
}

/** Lets a connection of HTTP/1.1 end behind this response. A session of HTTP/2 ends by itself when it is told to. */
function endConnectionWith(response: ServerResponse | Http2ServerResponse): void {
  if (response.req.httpVersionMajor === 2) return
  if (!response.headersSent) response.setHeader('Connection', 'close')
  // Node takes the socket from the response before it tells that it has finished.
  const { socket } = response
  response.once('finish', () => socket?.end())
}
