import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Probes {
  /** Each gives null when all is well, or in a sentence why not. */
  readonly startup: () => string | null
  readonly live: () => string | null
}

/** Whoever probes asks in one short request. */
const REQUEST_WITHIN_MS = 5000
const MOST_CONNECTIONS = 50
const MOST_HEADER_BYTES = 4096

/** Answers the probes of the platform, `GET /startup` and `GET /live`, and nothing else: the runner listens to nobody otherwise. */
export class ProbeServer {
  readonly port: number
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  /** On all interfaces. Port 0 takes a free one. Rejects when the port is taken. */
  static async listen(port: number, probes: Probes): Promise<ProbeServer> {
    const limits = { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS, maxHeaderSize: MOST_HEADER_BYTES }
    const server = createServer(limits, answering(probes))
    server.maxConnections = MOST_CONNECTIONS
    server.listen(port)
    await once(server, 'listening')
    return new ProbeServer(server)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }
}

function answering({ startup, live }: Probes): RequestListener {
  const probes = new Map([
    ['GET /startup', startup],
    ['GET /live', live],
  ])
  return ({ method, url }, response) => {
    const probe = probes.get(`${method} ${url}`)
    const reason = probe ? probe() : null
    const [code, status] = !probe ? [404, 'not-found'] : reason === null ? [200, 'ok'] : [503, 'unavailable']
    response.writeHead(code, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Connection: 'close' })
    response.end(JSON.stringify({ status, ...(reason === null ? {} : { reason }) }))
  }
}
