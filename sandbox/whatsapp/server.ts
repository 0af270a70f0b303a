// One loopback port for the clients' WebSocket, the event stream, and the control routes.
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import { makeControlApi } from './control/api.ts'
import { streamEvents } from './event-stream.ts'
import { MEDIA_PATH } from './media/host.ts'
import type { Simulator } from './simulator.ts'

const HOST = '127.0.0.1'
const WEB_SOCKET_PATH = '/ws/chat'

type RunningServer = { port: number; url: string; media: string; root: string }

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

const acceptWebSockets = (server: Server, simulator: Simulator): void => {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`)
    if (pathname !== WEB_SOCKET_PATH) return refuse(socket, '404 Not Found')
    if (simulator.services.faults.takeRefusal(undefined)) return refuse(socket, '503 Service Unavailable')
    const client = searchParams.get('process') ?? undefined
    webSockets.handleUpgrade(request, socket, head, (webSocket) => simulator.connect(webSocket, client))
  })
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, resolve)
  })

/** Longer than any client keeps an idle connection, so that no request meets one that is just being closed. */
const KEEP_ALIVE_MS = 65_000

export const startServer = async (simulator: Simulator, wantedPort: number): Promise<RunningServer> => {
  let where = { url: '', media: '' }
  const control = getRequestListener(makeControlApi(simulator, () => where).fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/events') return streamEvents(simulator.services.happenings, response)
    if (request.url?.startsWith(`${MEDIA_PATH}/`)) {
      if (request.method !== 'POST') return simulator.services.media.serve(request, response)
      // A client that goes away in the middle has uploaded nothing.
      return void simulator.services.uploads.take(request, response).catch(() => response.destroy())
    }
    control(request, response).catch((error: unknown) => {
      simulator.services.violations.record('simulator-fault', String(error))
      response.destroy()
    })
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  acceptWebSockets(server, simulator)
  await listen(server, wantedPort)
  const { port } = server.address() as AddressInfo
  where = { url: `ws://${HOST}:${port}${WEB_SOCKET_PATH}`, media: `http://${HOST}:${port}${MEDIA_PATH}` }
  return { port, ...where, root: Buffer.from(simulator.services.trust.rootPublic).toString('hex') }
}
