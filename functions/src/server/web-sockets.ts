import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { isLivePath } from '../app/live-request.ts'
import { type LiveSocket, type LiveSockets, MOST_SAID_BYTES, socketOn } from '../app/live-sockets.ts'

/** Makes WebSockets of requests, of HTTP/1.1 by an upgrade and of HTTP/2 by a `CONNECT` (RFC 8441), once they are admitted. */
export class WebSockets {
  readonly #sockets: Pick<LiveSockets, 'admit' | 'close' | 'destroy'>
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MOST_SAID_BYTES,
  })

  constructor(sockets: Pick<LiveSockets, 'admit' | 'close' | 'destroy'>) {
    this.#sockets = sockets
  }

  isWanted(url: string | undefined, protocol: string | string[] | undefined): boolean {
    return isLivePath(url) && String(protocol).toLowerCase() === 'websocket'
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A caller may go away at any moment.
    socket.on('error', () => {})
    const open = (): LiveSocket | null => {
      let opened: LiveSocket | null = null
      if (!socket.destroyed) this.#server.handleUpgrade(request, socket, head, (one) => (opened = one))
      return opened
    }
    void this.#sockets.admit(request.url ?? '', request.headers, open).then(async (refusal) => {
      if (refusal) socket.end(await asText(refusal))
    })
  }

  connect({ url, headers, stream }: Http2ServerRequest): void {
    stream.on('error', () => {})
    const open = (): LiveSocket | null => {
      if (stream.destroyed) return null
      stream.respond({ ':status': 200 })
      return socketOn(stream, Buffer.alloc(0))
    }
    void this.#sockets.admit(url, headers, open).then(async (refusal) => {
      if (!refusal || stream.destroyed) return
      stream.respond({ ':status': refusal.status, ...Object.fromEntries(refusal.headers) })
      stream.end(await refusal.text())
    })
  }

  close(): void {
    this.#sockets.close()
  }

  destroy(): void {
    this.#sockets.destroy()
  }
}

/** An answer of HTTP/1.1, as text: an upgrade has no object to answer with. */
async function asText(response: Response): Promise<string> {
  const body = await response.text()
  const headers = [...response.headers, ['content-length', String(Buffer.byteLength(body))], ['connection', 'close']]
  const head = headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')
  return `HTTP/1.1 ${response.status} ${response.status === 401 ? 'Unauthorized' : 'Refused'}\r\n${head}\r\n\r\n${body}`
}
