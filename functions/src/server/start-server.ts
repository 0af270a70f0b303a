import { getRequestListener } from '@hono/node-server'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { type AppDependencies, createApp } from '../app/app.ts'
import { LiveSockets } from '../app/live-sockets.ts'
import { problem } from '../app/problems.ts'
import { HttpServer } from './http-server.ts'
import { WebSockets } from './web-sockets.ts'

export interface ServerOptions extends Omit<AppDependencies, 'host' | 'ending'> {
  /** 0 takes a free port. */
  readonly port: number
  /** Time within which a request has to arrive whole. */
  readonly requestWithinMs: number
}

export interface RunningServer {
  readonly port: number
  /** Number of requests that are not answered yet. */
  readonly underWay: number
  /** Refuses new requests, lets those under way finish, and closes every connection. Resolves with the number of requests cut off. */
  close(deadline: Deadline): Promise<number>
}

/**
 * Starts the API as a server. It answers `GET /live` while the process works, and `GET /ready` until it ends. Rejects when the port is
 * taken.
 */
export async function startServer({ port, requestWithinMs, ...dependencies }: ServerOptions): Promise<RunningServer> {
  const ending = new AbortController()
  const app = createApp({ ...dependencies, host: { type: 'server' }, ending: ending.signal })
  const answer = (request: Request): Response | Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (request.method === 'GET' && pathname === '/live') return probed(200, 'ok')
    if (request.method === 'GET' && pathname === '/ready') return server.isLeaving ? probed(503, 'leaving') : probed(200, 'ok')
    return server.isLeaving ? refused() : app.fetch(request)
  }
  const listener = getRequestListener(answer, { overrideGlobalObjects: false, errorHandler: malformed })
  const webSockets = new WebSockets(new LiveSockets(dependencies))
  const { clock } = dependencies
  const server: HttpServer = await HttpServer.listen({ port, listener, clock, requestWithinMs, webSockets })
  return {
    get port() {
      return server.port
    },
    get underWay() {
      return server.underWay
    },
    close(deadline) {
      // Streams of events have no other end.
      ending.abort()
      return server.close(deadline)
    },
  }
}

const probed = (code: number, status: string): Response =>
  Response.json({ status }, { status: code, headers: { 'Cache-Control': 'no-store' } })

const refused = (): Response =>
  problem('unavailable', 'This server is ending. Send the request again.', { headers: { 'Retry-After': '1' } }).getResponse()

/** Answers what is no request that the app could see: without a host, or with an address that is none. */
const malformed = (): Response => problem('bad-request', 'The address of the request is not valid.').getResponse()
