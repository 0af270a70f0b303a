import { request } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../../support/engine-world.ts'

/** What programs that were made for WAHA send and read: its rules for all routes, sessions, pairing, and the answer of a send. */

let world: EngineWorld
let chat: Chat
beforeAll(async () => {
  world = await EngineWorld.start({ schedules: false })
  chat = await world.linked('default')
})
afterAll(() => world[Symbol.asyncDispose]())

interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- each test checks the shape of its answers
  readonly body: any
}

async function call(method: string, path: string, json?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const { api, apiKey } = world.sandbox.info
  const body = json === undefined ? null : JSON.stringify(json)
  const type = json === undefined ? {} : { 'Content-Type': 'application/json' }
  const response = await fetch(`${api}${path}`, { method, body, headers: { 'x-api-key': apiKey, ...type, ...headers } })
  const content = Buffer.from(await response.arrayBuffer())
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(content.toString()) : content }
}

/** Sends the bytes of a request as some clients do: without a length, or in chunks. */
async function raw(method: string, path: string, body: string | null): Promise<{ status: number; body: string }> {
  const { api, apiKey } = world.sandbox.info
  const outgoing = request(`${api}${path}`, { method, headers: { 'X-Api-Key': apiKey }, agent: false })
  if (body === null) outgoing.removeHeader('Content-Length')
  else outgoing.write(body)
  outgoing.useChunkedEncodingByDefault = body !== null
  outgoing.end()
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  outgoing.on('error', reject)
  outgoing.on('response', (response) => {
    void textOf(response).then((content) => resolve({ status: response.statusCode ?? 0, body: content }), reject)
  })
  return promise
}

const chatId = (): string => `${chat.contact}@c.us`

describe('all routes', () => {
  test('name an error in the fields of WAHA', async () => {
    expect(await call('GET', '/api/sessions', undefined, { 'x-api-key': 'wrong' })).toMatchObject({
      status: 401,
      body: { message: expect.any(String), statusCode: 401, error: expect.any(String) },
    })
    expect(await call('GET', '/api/sessions/nobody')).toMatchObject({ status: 404, body: { statusCode: 404 } })
    const { body } = await call('POST', '/api/sendText', { chatId: chatId() })
    expect(body).toMatchObject({ statusCode: 400, message: ['text: is required'] })
  })

  test('take requests without a body, in chunks, and with a slash at the end', async () => {
    expect((await raw('POST', '/api/sessions/default/start', null)).status).toBe(201)
    expect((await raw('POST', '/api/sessions/default/start/', '{}')).status).toBe(201)
    const text = JSON.stringify({ session: 'default', chatId: chatId(), text: 'in chunks' })
    expect((await raw('POST', '/api/sendText/', text)).status).toBe(201)
    expect((await raw('POST', '/api/sendText', null)).status).toBe(400)
    expect((await raw('DELETE', '/api/sessions/nobody', null)).status).toBe(200)
    expect((await raw('PUT', '/api/sessions/nobody', null)).status).toBe(404)
    expect((await call('GET', '/api/sessions/')).status).toBe(200)
  })

  test('ignore fields that nobody knows, null and empty ones, and name them', async () => {
    const { status, headers } = await call('POST', '/api/sendText', {
      session: 'default',
      chatId: chatId(),
      text: 'with more',
      priority: null,
      id: '',
      nonsense: { a: 1 },
    })
    expect([status, headers.get('x-ignored-fields')?.split(', ').toSorted()]).toEqual([201, ['id', 'nonsense', 'priority']])
  })

  test('may be called by the pages of every origin', async () => {
    const asked = {
      Origin: 'https://a.test',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-api-key',
    }
    const before = await call('OPTIONS', '/api/sendText', undefined, { ...asked, 'x-api-key': '' })
    expect([before.status, before.headers.get('access-control-allow-headers')]).toEqual([204, 'x-api-key'])
    for (const { headers } of [before, await call('GET', '/api/sessions'), await call('GET', '/api/nothing')]) {
      expect(headers.get('access-control-allow-origin')).toBe('*')
    }
  })
})

describe('the server', () => {
  test('answers what clients ask of it', async () => {
    expect((await call('GET', '/ping', undefined, { 'x-api-key': '' })).body).toEqual({ message: 'pong' })
    for (const path of ['/api/version', '/api/server/version']) {
      expect((await call('GET', path)).body).toMatchObject({ version: expect.any(String), engine: 'NOWEB', tier: 'PLUS' })
    }
    const { body } = await call('GET', '/api/server/status')
    expect(Math.abs(body.startTimestamp + body.uptime - Date.now())).toBeLessThan(60_000)
    for (const [method, path] of [
      ['POST', '/api/server/stop'],
      ['GET', '/api/screenshot?session=default'],
    ] as const) {
      expect(await call(method, path)).toMatchObject({ status: 422, body: { statusCode: 422, message: expect.any(String) } })
    }
  })
})

describe('a session', () => {
  test('has the fields of WAHA', async () => {
    const { body } = await call('GET', '/api/sessions/default')
    expect(body).toMatchObject({
      name: 'default',
      status: 'WORKING',
      me: { id: `${chat.phone}@c.us`, pushName: expect.any(String), jid: expect.stringContaining('@s.whatsapp.net') },
      engine: { engine: 'NOWEB' },
      timestamps: { activity: expect.any(Number) },
    })
    expect((await call('GET', '/api/sessions/default/me')).body).toEqual({ id: body.me.id, pushName: body.me.pushName })
  })

  test('gives its configuration back, and lives through its whole life', async () => {
    const config = {
      metadata: { 'customer.id': '4711' },
      debug: false,
      proxy: null,
      ignore: { status: true, groups: null },
      noweb: { markOnline: true, store: { enabled: true, fullSync: false } },
      client: { deviceName: 'Shop', browserName: 'IE' },
      webhooks: [
        {
          url: 'https://hooks.example.com/waha',
          events: ['message', 'session.status'],
          hmac: { key: 'secret' },
          retries: null,
          customHeaders: null,
        },
      ],
    }
    const made = await call('POST', '/api/sessions', { name: 'second', start: false, config, apps: [] })
    expect(made).toMatchObject({ status: 201, body: { name: 'second', status: 'STOPPED', config, me: null } })
    expect(await call('POST', '/api/sessions', { name: 'second' })).toMatchObject({ status: 422 })
    const names = async (query: string) =>
      (await call('GET', `/api/sessions${query}`)).body.map(({ name }: { name: string }) => name)
    expect([await names(''), await names('?all=true')]).toEqual([['default'], ['default', 'second']])
    expect((await call('GET', '/api/sessions/second/me')).body).toBeNull()

    const changed = { metadata: { a: 'b' } }
    expect(await call('PUT', '/api/sessions/second', { config: changed })).toMatchObject({
      status: 200,
      body: { config: changed },
    })
    expect(await call('POST', '/api/sessions/start', { name: 'second', config })).toMatchObject({ status: 201, body: { config } })
    for (const verb of ['start', 'stop', 'stop', 'restart', 'logout', 'logout', 'stop']) {
      expect(await call('POST', `/api/sessions/second/${verb}`)).toMatchObject({ status: 201, body: { name: 'second', config } })
    }
    for (let n = 0; n < 2; n++) expect((await call('DELETE', '/api/sessions/second')).status).toBe(200)
    expect((await call('GET', '/api/sessions/second')).status).toBe(404)
    expect(await names('?all=true')).toEqual(['default'])
    const again = await call('POST', '/api/sessions', { name: 'second', start: false })
    expect(again).toMatchObject({ status: 201, body: { name: 'second', config: {} } })
  })

  test('without a name gets one, and cannot be called like a route', async () => {
    const { status, body } = await call('POST', '/api/sessions', { start: false })
    expect([status, body.name]).toEqual([201, expect.stringMatching(/^session_[0-9a-f]+$/)])
    for (const name of [
      'contacts',
      'messages',
      'keys',
      'apps',
      'server',
      'version',
      'screenshot',
      'sessions',
      'reaction',
      'star',
      'reply',
      'sendText',
    ]) {
      expect([name, (await call('POST', '/api/sessions', { name })).status]).toEqual([name, 400])
    }
  })

  test('shows its QR code as picture, JSON and text, and says what is missing', async () => {
    await call('POST', '/api/sessions', { name: 'pairing' })
    await eventually(async () => expect((await call('GET', '/api/sessions/pairing')).body.status).toBe('SCAN_QR_CODE'))
    const png = await call('GET', '/api/pairing/auth/qr')
    expect([png.status, png.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(png.body.subarray(1, 4).toString()).toBe('PNG')
    const json = await call('GET', '/api/pairing/auth/qr', undefined, { Accept: 'application/json' })
    expect(json.body).toMatchObject({ mimetype: 'image/png', data: expect.stringMatching(/^iVBOR/) })
    expect((await call('GET', '/api/pairing/auth/qr?format=raw')).body).toMatchObject({ value: expect.any(String) })
    expect(await call('GET', '/api/default/auth/qr')).toMatchObject({
      status: 422,
      body: { session: 'default', status: 'WORKING', expected: ['SCAN_QR_CODE'], error: expect.any(String) },
    })
  })
})

describe('a pairing code', () => {
  const codeFor = (name: string, phoneNumber: unknown) =>
    call('POST', `/api/${name}/auth/request-code`, { phoneNumber, method: null })

  test('links a session without a scan, and only as it is shown', async () => {
    const own = world.chat('by-code')
    await world.simulator.createPhone(own.phone)
    await call('POST', '/api/sessions', { name: own.name })
    await own.untilSession('SCAN_QR_CODE PAIRING scan-qr')
    const first = await codeFor(own.name, `+${own.phone}`)
    expect(first).toMatchObject({ status: 201, body: { code: expect.stringMatching(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/) } })
    const wrong = `${first.body.code.startsWith('A') ? 'B' : 'A'}${first.body.code.slice(1)}`
    await expect(world.simulator.enterCode(own.phone, wrong)).rejects.toThrow('the code is wrong')
    const second = await codeFor(own.name, own.phone)
    expect(second.status).toBe(201)
    await world.simulator.enterCode(own.phone, second.body.code)
    await own.works()
    expect(await own.account()).toMatchObject({ registrations: 1, connected: true })
    expect((await call('GET', '/api/sessions/by-code/me')).body).toMatchObject({ id: `${own.phone}@c.us` })
    expect((await world.simulator.state()).violations).toEqual([])
  })

  test('is refused with what is wrong', async () => {
    expect(await codeFor('default', chat.phone)).toMatchObject({
      status: 422,
      body: { session: 'default', status: 'WORKING', expected: ['SCAN_QR_CODE'], message: expect.any(String) },
    })
    expect(await codeFor('default', '0170 12345')).toMatchObject({ status: 422, body: { code: 'invalid-phone' } })
    expect(await codeFor('nobody', chat.phone)).toMatchObject({ status: 404 })
    expect(await codeFor('default', 17)).toMatchObject({
      status: 400,
      body: { message: [expect.stringContaining('phoneNumber')] },
    })
  })
})

describe('the answer of a send', () => {
  test('is the message of every engine, and its id names it everywhere', async () => {
    const { status, headers, body } = await call('POST', '/api/sendText', { session: 'default', chatId: chatId(), text: 'Hi' })
    expect([status, headers.get('content-type')]).toEqual([201, 'application/json'])
    const remoteJid = `${chat.contact}@s.whatsapp.net`
    const { messageId, jobId } = body
    const id = `true_${chatId()}_${messageId}`
    const key = { remoteJid, fromMe: true, id: messageId }
    expect(body).toEqual({
      id,
      jobId,
      messageId,
      timestamp: expect.any(Number),
      from: chatId(),
      to: chatId(),
      fromMe: true,
      body: 'Hi',
      hasMedia: false,
      media: null,
      ack: 0,
      ackName: 'PENDING',
      replyTo: null,
      key,
      status: 'PENDING',
      messageTimestamp: String(body.timestamp),
      _data: { key, id: { fromMe: true, remote: chatId(), id: messageId, _serialized: id } },
    })
    await chat.untilStatus(body, 'delivered')
    for (const name of [id, id.replace('@', '%40'), messageId, jobId]) {
      expect((await call('GET', `/api/messages/${name}`)).body).toMatchObject({ id, jobId, status: 'delivered' })
    }
  })

  test('is the same for the same id, which the message has at WhatsApp', async () => {
    const { body: made } = await call('GET', '/api/default/new-message-id')
    const message = { session: 'default', chatId: chatId(), text: 'once', id: made.id }
    const first = await call('POST', '/api/sendText', message)
    expect(first).toMatchObject({ status: 201, body: { messageId: made.id } })
    await chat.untilStatus(first.body, 'delivered')
    const again = await call('POST', '/api/sendText', { ...message, id: first.body.id })
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id, jobId: first.body.jobId, ack: 2 } })
    expect(await call('POST', '/api/sendText', { ...message, text: 'other' })).toMatchObject({ status: 422 })
    expect((await chat.received()).filter(({ text }) => text === 'once')).toMatchObject([{ id: made.id }])
  })

  test('also of an id that an earlier answer had', async () => {
    const message = { session: 'default', chatId: chatId(), text: 'by key' }
    const { body } = await call('POST', '/api/sendText', message)
    expect((await call('POST', '/api/sendText', { ...message, id: body.id })).body.jobId).toBe(body.jobId)
  })

  test('without a session is of the session `default`', async () => {
    expect((await call('POST', '/api/sendText', { chatId: chatId(), text: 'to whom?' })).status).toBe(201)
  })
})
