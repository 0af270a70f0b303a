import { connect, type Socket } from 'node:net'
import { Lane } from './lane.ts'

/** The behaviour of the network for one connection. */
export type Conduct =
  | { how: 'pass' }
  /** Dead for good: the client hears nothing any more, not even a close, and the server does not hear the client. */
  | { how: 'hang' }
  /** Everything stops and continues with the next behaviour: requests from before take effect late. */
  | { how: 'freeze' }
  | { how: 'slow'; delayMs: number }
  /** Resets the connection in the middle of a response, after so many more bytes of it. */
  | { how: 'cut'; afterBytes: number }

interface ProxiedOptions {
  client: Socket
  upstreamPort: number
  conduct: Conduct
  onCut: () => void
  onClose: () => void
}

/** A client's connection to the proxy and the proxy's connection to the server. */
export class ProxiedConnection {
  readonly #client: Socket
  readonly #server: Socket
  readonly #toServer: Lane
  readonly #toClient: Lane
  readonly #onCut: () => void
  #conduct: Conduct
  #dead = false

  constructor({ client, upstreamPort, conduct, onCut, onClose }: ProxiedOptions) {
    this.#client = client
    this.#server = connect({ port: upstreamPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    this.#toServer = new Lane(client, this.#server)
    this.#toClient = new Lane(this.#server, client)
    this.#conduct = conduct
    this.#onCut = onCut
    client.setNoDelay(true)
    client.on('data', (chunk) => this.#fromClient(chunk))
    client.on('end', () => (this.#dead ? client.end() : this.#toServer.end()))
    this.#server.on('data', (chunk) => this.#fromServer(chunk))
    this.#server.on('end', () => this.#dead || this.#toClient.end())
    // 'close' tells the other side.
    client.on('error', () => {})
    this.#server.on('error', () => {})
    client.on('close', (failed) => {
      this.#toClient.close()
      if (failed || this.#dead) this.#server.resetAndDestroy()
      else this.#toServer.end()
      onClose()
    })
    this.#server.on('close', (failed) => {
      if (this.#dead) return
      if (failed) this.reset()
      else this.#toClient.end()
    })
    this.behave(conduct)
  }

  behave(conduct: Conduct): void {
    if (this.#dead) return
    this.#conduct = conduct
    if (conduct.how === 'hang') return this.#die()
    for (const lane of [this.#toServer, this.#toClient]) {
      lane.delayBy(conduct.how === 'slow' ? conduct.delayMs : 0)
      lane.freeze(conduct.how === 'freeze')
    }
  }

  /** Ends the connection with an error on both sides. */
  reset(): void {
    this.#stopLanes()
    this.#client.resetAndDestroy()
    this.#server.resetAndDestroy()
  }

  #die(): void {
    this.#dead = true
    this.#stopLanes()
    // Reads and discards bytes, so that the client's system believes in a live server.
    this.#client.resume()
    this.#server.resume()
  }

  #stopLanes(): void {
    this.#toServer.close()
    this.#toClient.close()
  }

  #fromClient(chunk: Buffer): void {
    if (!this.#dead) this.#toServer.push(chunk)
  }

  #fromServer(chunk: Buffer): void {
    if (this.#dead) return
    if (this.#conduct.how !== 'cut') return this.#toClient.push(chunk)
    const left = this.#conduct.afterBytes
    if (chunk.length < left) {
      this.#conduct = { how: 'cut', afterBytes: left - chunk.length }
      return this.#toClient.push(chunk)
    }
    this.#dead = true
    this.#onCut()
    // Lets the bytes before the cut arrive.
    this.#client.write(chunk.subarray(0, left), () => this.reset())
  }
}
