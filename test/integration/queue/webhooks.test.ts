import { newSessionKeys, unwrapSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import {
  bodyPlace,
  type Delivery,
  deliveryIdOf,
  deliveryPath,
  laneOf,
  WEBHOOK_DELIVERIES,
} from '@holdfast/core/session/webhook-delivery-document'
import { endpointIdOf } from '@holdfast/core/session/webhooks'
import { createLogger } from '@holdfast/core/platform/logging'
import type { OutgoingRequest } from '@holdfast/core/platform/outgoing'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, describe, expect, test } from 'vitest'
import { listDeliveries, redriveAll, redriveOne, showDelivery } from '../../../functions/src/use-cases/webhooks/deliveries.ts'
import { handleWebhookTask } from '../../../functions/src/use-cases/webhooks/handle-task.ts'
import { nextLookMs, sweepWebhooks, watchEndpoints } from '../../../functions/src/use-cases/webhooks/sweep-webhooks.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import { MemoryDocuments } from './memory-documents.ts'

/** The sending of webhooks by functions, on documents in memory, with a clock and an end point of the test's own. */

const SESSION = 'default.shop'
const MINUTE_MS = 60_000

/** Each test has an end point of its own, because a process counts what is under way at each. */
let url: string
let endpoint: string
let endpoints = 0
let documents: MemoryDocuments
let tasks: RecordedTasks
let aheadMs: number
/** What the end point got. */
let got: { readonly body: string; readonly headers: Readonly<Record<string, string>> }[]
type Answered = number | { status: number; headers: Record<string, string> } | 'dies'
let answer: (body: string) => Answered | Promise<Answered>
let dependencies: Parameters<typeof handleWebhookTask>[0]
let number: number

const wrappingKey = new WrappingKey(Buffer.alloc(32, 3))
const keys = newSessionKeys(SESSION, wrappingKey)
const cipher = unwrapSessionKeys(SESSION, keys, wrappingKey)
const now = () => systemClock.now() + aheadMs

beforeEach(begin)

async function begin(): Promise<void> {
  url = `https://receiver.example/hook/${++endpoints}`
  endpoint = endpointIdOf(SESSION, url)
  documents = new MemoryDocuments()
  tasks = new RecordedTasks()
  aheadMs = 0
  got = []
  number = 0
  done.clear()
  answer = () => 200
  const request = async ({ body = '', headers = {} }: OutgoingRequest) => {
    const text = body.toString()
    got.push({ body: text, headers })
    const answered = await answer(text)
    // The process ends: nothing that follows the request happens.
    if (answered === 'dies') return new Promise<never>(() => {})
    return {
      headers: {},
      body: Buffer.alloc(0),
      ...(typeof answered === 'object' ? answered : { status: answered }),
    }
  }
  const clock = { ...systemClock, now }
  dependencies = {
    documents,
    tasks,
    wrappingKey,
    clock,
    logger: createLogger('test', 'silent'),
    notifications: { http: { request } },
  }
  const config = { webhooks: [{ url, events: ['*'] }] }
  const session = { v: 1, tenant: 'default', name: 'shop', wanted: 'online', createdAt: new Date() }
  await documents.commit([
    { kind: 'create', path: sessionPath(SESSION), fields: { ...session, config } },
    { kind: 'create', path: sessionKeyPath(SESSION), fields: { ...keys } },
  ])
}

/** Writes deliveries, as the owner of the session does, and returns the task of their lane. */
async function told(chat: string, ...texts: readonly string[]) {
  const lane = laneOf(endpoint, SESSION, chat)
  for (const text of texts) {
    const event = `evt_${String(++number).padStart(26, '0')}`
    const id = deliveryIdOf(endpoint, event)
    const delivery: Delivery = {
      v: 1,
      tenant: 'default',
      sessionId: SESSION,
      endpoint,
      scope: 'session',
      event: 'message',
      eventId: event,
      at: new Date(now()),
      since: new Date(now()),
      lane,
      order: String(number).padStart(6, '0'),
      body: cipher.sealContent(Buffer.from(text), bodyPlace(id)),
      isSealed: true,
      status: 'pending',
      waitsIn: lane,
      isOutOfOrder: false,
      attempts: 0,
      firstAttemptAt: null,
      notBefore: null,
      lookAt: new Date(now()),
      problem: null,
      endedAt: null,
      redrives: 0,
    }
    await documents.commit([{ kind: 'merge', path: deliveryPath(id), fields: { ...delivery } }])
  }
  return { lane }
}

const bodies = () => got.map(({ body }) => body)

const statuses = async () =>
  (await documents.query({ collection: WEBHOOK_DELIVERIES, orderBy: ['order', 'asc'] })).map(({ fields }) => fields['status'])

/** Runs the tasks that are due, as their queue does, until none is left. */
async function runDue(): Promise<void> {
  for (;;) {
    const due = tasks.all.filter(({ at, name }) => !done.has(name) && (at?.getTime() ?? 0) <= now())
    if (due.length === 0) return
    for (const { name, payload } of due) {
      done.add(name)
      await handleWebhookTask(dependencies, payload)
    }
  }
}
const done = new Set<string>()

async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    aheadMs += MINUTE_MS
    await runDue()
  }
}

describe('a lane', () => {
  test('sends its events one after the other, and none twice', async () => {
    const task = await told('a', 'one', 'two', 'three')
    await Promise.all([handleWebhookTask(dependencies, task), handleWebhookTask(dependencies, task)])
    await handleWebhookTask(dependencies, task)

    expect(bodies()).toEqual(['one', 'two', 'three'])
    expect(await statuses()).toEqual(['delivered', 'delivered', 'delivered'])
  })

  test('sends an event again, in the same bytes under one id, when the process died before it knew the answer', async () => {
    const task = await told('a', 'one', 'two')
    answer = () => 'dies'
    void handleWebhookTask(dependencies, task)
    await expect.poll(bodies).toEqual(['one'])
    answer = () => 200
    await handleWebhookTask(dependencies, task)
    expect(bodies()).toEqual(['one'])
    aheadMs += 2 * MINUTE_MS
    await sweepWebhooks(dependencies)
    await runDue()

    expect(bodies()).toEqual(['one', 'one', 'two'])
    expect(got[1]?.headers['webhook-id']).toBe(got[0]?.headers['webhook-id'])
  })

  test('goes by the attempt that succeeded, when an older one fails after it', async () => {
    const task = await told('a', 'one', 'two')
    const { promise, resolve } = Promise.withResolvers<number>()
    answer = () => promise
    const slow = handleWebhookTask(dependencies, task)
    await expect.poll(bodies).toEqual(['one'])
    answer = () => 200
    aheadMs += 2 * MINUTE_MS
    await sweepWebhooks(dependencies)
    await runDue()
    resolve(500)
    await slow

    expect(bodies()).toEqual(['one', 'one', 'two'])
    expect(await statuses()).toEqual(['delivered', 'delivered'])
    const found = await documents.query({ collection: WEBHOOK_DELIVERIES })
    expect(found.map(({ fields }) => [fields['lookAt'], fields['notBefore']])).toEqual([
      [null, null],
      [null, null],
    ])
  })

  test('waits for an event that fails, for an hour, and then lets the others pass', async () => {
    const task = await told('a', 'bad', 'good')
    answer = (body) => (body === 'bad' ? 500 : 200)
    await handleWebhookTask(dependencies, task)
    await pass(50)
    expect(bodies()).not.toContain('good')
    await pass(60)
    expect(bodies()).toContain('good')
    answer = () => 200
    await pass(300)

    expect(got.at(-1)).toMatchObject({ body: 'bad', headers: { 'X-Holdfast-Out-Of-Order': 'true' } })
    expect(await statuses()).toEqual(['delivered', 'delivered'])
  })

  test('gives an event up after three days, and keeps it', async () => {
    const task = await told('a', 'bad')
    answer = () => 404
    await handleWebhookTask(dependencies, task)
    await pass(72 * 60 - 30)
    expect(await statuses()).toEqual(['pending'])
    await pass(60)

    expect(await statuses()).toEqual(['dead'])
    const [found] = await documents.query({ collection: WEBHOOK_DELIVERIES })
    expect(found?.fields).toMatchObject({ problem: { code: 'status-404' }, body: expect.any(Buffer), waitsIn: null })
  }, 60_000)

  test('waits while the key of its session cannot be read, and goes on when somebody has repaired it', async () => {
    const task = await told('a', 'one')
    await documents.commit([{ kind: 'delete', path: sessionKeyPath(SESSION) }])
    await handleWebhookTask(dependencies, task)
    await pass(20)
    const [found] = await documents.query({ collection: WEBHOOK_DELIVERIES })
    expect(found?.fields).toMatchObject({ status: 'pending', attempts: 0, problem: { code: 'data-key-missing' } })
    await documents.commit([{ kind: 'create', path: sessionKeyPath(SESSION), fields: { ...keys } }])
    await pass(20)
    expect(bodies()).toEqual(['one'])

    await told('b', 'two')
    await documents.commit([{ kind: 'delete', path: sessionKeyPath(SESSION) }])
    aheadMs += 73 * 60 * MINUTE_MS
    await sweepWebhooks(dependencies)
    await runDue()
    expect(await statuses()).toEqual(['delivered', 'dead'])
  })

  test('that waits for long is looked at less and less', () => {
    const [now, minutes] = [1_800_000_000_000, (ms: number) => (ms - now) / MINUTE_MS]
    const looks = [0, 40, 80, 72 * 60].map((age) => minutes(nextLookMs(new Date(now - age * MINUTE_MS), now)))
    expect(looks).toEqual([10, 10, 20, 360])
    expect(minutes(nextLookMs(undefined, now))).toBe(10)
  })

  test('leaves no end point alone for longer than an hour, whatever it asks for', async () => {
    const task = await told('a', 'one')
    answer = () => ({ status: 503, headers: { 'retry-after': '999999999' } })
    await handleWebhookTask(dependencies, task)
    answer = () => 200
    await pass(62)
    expect(await statuses()).toEqual(['delivered'])
  })

  test('whose tasks were all lost is found by the sweep', async () => {
    await told('a', 'one', 'two')
    await told('b', 'three')
    aheadMs += MINUTE_MS
    expect(await sweepWebhooks(dependencies)).toBe(2)
    await runDue()

    expect(bodies().toSorted()).toEqual(['one', 'three', 'two'])
    expect(bodies().indexOf('one')).toBeLessThan(bodies().indexOf('two'))
  })
})

/** The dependencies of a process that ends at a step: before what it does there, or right after it. `died` resolves then. */
function endingAt(step: number, when: 'before' | 'after') {
  const { promise: died, resolve: die } = Promise.withResolvers<'died'>()
  let steps = 0
  const guarded =
    <Given extends unknown[], Result>(act: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      if (++steps > step || (steps === step && when === 'before')) {
        die('died')
        return new Promise<never>(() => {})
      }
      const result = await act(...given)
      if (steps < step) return result
      die('died')
      return new Promise<never>(() => {})
    }
  const { notifications, ...others } = dependencies
  return {
    died,
    dependencies: {
      ...others,
      documents: {
        commit: guarded(documents.commit.bind(documents)),
        read: guarded(documents.read.bind(documents)),
        query: guarded(documents.query.bind(documents)),
        count: guarded(documents.count.bind(documents)),
        listen: () => () => {},
      },
      tasks: { enqueue: guarded(tasks.enqueue.bind(tasks)) },
      notifications: { http: { request: guarded((asked: OutgoingRequest) => notifications.http.request(asked)) } },
    },
  }
}

test.each([
  ['took the events', 200, 'before'],
  ['took the events', 200, 'after'],
  ['failed', 500, 'before'],
  ['failed', 500, 'after'],
] as const)(
  'a process that dies at any step, at an end point that %s (%i), %s the step, loses no event and no order',
  async (_, first, when) => {
    let cases = 0
    for (let step = 1; ; step++) {
      await begin()
      const task = await told('a', 'one', 'two')
      answer = () => first
      const { died, dependencies: ending } = endingAt(step, when)
      const end = await Promise.race([died, handleWebhookTask(ending, task)])
      if (end !== 'died') break
      cases++
      answer = () => 200
      for (let minute = 0; minute < 4; minute++) {
        aheadMs += MINUTE_MS
        await sweepWebhooks(dependencies)
        await runDue()
      }
      expect([step, await statuses()]).toEqual([step, ['delivered', 'delivered']])
      // The first time of each is in order, and the same bytes have the same id.
      expect([step, [...new Set(bodies())]]).toEqual([step, ['one', 'two']])
      const ids = new Set(got.map(({ body, headers }) => `${body} ${headers['webhook-id']}`))
      expect([step, ids.size]).toEqual([step, 2])
    }
    expect(cases).toBeGreaterThan(8)
  },
)

describe('an event that was given up', () => {
  const principal = { key: 'k', tenant: 'default', role: 'admin', sessions: 'all', requestsPerMinute: null } as const

  async function givenUp(): Promise<string> {
    const task = await told('a', 'one')
    await documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { config: {} } }])
    await handleWebhookTask(dependencies, task)
    const config = { webhooks: [{ url, events: ['*'] }] }
    await documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { config } }])
    const { deliveries } = await listDeliveries(dependencies, principal, { status: 'dead', limit: 10 })
    expect(deliveries).toMatchObject([{ session: 'shop', event: 'message', problem: { code: 'endpoint-removed' } }])
    return deliveries[0]?.id ?? ''
  }

  test('is sent again when somebody asks for it, alone or with all others', async () => {
    const id = await givenUp()
    expect(await redriveOne(dependencies, principal, id)).toMatchObject({ status: 'pending', redrives: 1 })
    await runDue()
    expect(bodies()).toEqual(['one'])
    expect(got[0]?.headers).toMatchObject({ 'X-Holdfast-Out-Of-Order': 'true' })
    await expect(redriveOne(dependencies, principal, id)).rejects.toMatchObject({ code: 'cannot-redrive' })

    await givenUp()
    expect(await redriveAll(dependencies, principal, undefined)).toEqual({ redriven: 1, hasMore: false })
    await runDue()
    expect(bodies()).toEqual(['one', 'one'])
  })

  test('is nobody’s but its tenant’s', async () => {
    const id = await givenUp()
    const other = { ...principal, tenant: 'other' }
    expect(await redriveAll(dependencies, other, undefined)).toEqual({ redriven: 0, hasMore: false })
    await expect(redriveOne(dependencies, other, id)).rejects.toMatchObject({ code: 'unknown-delivery' })
    const limited = { ...principal, sessions: ['another'] }
    await expect(showDelivery(dependencies, limited, id)).rejects.toMatchObject({ code: 'unknown-delivery' })
  })
})

describe('an end point', () => {
  test('that fails is left alone but for one probe, and told of until it takes something', async () => {
    answer = () => 503
    for (const chat of 'abcdefgh') await handleWebhookTask(dependencies, await told(chat, chat))
    const alert = async () => (await documents.read(`health_alerts/webhook-failing:${endpoint}`))?.fields['state']
    await pass(60)
    // Eight chats in an hour: without the circuit there would be some hundred attempts.
    expect(got.length).toBeLessThan(30)
    await watchEndpoints(dependencies)
    expect(await alert()).toBe('open')
    answer = () => 200
    await pass(30)

    expect(await statuses()).toEqual(Array.from({ length: 8 }, () => 'delivered'))
    expect(await alert()).toBe('resolved')
  })

  test('that is gone, or asks for a pause, gets nothing before its time', async () => {
    answer = () => ({ status: 429, headers: { 'retry-after': '1200' } })
    await handleWebhookTask(dependencies, await told('a', 'one'))
    await handleWebhookTask(dependencies, await told('b', 'two'))
    await pass(19)
    expect(got).toHaveLength(1)
    answer = () => 410
    await pass(5)
    expect(got).toHaveLength(2)
    await pass(55)
    expect(got).toHaveLength(2)
    answer = () => 200
    await pass(15)

    expect(await statuses()).toEqual(['delivered', 'delivered'])
  })

  test('that is not in the configuration any more gets nothing, and its events are kept', async () => {
    const task = await told('a', 'one')
    const config = { webhooks: [{ url: `${url}/other`, events: ['*'] }] }
    await documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { config } }])
    await handleWebhookTask(dependencies, task)

    expect(got).toEqual([])
    expect(await statuses()).toEqual(['dead'])
  })
})
