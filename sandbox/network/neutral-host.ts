import { createServer, type Server, type Socket } from 'node:net'

/** A host that belongs to neither WhatsApp nor Google. It accepts connections and says nothing. */
export class NeutralHost {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
      socket.resume()
    })
    // It must not keep a process alive that has nothing else to do.
    this.#server.unref()
  }

  static async start(): Promise<NeutralHost> {
    const host = new NeutralHost()
    await new Promise<void>((resolve, reject) => {
      host.#server.once('error', reject)
      host.#server.listen(0, '127.0.0.1', resolve)
    })
    return host
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
