import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../../support/engine-world.ts'
import { type Delivered, WebhookReceiver } from '../../support/webhook-receiver.ts'
import type { WahaRoute } from './routes-of-waha.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // oxlint-disable-next-line typescript/no-explicit-any -- each row checks the shape of its answer
  readonly body: any
}

export interface Ask {
  /** What stands for `{c}` and the like in the path. `{s}` is the session `default`, `{c}` the contact, `{g}` the group without it. */
  readonly path?: Readonly<Record<string, string>>
  readonly query?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One session `default` with a phone, a contact, a group and a webhook, and the API as programs for WAHA call it. */
export class WahaWorld implements AsyncDisposable {
  readonly world: EngineWorld
  readonly chat: Chat
  readonly receiver: WebhookReceiver
  /** A host outside, which gives one file. */
  readonly #outside: Server
  /** A group of the account, which created it, and the contact. */
  group = ''
  /** Somebody whom the session has not heard of. */
  readonly somebody = newNumber()
  /** The statuses that each route answered. */
  readonly answered = new Map<string, Set<number>>()

  private constructor(world: EngineWorld, chat: Chat, receiver: WebhookReceiver, outside: Server) {
    this.#outside = outside
    this.world = world
    this.chat = chat
    this.receiver = receiver
  }

  static async start(): Promise<WahaWorld> {
    const inside = { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' }
    const [receiver, world] = await Promise.all([
      WebhookReceiver.start(),
      EngineWorld.start({ schedules: false, functionsEnv: inside, runnerEnv: inside }),
    ])
    const chat = await world.linked('default', { phone: { keyShare: true } })
    const outside = createServer(({ url }, response) => response.end(url?.endsWith('.opus') ? OGG : FILE)).listen(0, '127.0.0.1')
    await once(outside, 'listening')
    const waha = new WahaWorld(world, chat, receiver, outside)
    await world.simulator.createContact(waha.somebody, 'Somebody')
    const customHeaders = [{ name: 'X-My-Custom-Header', value: 'Value' }]
    const webhook = { url: receiver.url('default'), events: ['*'], hmac: { key: HMAC_KEY }, retries: null, customHeaders }
    const config = { metadata: { 'user.id': '123' }, webhooks: [webhook] }
    expect(await waha.ask('PUT /api/sessions/{s}', { body: { config } })).toMatchObject({ status: 200, body: { config } })
    return waha
  }

  /** Where a file of another host is. */
  hosted(name: string): string {
    return `http://127.0.0.1:${(this.#outside.address() as AddressInfo).port}/${name}`
  }

  /** The chat with the contact. */
  get person(): string {
    return `${this.chat.contact}@c.us`
  }

  get me(): string {
    return `${this.chat.phone}@c.us`
  }

  async ask(route: WahaRoute, { path = {}, query = '', body, headers = {} }: Ask = {}): Promise<Answer> {
    const [method = '', template = ''] = route.split(' ')
    const values: Readonly<Record<string, string>> = { s: 'default', c: this.person, g: this.group, ...path }
    const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
    const answer = await this.call(method, `${filled}${query}`, body === undefined ? null : JSON.stringify(body), headers)
    this.answered.set(route, (this.answered.get(route) ?? new Set()).add(answer.status))
    return answer
  }

  /** Sends exactly this: no body has no length, as some clients do. */
  async call(
    method: string,
    path: string,
    body: string | null = null,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { api, apiKey } = this.world.sandbox.info
    const type = body === null ? {} : { 'Content-Type': 'application/json' }
    const outgoing = httpRequest(`${api}${path}`, { method, headers: { 'X-Api-Key': apiKey, ...type, ...more } })
    if (body === null) {
      outgoing.removeHeader('Content-Length')
      outgoing.useChunkedEncodingByDefault = false
    }
    outgoing.end(body ?? undefined)
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const { statusCode: status = 0, headers } = response
      const isJson = /[/+]json/.test(headers['content-type'] ?? '')
      void buffer(response).then((bytes) => {
        resolve({ status, headers, body: isJson ? JSON.parse(bytes.toString()) : bytes })
      }, reject)
    })
    return promise
  }

  /** Resolves when the webhook was told of such an event. The payload may have more fields. */
  async told(event: string, payload: object, at = 'default'): Promise<Delivered> {
    return eventually(() => {
      const all = this.receiver.taken(at).filter((one) => one.event.event === event)
      const found = all.find((one) => hasFields(one.event.payload, payload))
      if (!found) expect(all.map((one) => one.event.payload).slice(-3)).toContainEqual(payload)
      return found as Delivered
    })
  }

  /** The contact says something. Resolves with its bare id. */
  async says(message: object, attrs: Record<string, string> = {}): Promise<string> {
    return await this.world.simulator.sayAsContact(this.chat.contact, { to: this.chat.phone, message, attrs })
  }

  /** Resolves when the list of chats has the one with the contact. A change is seen there after five seconds. */
  async inChats(): Promise<void> {
    await eventually(async () => {
      const { body } = await this.ask('GET /api/{s}/chats')
      expect(body).toContainEqual(expect.objectContaining({ id: this.person, name: expect.any(String) }))
    })
  }

  /** Resolves when the API shows a message. */
  async shown(id: string, fields: object = {}, c = this.person): Promise<void> {
    await eventually(async () => {
      const { status, body } = await this.ask('GET /api/{s}/chats/{c}/messages/{m}', { path: { c, m: id } })
      expect(status).toBe(200)
      expect(body).toMatchObject(fields)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { violations } = await this.world.simulator.state()
    await this.world[Symbol.asyncDispose]()
    await this.receiver[Symbol.asyncDispose]()
    this.#outside.close()
    expect(violations).toEqual([])
  }
}

/** The key of the webhook's signature. */
export const HMAC_KEY = 'my-secret-key'

/** What the host outside gives. */
const FILE = Buffer.from('%PDF-1.4 from another host')

/** The beginning of a voice message. */
export const OGG = Buffer.concat([Buffer.from('OggS\0\x02'), Buffer.alloc(22), Buffer.from('OpusHead'), Buffer.alloc(40)])

export const newNumber = (): string => `5511${randomInt(100_000_000, 999_999_999)}`

/** Whether a value has these fields, and perhaps more. */
export function hasFields(value: unknown, fields: object): boolean {
  try {
    expect(value).toMatchObject(fields)
    return true
  } catch {
    return false
  }
}
