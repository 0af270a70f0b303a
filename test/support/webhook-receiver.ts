import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request that a receiver got, whatever it answered. */
export interface Delivered {
  /** The path, without `/`. Each path is a receiver of its own. */
  readonly at: string
  readonly headers: IncomingMessage['headers']
  /** As it came. */
  readonly body: string
  readonly event: {
    readonly id: string
    readonly event: string
    readonly session: string
    readonly payload: Readonly<Record<string, unknown>>
    readonly [field: string]: unknown
  }
  /** What it was answered: a status, or `hangs`. */
  readonly answered: number | 'hangs'
}

type Answer = number | 'hangs' | { readonly status: number; readonly headers: Readonly<Record<string, string>> }

/** Receives webhooks on this host, and answers as a test wants. */
export class WebhookReceiver implements AsyncDisposable {
  readonly #server: Server
  readonly #answers = new Map<string, (request: Omit<Delivered, 'answered'>) => Answer>()
  readonly requests: Delivered[] = []

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  url(at: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${at}`
  }

  /** Decides what a path answers from now on. 200 without. */
  answer(at: string, answer: (request: Omit<Delivered, 'answered'>) => Answer): void {
    this.#answers.set(at, answer)
  }

  /** What a path took, in order. */
  taken(at: string): readonly Delivered[] {
    return this.requests.filter((one) => one.at === at && typeof one.answered === 'number' && one.answered < 300)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await text(request)
      const got = {
        at: (request.url ?? '').slice(1),
        headers: request.headers,
        body,
        event: JSON.parse(body) as Delivered['event'],
      }
      const answer = this.#answers.get(got.at)?.(got) ?? 200
      const { status, headers = {} } = typeof answer === 'object' ? answer : { status: answer }
      this.requests.push({ ...got, answered: status })
      if (status !== 'hangs') response.writeHead(status, headers).end('answered by a test')
    } catch {
      response.destroy()
    }
  }
}
