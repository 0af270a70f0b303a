import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A push message, as the browser of a subscription opens it. */
export interface Pushed {
  readonly device: string
  readonly headers: IncomingHttpHeaders
  readonly message: unknown
}

interface Browser {
  readonly pair: ReturnType<typeof createECDH>
  readonly auth: Buffer
  /** The only key from which the push service takes messages for it. */
  readonly applicationServerKey: string
}

/** A push service on this host, together with the browsers that it serves: it checks who sends, and they decrypt. */
export class PushService implements AsyncDisposable {
  readonly #server: Server
  readonly #browsers = new Map<string, Browser>()
  readonly #ended = new Set<string>()
  /** Browsers for which the service answers 503. */
  readonly away = new Set<string>()
  readonly pushed: Pushed[] = []
  /** Requests that were refused, with the reason. */
  readonly refused: string[] = []

  private constructor() {
    this.#server = createServer((request, response) => {
      void buffer(request).then((body) => response.writeHead(this.#take(request.url ?? '', request.headers, body)).end())
    })
  }

  static async start(): Promise<PushService> {
    const service = new PushService()
    service.#server.listen(0, '127.0.0.1')
    await once(service.#server, 'listening')
    return service
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What `pushManager.subscribe` gives in a browser. */
  subscribe(device: string, applicationServerKey: string): { endpoint: string; keys: { p256dh: string; auth: string } } {
    const browser = { pair: createECDH('prime256v1'), auth: randomBytes(16), applicationServerKey }
    const p256dh = browser.pair.generateKeys('base64url')
    this.#browsers.set(device, browser)
    return { endpoint: `${this.origin}/send/${device}`, keys: { p256dh, auth: browser.auth.toString('base64url') } }
  }

  /** The browser wants no more messages. */
  end(device: string): void {
    this.#ended.add(device)
  }

  /** The titles that a browser has shown. */
  titles(device: string): string[] {
    return this.pushed.filter((one) => one.device === device).map(({ message }) => (message as { title: string }).title)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #take(path: string, headers: IncomingHttpHeaders, body: Buffer): number {
    const device = path.replace('/send/', '')
    const browser = this.#browsers.get(device)
    if (!browser || this.#ended.has(device)) return 410
    if (this.away.has(device)) return 503
    try {
      checkSender(headers.authorization ?? '', this.origin, browser.applicationServerKey)
      this.pushed.push({ device, headers, message: JSON.parse(decrypt(body, browser).toString()) })
      return 201
    } catch (error) {
      this.refused.push(String(error))
      return 403
    }
  }
}

function checkSender(authorization: string, origin: string, expectedKey: string): void {
  const [, head = '', claims = '', signature = '', key = ''] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? []
  if (key !== expectedKey) throw new Error('The message is signed with another key.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const form = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(`${head}.${claims}`), form, Buffer.from(signature, 'base64url')))
    throw new Error('The signature is wrong.')
  const { aud, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
  if (aud !== origin) throw new Error(`The message is for ${String(aud)}.`)
  if (!/^(mailto|https):/.test(String(sub))) throw new Error('The message names no contact.')
}

/** The other side of RFC 8291. */
function decrypt(body: Buffer, { pair, auth }: Browser): Buffer {
  const [salt, sender] = [body.subarray(0, 16), body.subarray(21, 86)]
  const sealed = body.subarray(86)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender])
  const secret = Buffer.from(hkdfSync('sha256', pair.computeSecret(sender), auth, info, 32))
  const derived = (label: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${label}\0`, bytes))
  const decipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12))
  decipher.setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  if (plain.at(-1) !== 2) throw new Error('The record is not the last one.')
  return plain.subarray(0, -1)
}
