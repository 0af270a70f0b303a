import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { deliveryPath, WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { answerOf, createClient, type HoldfastClient } from '@holdfast/client/client'
import { HoldfastProblem } from '@holdfast/client/problem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiClient } from '../support/api-client.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'
import { linkSession } from '../support/linked-session.ts'
import { type Delivered, WebhookReceiver } from '../support/webhook-receiver.ts'

/** Two customers in one installation: real processes, a runner that holds the sessions of both. */

const CONTACT = '5511900000009'

let world: EngineWorld
let receiver: WebhookReceiver
let operator: HoldfastClient
beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  world = await EngineWorld.start({ functionsEnv: { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' } })
  operator = createClient({ baseUrl: world.sandbox.info.api ?? '', apiKey: world.sandbox.info.apiKey })
  await world.simulator.createContact(CONTACT, 'Carla')
})
afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

interface Customer {
  readonly id: string
  readonly keyId: string
  readonly key: string
  readonly phone: string
  readonly api: ApiClient
  readonly client: HoldfastClient
}

/** Creates a tenant with an admin, and links its session `main`. */
async function newCustomer(id: string, phone: string): Promise<Customer> {
  await answerOf(operator.POST('/api/tenants', { body: { id, name: id.toUpperCase() } }))
  const made = await answerOf(operator.POST('/api/keys', { body: { name: 'admin', role: 'admin', tenant: id } }))
  const api = new ApiClient({ url: world.sandbox.info.api ?? '', apiKey: made.key })
  await linkSession(api, world.simulator, { name: 'main', phone })
  const client = createClient({ baseUrl: world.sandbox.info.api ?? '', apiKey: made.key })
  return { id, keyId: made.id, key: made.key, phone, api, client }
}

const send = ({ api, id }: Customer, n: number) =>
  api.sendText({ session: 'main', chatId: `${CONTACT}@c.us`, text: `Message ${n} of ${id}`, idempotencyKey: `message ${n}` })

/** Has a customer told of everything: its end point, and that of its session. */
async function tell({ id, client }: Customer): Promise<void> {
  const config = (at: string) => ({ webhooks: [{ url: receiver.url(`${at}-${id}`), events: ['*'] }] })
  await answerOf(operator.PATCH('/api/tenants/{id}', { params: { path: { id } }, body: { config: config('tenant') } }))
  await answerOf(client.PUT('/api/sessions/{name}', { params: { path: { name: 'main' } }, body: { config: config('session') } }))
}

/** The events that the end points of a customer took. */
const told = ({ id }: Customer, of: readonly string[] = ['session', 'tenant']): readonly Delivered[] =>
  of.flatMap((whose) => receiver.taken(`${whose}-${id}`))

const texts = (delivered: readonly Delivered[]) =>
  delivered.flatMap(({ event }) => (event.event === 'message' ? [String(event.payload['body'])] : []))

/** An end point of one customer fails, its event is given up, and the other one cannot see it, send it again or test the end point. */
async function expectApart(one: Customer, other: Customer): Promise<void> {
  const failing = `session-${one.id}`
  receiver.answer(failing, ({ event }) => (event.payload['body'] === 'a secret' ? 500 : 200))
  await world.simulator.sendAsContact(CONTACT, one.phone, 'a secret')
  const { documents } = world.google
  const [given] = await eventually(async () => {
    const all = await documents.query({ collection: WEBHOOK_DELIVERIES, where: [['sessionId', '==', `${one.id}.main`]] })
    const failed = all.filter(({ fields }) => fields['event'] === 'message' && fields['problem'] !== null)
    expect(failed).toHaveLength(1)
    return failed
  })
  const id = given?.id ?? ''
  const over = { status: 'dead', waitsIn: null, lookAt: null, notBefore: null }
  await documents.commit([{ kind: 'update', path: deliveryPath(id), fields: over }])

  const params = { path: { id } }
  for (const filter of [{}, { status: 'dead' } as const]) {
    const query = { ...filter, limit: 100 }
    const seen = await answerOf(other.client.GET('/api/webhooks/deliveries', { params: { query } }))
    const foreign = await documents.query({ collection: WEBHOOK_DELIVERIES, where: [['tenant', '==', one.id]] })
    const ours = new Set(foreign.map((snapshot) => snapshot.id))
    expect(seen.deliveries.filter((delivery) => ours.has(delivery.id))).toEqual([])
  }
  await expect(answerOf(other.client.GET('/api/webhooks/deliveries/{id}', { params }))).rejects.toMatchObject({ status: 404 })
  const redrive = other.client.POST('/api/webhooks/deliveries/{id}/redrive', { params })
  await expect(answerOf(redrive)).rejects.toMatchObject({ status: 404 })
  const all = { redriven: 0, hasMore: false }
  expect(await answerOf(other.client.POST('/api/webhooks/deliveries/redrive', { body: {} }))).toEqual(all)
  expect(await answerOf(other.client.POST('/api/webhooks/deliveries/redrive', { body: { session: 'main' } }))).toEqual(all)
  expect((await documents.read(deliveryPath(id)))?.fields['status']).toBe('dead')

  const tests = (customer: Customer) => told(customer).filter(({ event }) => event.event === 'webhook.test').length
  const before = [tests(one), tests(other)]
  for (const body of [{}, { session: 'main' }]) {
    const { endpoints } = await answerOf(other.client.POST('/api/webhooks/test', { body }))
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['delivered'])
  }
  expect([tests(one), tests(other) - 2]).toEqual(before)

  receiver.answer(failing, () => 200)
  const mine = await answerOf(one.client.POST('/api/webhooks/deliveries/redrive', { body: { session: 'main' } }))
  expect(mine).toEqual({ redriven: 1, hasMore: false })
  await eventually(() => expect(texts(told(one, ['session']))).toContain('a secret'))
}

const isRefused = async (request: () => Promise<unknown>): Promise<boolean> => {
  try {
    await request()
    return false
  } catch (error) {
    if (error instanceof HoldfastProblem) return error.status === 401
    throw error
  }
}

test('two customers do not see each other, are configured while running, and one of them leaves', async () => {
  const acme = await newCustomer('acme', '5511911110001')
  const globex = await newCustomer('globex', '5511911110002')

  // Both have a session `main`, and use the same idempotency key.
  const [ours, theirs] = [await send(acme, 1), await send(globex, 1)]
  expect(ours.id).not.toBe(theirs.id)
  for (const [{ api }, { id }] of [[acme, ours] as const, [globex, theirs] as const]) {
    await eventually(async () => expect((await api.message(id)).status).toBe('delivered'))
  }
  await expect(acme.api.message(theirs.id)).rejects.toMatchObject({ status: 404, code: 'unknown-message' })

  // Each one's end points are told of its own session, by both configurations, and of nothing else.
  await Promise.all([acme, globex].map(tell))
  await eventually(async () => {
    for (const { phone, id } of [acme, globex]) await world.simulator.sendAsContact(CONTACT, phone, `To ${id}`)
    await eventually(() => {
      for (const customer of [acme, globex])
        for (const whose of ['session', 'tenant']) expect(texts(told(customer, [whose]))).toContain(`To ${customer.id}`)
    }, 3000)
  })
  await expectApart(acme, globex)
  await expectApart(globex, acme)
  for (const { id, phone } of [acme, globex]) {
    const endPoints = [`session-${id}`, `tenant-${id}`]
    const events = receiver.requests.filter(({ at, event }) => endPoints.includes(at) && event.event !== 'webhook.test')
    expect(new Set(events.map(({ event }) => (event['me'] as { id: string }).id))).toEqual(new Set([`${phone}@c.us`]))
    expect(texts(events).filter((text) => text.startsWith('To ') && text !== `To ${id}`)).toEqual([])
  }

  // A change of one tenant's configuration reaches the running session within ten seconds, and leaves the other alone.
  const config = { pacing: { enabled: true, minDelayMs: 0, maxDelayMs: 0, recipientGapMs: 0, dailyLimit: 1, ramp: [] } }
  await answerOf(operator.PATCH('/api/tenants/{id}', { params: { path: { id: 'acme' } }, body: { config } }))
  const changedAt = performance.now()
  let held = ''
  for (let n = 2; held === ''; n++) {
    const sentAt = performance.now()
    const { jobId } = await send(acme, n)
    const job = await eventually(async () => {
      const document = jobDocumentSchema.parse((await world.google.documents.read(jobPath(jobId)))?.fields)
      if (document.status !== 'delivered' && document.hold === null) throw new Error(`It is ${document.status}.`)
      return document
    })
    if (job.hold) held = job.hold.reason
    else expect(sentAt - changedAt).toBeLessThan(10_000)
  }
  expect(held).toBe('daily-limit')
  const free = await send(globex, 2)
  await eventually(async () => expect((await globex.api.message(free.id)).status).toBe('delivered'))

  // A key is refused within five seconds of being revoked.
  const reader = await answerOf(operator.POST('/api/keys', { body: { name: 'reader', role: 'read', tenant: 'acme' } }))
  const readerApi = new ApiClient({ url: world.sandbox.info.api ?? '', apiKey: reader.key })
  expect(await readerApi.sessions()).toHaveLength(1)
  const revokedAt = performance.now()
  await answerOf(operator.DELETE('/api/keys/{id}', { params: { path: { id: reader.id } } }))
  let lastServedAt = revokedAt
  await eventually(async () => {
    const askedAt = performance.now()
    const isOver = await isRefused(() => readerApi.sessions())
    if (!isOver) lastServedAt = askedAt
    expect(isOver).toBe(true)
  })
  expect(lastServedAt - revokedAt).toBeLessThan(5500)

  // One customer leaves: its session goes offline in order, and what it has stays.
  const params = { path: { id: 'globex' }, query: { confirm: 'GLOBEX' } }
  const deletion = await answerOf(operator.DELETE('/api/tenants/{id}', { params }))
  expect(deletion).toMatchObject({ state: 'deleting', keysRevoked: 1, sessionsStopped: 1, remaining: { sessions: 1 } })
  await eventually(async () => {
    const session = await world.google.documents.read(sessionPath('globex.main'))
    expect(session?.fields).toMatchObject({ state: 'STOPPED', runnerId: null, me: expect.anything() })
  })
  await eventually(async () => expect(await isRefused(() => globex.api.sessions())).toBe(true))
  const inGlobex = createClient({ baseUrl: world.sandbox.info.api ?? '', apiKey: world.sandbox.info.apiKey, tenant: 'globex' })
  const info = await answerOf(inGlobex.GET('/api/sessions/{name}/info', { params: { path: { name: 'main' } } }))
  expect(info).toMatchObject({ session: { status: 'valid' }, persistence: { willSurviveRestart: true } })
  expect((await acme.api.session('main')).status).toBe('WORKING')

  const { entries } = await answerOf(inGlobex.GET('/api/audit', { params: { query: { tenant: 'globex' } } }))
  expect(entries.map(({ operation }) => operation)).toEqual([
    'createTenant',
    'createKey',
    'createSession',
    'changeTenant',
    'configureSession',
    // What it tried with the other one's deliveries, and did with its own.
    'redriveWebhookDelivery',
    'redriveWebhookDeliveries',
    'redriveWebhookDeliveries',
    'testWebhooks',
    'testWebhooks',
    'redriveWebhookDeliveries',
    'deleteTenant',
  ])
})
