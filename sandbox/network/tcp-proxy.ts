import { createServer, type Server, type Socket } from 'node:net'
import { SeededRandom } from './seeded-random.ts'
import { ProxiedConnection, type Conduct } from './proxied-connection.ts'

/** The behaviour of the network between a client and a server. */
export type ProxyMode =
  | Extract<Conduct, { how: 'pass' | 'freeze' | 'hang' | 'slow' }>
  /** Nothing listens, and every connection is reset. */
  | { how: 'refuse' }
  /** Every connection dies in the middle of a response, each after a random number of bytes. */
  | { how: 'cut'; seed: number; leastBytes: number; mostBytes: number }

const PASS = { how: 'pass' } as const

/** A loopback port that leads to another one, through a network that a test can make bad. */
export class TcpProxy {
  readonly port: number
  readonly #upstreamPort: number
  readonly #server: Server
  readonly #connections = new Set<ProxiedConnection>()
  #mode: ProxyMode = PASS
  #random = new SeededRandom(0)
  #accepted = 0
  #cut = 0

  private constructor(port: number, upstreamPort: number) {
    this.port = port
    this.#upstreamPort = upstreamPort
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client))
  }

  static async start(port: number, upstreamPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port, upstreamPort)
    await proxy.#listen()
    return proxy
  }

  get mode(): ProxyMode {
    return this.#mode
  }

  /** Counts of connections: accepted ever, cut by `cut`, open now. */
  get counts(): { accepted: number; cut: number; open: number } {
    return { accepted: this.#accepted, cut: this.#cut, open: this.#connections.size }
  }

  /** Changes the mode, also of open connections. A connection that hung stays dead; others continue in the new mode. */
  async change(mode: ProxyMode): Promise<void> {
    if (mode.how === 'refuse') return await this.#refuse()
    this.#mode = mode
    if (mode.how === 'cut') this.#random = new SeededRandom(mode.seed)
    for (const connection of this.#connections) connection.behave(this.#conduct() ?? PASS)
    if (!this.#server.listening) await this.#listen()
  }

  async close(): Promise<void> {
    await this.#refuse()
  }

  #accept(client: Socket): void {
    const conduct = this.#conduct()
    // A connection may still come in between the decision to refuse and the end of listening.
    if (conduct === null) return void client.resetAndDestroy()
    this.#accepted++
    const connection = new ProxiedConnection({
      client,
      upstreamPort: this.#upstreamPort,
      conduct,
      onCut: () => this.#cut++,
      onClose: () => this.#connections.delete(connection),
    })
    this.#connections.add(connection)
  }

  /** The behaviour of the next connection; null when there is to be none. */
  #conduct(): Conduct | null {
    const mode = this.#mode
    if (mode.how === 'refuse') return null
    if (mode.how !== 'cut') return mode
    return { how: 'cut', afterBytes: Math.floor(this.#random.between(mode.leastBytes, mode.mostBytes)) }
  }

  async #refuse(): Promise<void> {
    this.#mode = { how: 'refuse' }
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.#connections) connection.reset()
    await closed
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }
}
