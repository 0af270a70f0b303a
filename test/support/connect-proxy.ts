import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** A request that the proxy got. */
export interface Asked {
  readonly target: string
  readonly authorization: string | undefined
}

/** An HTTP proxy that takes CONNECT only, from those who know its password. Every host is this machine. */
export class ConnectProxy {
  readonly asked: Asked[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #credentials: string
  #port = 0

  private constructor(credentials: string) {
    this.#credentials = `Basic ${Buffer.from(credentials).toString('base64')}`
    this.#server = createServer((_, answer) => answer.writeHead(405).end())
    this.#server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => this.#connect(request, socket, head))
  }

  /** @param credentials `user:password` */
  static async start(credentials: string): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(credentials)
    await proxy.open()
    return proxy
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Opens the port, the same as before. */
  async open(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Cuts all connections and takes no more. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #connect(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const authorization = request.headers['proxy-authorization']
    this.asked.push({ target: request.url ?? '', authorization })
    this.#keep(socket)
    if (authorization !== this.#credentials) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const [, port] = (request.url ?? '').split(':')
    const target = connect(Number(port), '127.0.0.1')
    this.#keep(target)
    target.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.write(head)
      socket.pipe(target).pipe(socket)
    })
    target.once('close', () => socket.destroy())
    socket.once('close', () => target.destroy())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
  }
}
