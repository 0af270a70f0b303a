import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { answerOf, createClient, type HoldfastClient } from '@holdfast/client/client'
import { HoldfastProblem } from '@holdfast/client/problem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiClient } from '../support/api-client.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'
import { linkSession } from '../support/linked-session.ts'

/** Two customers in one installation: real processes, a runner that holds the sessions of both. */

const CONTACT = '5511900000009'

let world: EngineWorld
let operator: HoldfastClient
beforeAll(async () => {
  world = await EngineWorld.start()
  operator = createClient({ baseUrl: world.sandbox.info.api ?? '', apiKey: world.sandbox.info.apiKey })
  await world.simulator.createContact(CONTACT, 'Carla')
})
afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

interface Customer {
  readonly id: string
  readonly keyId: string
  readonly key: string
  readonly api: ApiClient
}

/** Creates a tenant with an admin, and links its session `main`. */
async function newCustomer(id: string, phone: string): Promise<Customer> {
  await answerOf(operator.POST('/api/tenants', { body: { id, name: id.toUpperCase() } }))
  const made = await answerOf(operator.POST('/api/keys', { body: { name: 'admin', role: 'admin', tenant: id } }))
  const api = new ApiClient({ url: world.sandbox.info.api ?? '', apiKey: made.key })
  await linkSession(api, world.simulator, { name: 'main', phone })
  return { id, keyId: made.id, key: made.key, api }
}

const send = ({ api, id }: Customer, n: number) =>
  api.sendText({ session: 'main', chatId: `${CONTACT}@c.us`, text: `Message ${n} of ${id}`, idempotencyKey: `message ${n}` })

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

  // A change of one tenant's configuration reaches the running session within ten seconds, and leaves the other alone.
  const config = { pacing: { enabled: true, minDelayMs: 0, maxDelayMs: 0, recipientGapMs: 0, dailyLimit: 1, ramp: [] } }
  await answerOf(operator.PATCH('/api/tenants/{id}', { params: { path: { id: 'acme' } }, body: { config } }))
  const changedAt = performance.now()
  let held = ''
  for (let n = 2; held === ''; n++) {
    const { id } = await send(acme, n)
    const job = await eventually(async () => {
      const document = jobDocumentSchema.parse((await world.google.documents.read(jobPath(id)))?.fields)
      if (document.status !== 'delivered' && document.hold === null) throw new Error(`It is ${document.status}.`)
      return document
    })
    if (job.hold) held = job.hold.reason
    expect(performance.now() - changedAt).toBeLessThan(10_000)
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
  await eventually(async () => expect(await isRefused(() => readerApi.sessions())).toBe(true), 10_000)
  expect(performance.now() - revokedAt).toBeLessThan(5500)

  // One customer leaves: its session goes offline in order, and what it has stays.
  const params = { path: { id: 'globex' }, query: { confirm: 'GLOBEX' } }
  const deletion = await answerOf(operator.DELETE('/api/tenants/{id}', { params }))
  expect(deletion).toMatchObject({ state: 'deleting', keysRevoked: 1, sessionsStopped: 1, remaining: { sessions: 1 } })
  await eventually(async () => {
    const session = await world.google.documents.read(sessionPath('globex.main'))
    expect(session?.fields).toMatchObject({ state: 'STOPPED', runnerId: null, me: expect.anything() })
  })
  await eventually(async () => expect(await isRefused(() => globex.api.sessions())).toBe(true), 10_000)
  const inGlobex = createClient({ baseUrl: world.sandbox.info.api ?? '', apiKey: world.sandbox.info.apiKey, tenant: 'globex' })
  const info = await answerOf(inGlobex.GET('/api/sessions/{name}/info', { params: { path: { name: 'main' } } }))
  expect(info).toMatchObject({ session: { status: 'valid' }, persistence: { willSurviveRestart: true } })
  expect((await acme.api.session('main')).status).toBe('WORKING')

  const { entries } = await answerOf(inGlobex.GET('/api/audit', { params: { query: { tenant: 'globex' } } }))
  expect(entries.map(({ operation }) => operation)).toEqual(['createTenant', 'createKey', 'createSession', 'deleteTenant'])
})
