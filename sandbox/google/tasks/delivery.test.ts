import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { readIdentityToken } from '../identity-token.ts'
import { deliver } from './delivery.ts'
import { protoTime } from './times.ts'
import { Receiver, TasksServer } from './under-test.ts'

let server: TasksServer
let receiver: Receiver
let queue: string

beforeAll(async () => {
  server = await TasksServer.start()
})

// Each test has its own queue and its own receiver, so that nothing of one reaches the other.
beforeEach(async () => {
  receiver = await Receiver.start()
  queue = await newQueue({})
})

afterEach(() => receiver.close())

afterAll(() => server.remove())

async function newQueue(settings: object): Promise<string> {
  const name = `${server.location}/queues/q-${randomUUID()}`
  await server.client.createQueue({ parent: server.location, queue: { name, ...settings } })
  return name
}

interface Given {
  name?: string
  path?: string
  inMs?: number
  request?: object
}

async function create({ name = randomUUID(), path = '/', inMs = 0, request = {} }: Given = {}): Promise<string> {
  const full = `${queue}/tasks/${name}`
  const httpRequest = { url: `${receiver.url}${path}`, ...request }
  await server.client.createTask({ parent: queue, task: { name: full, scheduleTime: protoTime(server.now + inMs), httpRequest } })
  return full
}

const received = (count: number) =>
  vi.waitFor(() => expect(receiver.calls).toHaveLength(count), { timeout: 15_000, interval: 10 })

const waits = async (name: string) => (await server.client.getTask({ name }))[0]

const isGone = (name: string) => vi.waitFor(() => expect(waits(name)).rejects.toMatchObject({ code: 5 }), { timeout: 15_000 })

const headersOf = (call: number, ...names: string[]) =>
  names.map((name) => receiver.calls[call]?.headers[`x-cloudtasks-task${name}`])

describe('a delivery', () => {
  test('carries what the task says, the headers of Cloud Tasks, and an identity token for its URL', async () => {
    const name = await create({
      name: 'first',
      path: '/retries',
      request: {
        httpMethod: 'PUT',
        headers: { 'Content-Type': 'application/json', 'X-CloudTasks-TaskName': 'mine', 'x-own': 'kept' },
        body: Buffer.from('{"data":1}').toString('base64'),
        oidcToken: { serviceAccountEmail: 'invoker@example.com' },
      },
    })
    await received(1)
    const [call] = receiver.calls
    expect(call).toMatchObject({ method: 'PUT', path: '/retries', body: '{"data":1}' })
    expect(call?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Google-Cloud-Tasks',
      'x-own': 'kept',
      'x-cloudtasks-queuename': queue.split('/').at(-1),
      'x-cloudtasks-taskname': 'first',
      'x-cloudtasks-taskretrycount': '0',
      'x-cloudtasks-taskexecutioncount': '0',
    })
    expect(Number(headersOf(0, 'eta')[0])).toBeCloseTo(Date.now() / 1000, -2)
    const audience = `${receiver.url}/retries`
    expect(readIdentityToken(call?.headers.authorization)).toMatchObject({ aud: audience, email: 'invoker@example.com' })
    await isGone(name)
  })

  test('comes at its time', async () => {
    const at = performance.now() + 1000
    await create({ inMs: 1000 })
    await received(1)
    expect(receiver.calls[0]!.at - at).toBeGreaterThanOrEqual(-20)
  })

  test('comes at once when the clock moves to its time, and not before', async () => {
    const name = await create({ inMs: 2 * 3_600_000 })
    await server.advanceHours(1.9)
    expect((await waits(name)).dispatchCount).toBe(0)
    await server.advanceHours(0.2)
    await received(1)
  })

  test('that fails is repeated after a growing pause, until the attempts are used up', async () => {
    const retryConfig = { maxAttempts: 3, minBackoff: { nanos: 100_000_000 }, maxBackoff: { seconds: 1 } }
    await server.client.updateQueue({ queue: { name: queue, retryConfig } })
    receiver.answer = () => (receiver.calls.length === 1 ? 503 : 404)
    const name = await create()
    await received(3)
    expect([0, 1, 2].map((call) => headersOf(call, 'retrycount', 'executioncount', 'previousresponse'))).toEqual([
      ['0', '0', undefined],
      ['1', '0', '503'],
      ['2', '1', '404'],
    ])
    const [first, second, third] = receiver.calls.map(({ at }) => at)
    expect(second! - first!).toBeGreaterThan(90)
    expect(third! - second!).toBeGreaterThan(190)
    await isGone(name)
  })

  test('that is answered with a redirect has failed', async () => {
    receiver.answer = () => 302
    const name = await create()
    await received(2)
    expect(await waits(name)).toMatchObject({ lastAttempt: { responseStatus: { message: 'HTTP status code 302' } } })
  })

  test('is given up after the deadline of its task', async () => {
    receiver.answer = () => new Promise(() => {})
    const request = { url: receiver.url, method: 'POST', headers: {}, body: '', oidc: null }
    const counts = { attempts: 1, responses: 0, executions: 0, firstAttemptAt: 0, lastAttempt: null }
    const task = { name: `${queue}/tasks/slow`, request, createdAt: 0, scheduledAt: 0, ...counts }
    expect(await deliver({ ...task, deadlineMs: 100 })).toBeNull()
    expect(receiver.calls).toHaveLength(1)
  })
})

describe('a queue', () => {
  test('has no more deliveries under way than it may', async () => {
    queue = await newQueue({ rateLimits: { maxConcurrentDispatches: 3, maxDispatchesPerSecond: 500 } })
    let underWay = 0
    let most = 0
    receiver.answer = async () => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 20))
      underWay--
      return 200
    }
    await Promise.all(Array.from({ length: 12 }, () => create()))
    await received(12)
    expect(most).toBe(3)
  })

  test('delivers no faster than it may', async () => {
    queue = await newQueue({ rateLimits: { maxConcurrentDispatches: 100, maxDispatchesPerSecond: 10 } })
    await Promise.all(Array.from({ length: 15 }, () => create()))
    await received(15)
    // Ten at once, then one in each tenth of a second.
    expect(receiver.calls.at(-1)!.at - receiver.calls[0]!.at).toBeGreaterThan(400)
  })

  test('delivers nothing while it is paused', async () => {
    await server.client.pauseQueue({ name: queue })
    const name = await create()
    await server.advanceHours(1)
    expect((await waits(name)).dispatchCount).toBe(0)
    await server.client.resumeQueue({ name: queue })
    await received(1)
  })

  test('does not deliver what was deleted', async () => {
    const name = await create({ inMs: 3_600_000 })
    const other = await create({ inMs: 3_600_000 })
    await server.client.deleteTask({ name })
    await server.advanceHours(2)
    await isGone(other)
    expect(receiver.calls).toHaveLength(1)
  })
})

describe('a killed server', () => {
  test('leaves queues, tasks and names to the next one', async () => {
    const rateLimits = { maxConcurrentDispatches: 7 }
    queue = await newQueue({ rateLimits })
    const later = await create({ name: 'later', inMs: 3_600_000 })
    await create({ name: 'done' })
    await isGone(`${queue}/tasks/done`)
    await server.crash()
    expect((await server.client.getQueue({ name: queue }))[0]).toMatchObject({ rateLimits })
    expect(await waits(later)).toMatchObject({ name: later, dispatchCount: 0 })
    await expect(create({ name: 'done' })).rejects.toMatchObject({ code: 6 })
    await server.advanceHours(1.1)
    await isGone(later)
    expect(receiver.calls).toHaveLength(2)
    // The name is free an hour after the end of its task.
    await create({ name: 'done' })
    await received(3)
  })

  test('in the middle of a delivery makes the next one deliver again', async () => {
    const first = Promise.withResolvers<number>()
    receiver.answer = () => (receiver.calls.length === 1 ? first.promise : 200)
    const name = await create()
    await received(1)
    await server.crash()
    await isGone(name)
    expect(receiver.calls).toHaveLength(2)
    first.resolve(200)
  })

  test('has lost no task that it confirmed', async () => {
    const confirmed: string[] = []
    const work = async () => {
      for (;;) confirmed.push(await create({ inMs: 3_600_000 }))
    }
    const works = Promise.allSettled(Array.from({ length: 8 }, work))
    await vi.waitFor(() => expect(confirmed.length).toBeGreaterThan(100), { timeout: 15_000, interval: 5 })
    await server.crash()
    await works
    const [kept] = await server.client.listTasks({ parent: queue })
    expect(kept.map(({ name }) => name)).toEqual(expect.arrayContaining(confirmed))
  })
})

describe('faults', () => {
  afterEach(() => server.process.ask('faults', { drop: 0, double: 0, seed: 0 }))

  test('lose a task, which counts as delivered', async () => {
    await server.process.ask('faults', { drop: 1, double: 0, seed: 1 })
    await isGone(await create())
    expect(receiver.calls).toEqual([])
  })

  test('deliver a task twice', async () => {
    await server.process.ask('faults', { drop: 0, double: 1, seed: 1 })
    await isGone(await create())
    expect(receiver.calls).toHaveLength(2)
  })
})
