import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Server as TcpServer } from 'node:net'
import { type Mail, startMailServer } from './mail-server.ts'

/** What a receiver got. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>
  /** As it came. */
  readonly body: string
  /** The text for people. */
  readonly text: string
}

export const RECEIVERS = ['telegram', 'slack', 'webhook', 'email'] as const

export type ReceiverName = (typeof RECEIVERS)[number]

const TELEGRAM_TOKEN = '123456:sandbox'

/**
 * Stands for Telegram, Slack, a mail server and a webhook on this host. Each keeps what it got, and can be made to fail.
 *
 * down     answers 503, the mail server with a temporary error
 * refuses  answers 404, the mail server with a final error
 * hangs    does not answer
 */
export class Receivers implements AsyncDisposable {
  readonly #web: Server
  readonly #mail: TcpServer
  readonly #received = new Map<ReceiverName, Received[]>(RECEIVERS.map((name) => [name, []]))
  readonly #troubles = new Map<ReceiverName, 'down' | 'refuses' | 'hangs'>()
  readonly #heard = new Set<() => void>()

  private constructor() {
    this.#web = createServer((request, response) => void this.#answer(request, response))
    this.#mail = startMailServer({
      trouble: () => this.#troubles.get('email') ?? null,
      onMail: (mail) => this.#keep('email', receivedMail(mail)),
    })
  }

  static async start(): Promise<Receivers> {
    const receivers = new Receivers()
    receivers.#web.listen(0, '127.0.0.1')
    receivers.#mail.listen(0, '127.0.0.1')
    await Promise.all([once(receivers.#web, 'listening'), once(receivers.#mail, 'listening')])
    return receivers
  }

  /** The variables with which the product sends everything here. */
  get environment(): Readonly<Record<string, string>> {
    const { webUrl } = this
    return {
      TELEGRAM_API_URL: webUrl,
      TELEGRAM_BOT_TOKEN: TELEGRAM_TOKEN,
      TELEGRAM_CHAT_ID: '-1001',
      SLACK_WEBHOOK: `${webUrl}/slack`,
      NOTIFICATION_WEBHOOK: `${webUrl}/webhook`,
      NOTIFICATION_WEBHOOK_KEY: 'the key of the webhook',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(this.mailPort),
      SMTP_TLS: 'none',
      SMTP_FROM: 'holdfast@example.com',
      SMTP_TO: 'ops@example.com',
      ALLOW_INSIDE_ADDRESSES: '127.0.0.1',
    }
  }

  get webUrl(): string {
    return `http://127.0.0.1:${portOf(this.#web)}`
  }

  get mailPort(): number {
    return portOf(this.#mail)
  }

  /** Everything that a receiver took, oldest first. */
  of(name: ReceiverName): readonly Received[] {
    return this.#received.get(name) ?? []
  }

  /** Calls back whenever a receiver got something, also what it did not take. */
  onReceived(callback: () => void): void {
    this.#heard.add(callback)
  }

  /** Makes a receiver fail; null heals it. */
  trouble(name: ReceiverName, trouble: 'down' | 'refuses' | 'hangs' | null): void {
    if (trouble) this.#troubles.set(name, trouble)
    else this.#troubles.delete(name)
  }

  clear(): void {
    for (const list of this.#received.values()) list.length = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#web.closeAllConnections()
    const ends = [this.#web, this.#mail].map((server) => once(server, 'close'))
    this.#web.close()
    this.#mail.close()
    this.#mail.emit('end-connections')
    await Promise.all(ends)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString('utf8')
    const name = nameOf(request.url ?? '')
    if (!name) return void response.writeHead(404).end('{"ok":false,"description":"Not Found"}')
    const trouble = this.#troubles.get(name)
    for (const callback of this.#heard) callback()
    if (trouble === 'hangs') return
    if (trouble) return void response.writeHead(trouble === 'down' ? 503 : 404).end('{"ok":false,"description":"Trouble"}')
    const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]))
    this.#keep(name, { headers, body, text: (JSON.parse(body) as { text: string }).text })
    response.end('{"ok":true}')
  }

  #keep(name: ReceiverName, received: Received): void {
    this.#received.get(name)?.push(received)
    for (const callback of this.#heard) callback()
  }
}

function nameOf(path: string): ReceiverName | null {
  if (path === `/bot${TELEGRAM_TOKEN}/sendMessage`) return 'telegram'
  if (path === '/slack') return 'slack'
  return path === '/webhook' ? 'webhook' : null
}

const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port

const receivedMail = ({ headers, text }: Mail): Received => ({ headers, body: text, text })
