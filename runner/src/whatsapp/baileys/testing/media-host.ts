import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import http, { createServer, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { getMediaKeys, type proto } from '@whiskeysockets/baileys'

type Answer = (response: ServerResponse) => void

/** Stands in for WhatsApp's media host in this process. It serves files by path, or the answer that a test sets. */
export class MediaHost implements AsyncDisposable {
  readonly #answers = new Map<string, Answer>()
  readonly #server = createServer((request, response) => {
    const answer = this.#answers.get(request.url ?? '')
    if (answer) answer(response)
    else response.writeHead(404).end()
  })
  readonly #fetch = globalThis.fetch
  readonly #request = https.request

  static async start(): Promise<MediaHost> {
    const host = new MediaHost()
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve))
    const { port } = host.#server.address() as AddressInfo
    const { fetch } = globalThis
    const here = (url: URL): string => `http://127.0.0.1:${port}${url.pathname}`
    globalThis.fetch = (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      return fetch(url.hostname === 'mmg.whatsapp.net' ? here(url) : input, init)
    }
    https.request = ((url: URL, options: https.RequestOptions) => http.request(here(url), options)) as typeof https.request
    return host
  }

  /** Sets the answer to all further requests for the path. */
  answer(path: string, answer: Answer): void {
    this.#answers.set(path, answer)
  }

  /** Stores a file, encrypted as WhatsApp's files are, and returns the fields of its notification. */
  async put(path: string, packed: Uint8Array): Promise<proto.Message.IHistorySyncNotification & { bytes: Buffer }> {
    const mediaKey = randomBytes(32)
    const { iv, cipherKey, macKey } = await getMediaKeys(mediaKey, 'md-msg-hist')
    const cipher = createCipheriv('aes-256-cbc', cipherKey, iv)
    const sealed = Buffer.concat([cipher.update(packed), cipher.final()])
    const mac = createHmac('sha256', macKey ?? '')
      .update(iv)
      .update(sealed)
      .digest()
      .subarray(0, 10)
    const bytes = Buffer.concat([sealed, mac])
    this.answer(path, (response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes))
    const sha256 = (of: Uint8Array) => createHash('sha256').update(of).digest()
    return { mediaKey, directPath: path, fileSha256: sha256(packed), fileEncSha256: sha256(bytes), bytes }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    globalThis.fetch = this.#fetch
    https.request = this.#request
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
