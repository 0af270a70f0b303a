import { standardSignature, wahaHmac } from '@holdfast/core/security/webhook-signature'
import { sessionPath } from '@holdfast/core/session/session-document'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { type Delivered, WebhookReceiver } from '../support/webhook-receiver.ts'

// Machines that are busy move the clock slowly.
vi.setConfig({ testTimeout: 180_000 })

let world: EngineWorld
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  const functionsEnv = { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' }
  world = await EngineWorld.start({ schedules: false, movableClock: true, functionsEnv, apiServer: true })
}, 120_000)

afterEach(() => world.sandbox.disturbTasks({ drop: 0, double: 0, seed: 0 }))

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world?.[Symbol.asyncDispose]()
  await receiver?.[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

/** Links a session whose only webhook is this path. Resolves when its owner tells it of messages. */
async function told(name: string, webhook: object = {}, config: object = {}): Promise<Chat> {
  const chat = await world.linked(name)
  const url = receiver.url(name)
  const fields = { config: { ...config, webhooks: [{ url, events: ['message', 'message.ack'], ...webhook }] } }
  await world.google.documents.commit([{ kind: 'merge', path: sessionPath(chat.sessionId), fields }])
  // The owner hears of the change by its listener.
  await eventually(async () => {
    await chat.receive('is anybody there?')
    await eventually(() => expect(texts(name)).not.toEqual([]), 3000)
  })
  return chat
}

/** The texts that a path took, in order. */
const texts = (at: string) =>
  receiver.taken(at).flatMap(({ event }) => (event.event === 'message' ? [String(event.payload['body'])] : []))

/** Sends texts to the session, one after the other. */
async function say(chat: Chat, ...said: readonly string[]): Promise<void> {
  for (const one of said) await chat.receive(one)
}

/** Each event that a path got has the same bytes each time. */
function expectSameBytes(at: string): void {
  const bodies = new Map<string, Set<string>>()
  for (const { event, body, at: path } of receiver.requests)
    if (path === at) bodies.set(event.id, (bodies.get(event.id) ?? new Set()).add(body))
  for (const [id, versions] of bodies) expect([id, versions.size]).toEqual([id, 1])
}

/** The texts that a path took, each at its first time: what comes twice comes with one id. */
function firstTexts(at: string): readonly string[] {
  const seen = new Set<string>()
  return receiver.taken(at).flatMap(({ event }) => {
    if (event.event !== 'message' || seen.has(event.id)) return []
    seen.add(event.id)
    return [String(event.payload['body'])]
  })
}

const pendingOf = async (chat: Chat) =>
  (await world.google.documents.query({ collection: WEBHOOK_DELIVERIES, where: [['sessionId', '==', chat.sessionId]] })).filter(
    ({ fields }) => fields['status'] === 'pending',
  )

/**
 * Moves the clock and sweeps, as time does, until the condition holds.
 *
 * @param patienceMs the real time that each step has before the clock moves again
 */
const passTime = (minutes: number, condition: () => void | Promise<void>, patienceMs = 2000) =>
  eventually(
    async () => {
      await world.sandbox.advanceClock({ minutes })
      await world.sandbox.fireSchedule('sweep')
      await eventually(condition, patienceMs)
    },
    60_000,
    100,
  )

/**
 * Resolves when the functions have written down that an end point answered so. The receiver knows of its answer before, and a clock that
 * moves in between makes the answer come that much later.
 */
const isWritten = (chat: Chat, code: string) =>
  eventually(async () => {
    const problems = (await pendingOf(chat)).map(({ fields }) => (fields['problem'] as { code: string } | null)?.code)
    expect(problems).toContain(code)
  })

test('an end point is told of what it wants, in WAHA’s envelope and in order', async () => {
  const chat = await told('told', { events: ['*'] }, { metadata: { of: 'a test' } })
  const said = Array.from({ length: 10 }, (_, index) => `text ${index}`)
  await say(chat, ...said)
  await eventually(() => expect(texts('told').slice(-10)).toEqual(said))
  const last = receiver.taken('told').findLast(({ event }) => event.event === 'message')
  expect(last?.event).toMatchObject({
    id: expect.stringMatching(/^evt_[0-9a-hjkmnp-tv-z]{26}$/),
    timestamp: expect.any(Number),
    session: 'told',
    metadata: { of: 'a test' },
    me: { id: `${chat.phone}@c.us` },
    engine: 'NOWEB',
    payload: { from: `${chat.contact}@c.us`, fromMe: false, to: `${chat.phone}@c.us`, hasMedia: false },
  })
  expect(receiver.taken('told').filter(({ event }) => event.event === 'message.any').length).toBeGreaterThanOrEqual(10)

  const job = await chat.send('an answer')
  await chat.untilStatus(job, 'delivered')
  const acks = () =>
    receiver
      .taken('told')
      .flatMap(({ event }) => (event.event === 'message.ack' ? [[event.payload['ack'], event.payload['id']]] : []))
  const id = `true_${chat.contact}@c.us_${job.messageId}`
  await eventually(() =>
    expect(acks()).toEqual([
      [1, id],
      [2, id],
    ]),
  )

  await world.api.want('told', 'stop')
  const statuses = () =>
    receiver.taken('told').flatMap(({ event }) => (event.event === 'session.status' ? [event.payload['status']] : []))
  await eventually(() => expect(statuses()).toEqual(['STOPPED']))
  const stopped = receiver.taken('told').at(-1)?.event.payload['statuses']
  expect(stopped).toMatchObject([{ status: 'STARTING' }, { status: 'WORKING' }, { status: 'STOPPED' }])
})

test('a message of our own is told of once, also when WhatsApp refuses its first attempt', async () => {
  const chat = await told('told-once', { events: ['message', 'message.any'] })
  await chat.fault('nack', { code: 503 })
  const job = await chat.send('in the end')
  await chat.untilStatus(job, 'delivered')
  // What is told of later comes later.
  await say(chat, 'and life goes on')
  await eventually(() => expect(texts('told-once')).toContain('and life goes on'))
  const own = receiver.taken('told-once').filter(({ event: { event, payload } }) => event === 'message.any' && payload['fromMe'])
  expect(own.map(({ event }) => event.payload['body'])).toEqual(['in the end'])
  expect(await chat.job(job)).toMatchObject({ attempts: 2 })
})

interface Listener {
  readonly got: Delivered['event'][]
  readonly bodies: string[]
  readonly close: () => void
}

/** Listens to the stream of events. Resolves when it is open. */
async function listen(query: string): Promise<Listener> {
  const { apiServer } = world.sandbox.info
  const socket = new WebSocket(`${apiServer?.replace(/^http/, 'ws')}/ws?${query}`)
  const [got, bodies]: [Delivered['event'][], string[]] = [[], []]
  socket.addEventListener('message', ({ data }) => {
    bodies.push(String(data))
    got.push(JSON.parse(String(data)) as Delivered['event'])
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error('It did not open.')))
  })
  return { got, bodies, close: () => socket.close() }
}

test('whoever listens at /ws gets the same envelopes as they happen, of what was asked for, and of one tenant', async () => {
  const chat = await told('live', { events: ['message', 'message.any'] })
  const { apiKey, apiServer, api } = world.sandbox.info
  await world.sandbox.api('/api/tenants', { method: 'POST', json: { id: 'rival', name: 'Rival' } })
  const made = await world.sandbox.api('/api/keys', { method: 'POST', json: { name: 'one', role: 'admin', tenant: 'rival' } })
  const { key } = (await made.json()) as { key: string }
  const [all, some, rival] = await Promise.all([
    listen(`session=*&events=*&x-api-key=${apiKey}`),
    listen(`session=live&events=message&x-api-key=${apiKey}`),
    listen(`session=*&events=*&x-api-key=${key}`),
  ])
  const heard = (events: readonly Delivered['event'][]) =>
    events.flatMap(({ event, payload }) => (event === 'message' ? [String(payload['body'])] : []))
  // The owner hears a moment later that somebody listens.
  await eventually(async () => {
    await chat.receive('do you listen?')
    await eventually(() => expect(heard(all.got)).not.toEqual([]), 3000)
  })
  const said = ['live 1', 'live 2', 'live 3']
  await say(chat, ...said)
  for (const { got } of [all, some]) await eventually(() => expect(heard(got).slice(-3)).toEqual(said))
  expect(new Set(some.got.map(({ event }) => event))).toEqual(new Set(['message']))
  expect(all.got.some(({ event }) => event === 'message.any')).toBe(true)

  // They are the bytes of the webhooks, once each.
  await eventually(() => expect(texts('live').slice(-3)).toEqual(said))
  const posted = new Map(receiver.taken('live').map(({ event, body }) => [event.id, body]))
  for (const [index, { id }] of some.got.entries()) expect(posted.get(id)).toBe(some.bodies[index])
  expect(new Set(all.got.map(({ id }) => id)).size).toBe(all.got.length)
  const asRival = { method: 'POST', headers: { 'X-Tenant': 'rival' }, json: { name: 'theirs', start: true } }
  expect((await world.sandbox.api('/api/sessions', asRival)).status).toBe(201)
  const sessionsOf = ({ got }: typeof rival) => new Set(got.map(({ session }) => session))
  await eventually(() => expect(sessionsOf(rival)).toEqual(new Set(['theirs'])))
  expect(sessionsOf(all)).not.toContain('theirs')

  for (const query of ['session=*&x-api-key=wrong', `session=nowhere&x-api-key=${apiKey}`, `session=live&x-api-key=${key}`])
    await expect(listen(query)).rejects.toThrow('It did not open.')
  const answer = await fetch(`${api}/ws`)
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain(String(apiServer).replace(/^http/, 'ws'))
  for (const { close } of [all, some, rival]) close()
})

test('the webhooks of a tenant are told of all its sessions, and sign with two keys while one replaces the other', async () => {
  const change = (key: string) =>
    world.sandbox.api('/api/tenants/default', {
      method: 'PATCH',
      json: { config: { webhooks: [{ url: receiver.url('tenant'), events: ['message'], hmac: { key } }] } },
    })
  expect(await (await change('first')).text()).not.toContain('first')
  await change('second')
  const chat = await world.linked('of-tenant')
  await say(chat, 'hello')
  await eventually(() => expect(texts('tenant')).toContain('hello'))
  const [{ headers, body, event }] = receiver.taken('tenant').slice(-1) as [Delivered]
  const bytes = Buffer.from(body)
  const signed = { id: event.id, body: bytes, timestampMs: Number(headers['x-webhook-timestamp']) }
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'x-webhook-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-webhook-hmac': wahaHmac('second', bytes),
    'x-webhook-hmac-previous': wahaHmac('first', bytes),
    'x-webhook-hmac-algorithm': 'sha512',
    'webhook-id': event.id,
    'webhook-signature': `${standardSignature('second', signed)} ${standardSignature('first', signed)}`,
  })
  await world.sandbox.api('/api/tenants/default', { method: 'PATCH', json: { config: { webhooks: null } } })
  // No text is readable at rest.
  const stored = await world.google.documents.query({ collection: WEBHOOK_DELIVERIES })
  for (const { fields } of stored) expect(Buffer.from((fields['body'] as Buffer | null) ?? '').toString()).not.toContain('hello')
})

test('an end point that hangs or fails gets the same bytes again, in order, and holds back no other', async () => {
  const [failing, other] = await Promise.all([told('failing'), told('other')])
  const troubles = ['hangs', 500] as const
  let tried = 0
  receiver.answer('failing', ({ event }) => (event.payload['body'] === 'one' && troubles[tried++]) || 200)
  await say(failing, 'one', 'two', 'three')
  await say(other, 'meanwhile')
  await eventually(() => expect(texts('other')).toContain('meanwhile'))
  expect(texts('failing')).not.toContain('two')
  await passTime(3, () => expect(firstTexts('failing').slice(-3)).toEqual(['one', 'two', 'three']))
  expectSameBytes('failing')
})

test('a redirect is not followed, 429 is left alone for as long as it asks, and 410 for an hour', async () => {
  const chat = await told('moody')
  const moods = [
    { status: 302, headers: { location: receiver.url('elsewhere') } },
    { status: 429, headers: { 'retry-after': '600' } },
    { status: 410, headers: {} },
  ]
  receiver.answer('moody', () => moods.shift() ?? 200)
  await say(chat, 'one', 'two')
  await passTime(1, () => expect(moods).toHaveLength(1))
  await isWritten(chat, 'status-429')
  await world.sandbox.advanceClock({ minutes: 5 })
  await world.sandbox.fireSchedule('sweep')
  expect(moods).toHaveLength(1)
  // After an hour without success the others pass: many steps would be too many.
  await passTime(6, () => expect(moods).toHaveLength(0), 20_000)
  await isWritten(chat, 'status-410')
  expect(texts('moody')).not.toContain('one')
  await passTime(61, () => expect(firstTexts('moody').slice(-2)).toEqual(['one', 'two']))
  expect(receiver.requests.filter(({ at }) => at === 'elsewhere')).toEqual([])
  expectSameBytes('moody')
})

test('kills of runner and functions, and lost and doubled tasks, lose no event and no order', async () => {
  const chat = await told('killed')
  await world.sandbox.disturbTasks({ drop: 0.5, double: 0.3, seed: 7 })
  const said = Array.from({ length: 12 }, (_, index) => `said ${index}`)
  for (const [index, one] of said.entries()) {
    await chat.receive(one)
    if (index === 4) world.sandbox.runner('runner-1').kill()
    if (index === 8) void world.sandbox.restartFunctions()
  }
  await passTime(1, () => expect(firstTexts('killed').filter((one) => one.startsWith('said'))).toEqual(said))
  await passTime(1, async () => expect(await pendingOf(chat)).toEqual([]))
  expectSameBytes('killed')
  // Nothing of one session came to the receiver of another.
  for (const { at, event } of receiver.requests) if (at !== 'tenant') expect(event.session).toBe(at)
})
