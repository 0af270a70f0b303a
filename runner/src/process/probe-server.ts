import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Probes {
  /** Each returns null when all is well, or a sentence that says why not. */
  readonly startup: () => string | null
  readonly live: () => string | null
}

/** Limits for a probe, which is one short request. */
const REQUEST_WITHIN_MS = 5000
const MOST_CONNECTIONS = 50
const MOST_HEADER_BYTES = 4096

/** Answers the platform's probes, `GET /startup` and `GET /live`. The runner listens to nothing else. */
export class ProbeServer {
  readonly port: number
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  /** Listens on all interfaces. Port 0 takes a free port. Rejects when the port is taken. */
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
