import { createCipheriv, createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Bytes that look random, the same for the same seed. */
export function bytesOf(seed: number, size: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest().subarray(0, 16)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
}

/** A host outside, which gives files by their seed and size. */
export class FileHost implements AsyncDisposable {
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      const [, seed = '', size = ''] = /^\/(\d+)\/(\d+)$/.exec(request.url ?? '') ?? []
      if (size === '') return void response.writeHead(404).end()
      response.end(bytesOf(Number(seed), Number(size)))
    })
  }

  static async start(): Promise<FileHost> {
    const host = new FileHost()
    host.#server.listen(0, '127.0.0.1')
    await once(host.#server, 'listening')
    return host
  }

  url(seed: number, size: number): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${seed}/${size}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
