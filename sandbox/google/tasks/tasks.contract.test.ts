import type { CloudTasksClient } from '@google-cloud/tasks'
import { status } from '@grpc/grpc-js'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { protoTime } from './times.ts'
import { openTasks, type TasksUnderTest } from './under-test.ts'

// The contract of Cloud Tasks, as far as the product and its deployment rely on it. The tests run against the sandbox's server, and
// against the real service when HOLDFAST_CONTRACT_TASKS names a place in which the default credentials may make queues. Nothing is
// delivered here: the queue is paused, because the real service does not reach this machine.

const DAY_MS = 24 * 60 * 60 * 1000
/** A new queue of the real service needs a moment until it takes tasks. */
const NEW_QUEUE_LIMIT_MS = 120_000

let under: TasksUnderTest
let client: CloudTasksClient
let queue: string

beforeAll(async () => {
  under = await openTasks()
  ;({ client, queue } = under)
  const settings = {
    rateLimits: { maxDispatchesPerSecond: 100, maxConcurrentDispatches: 40 },
    retryConfig: { maxAttempts: 20, minBackoff: { seconds: 1 }, maxBackoff: { seconds: 60 }, maxDoublings: 6 },
  }
  await client.createQueue({ parent: under.location, queue: { name: queue, ...settings } })
  await client.pauseQueue({ name: queue })
  await vi.waitFor(() => client.listTasks({ parent: queue }), { timeout: NEW_QUEUE_LIMIT_MS })
}, NEW_QUEUE_LIMIT_MS)

afterAll(async () => {
  await under?.close()
})

const code = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => 'no error',
    (error: { code?: number }) => status[error.code ?? -1],
  )

const httpRequest = { url: 'https://example.com/function', httpMethod: 'POST' as const }

const create = async (task: object) => (await client.createTask({ parent: queue, task: { httpRequest, ...task } }))[0]

const named = () => `${queue}/tasks/${randomUUID()}`

const inMs = (ms: number) => protoTime(Date.now() + ms)

const read = async (name: string, responseView: 'BASIC' | 'FULL' = 'BASIC') => (await client.getTask({ name, responseView }))[0]

describe('a queue', () => {
  test('is created once, with its limits and its retries', async () => {
    const [found] = await client.getQueue({ name: queue })
    expect(found).toMatchObject({
      name: queue,
      state: 'PAUSED',
      rateLimits: { maxDispatchesPerSecond: 100, maxConcurrentDispatches: 40 },
      retryConfig: { maxAttempts: 20, minBackoff: { seconds: '1' }, maxBackoff: { seconds: '60' }, maxDoublings: 6 },
    })
    expect(found.rateLimits?.maxBurstSize).toBeGreaterThan(0)
    expect(await code(client.createQueue({ parent: under.location, queue: { name: queue } }))).toBe('ALREADY_EXISTS')
  })

  test('is changed where the update says so', async () => {
    const changed = { name: queue, rateLimits: { maxDispatchesPerSecond: 50, maxConcurrentDispatches: 1 } }
    const paths = ['rate_limits.max_dispatches_per_second']
    const [updated] = await client.updateQueue({ queue: changed, updateMask: { paths } })
    expect(updated.rateLimits).toMatchObject({ maxDispatchesPerSecond: 50, maxConcurrentDispatches: 40 })
    expect(updated.retryConfig).toMatchObject({ maxAttempts: 20 })
  })

  test('stands in the list of its place', async () => {
    const [queues] = await client.listQueues({ parent: under.location })
    expect(queues.map(({ name }) => name)).toContain(queue)
    expect(await code(client.getQueue({ name: `${queue}-missing` }))).toBe('NOT_FOUND')
  })

  test('is refused with limits that no queue has', async () => {
    const refused = (settings: object) =>
      code(client.updateQueue({ queue: { name: queue, ...settings }, updateMask: { paths: ['rate_limits', 'retry_config'] } }))
    expect(await refused({ rateLimits: { maxDispatchesPerSecond: 501 } })).toBe('INVALID_ARGUMENT')
    expect(await refused({ rateLimits: { maxConcurrentDispatches: 5001 } })).toBe('INVALID_ARGUMENT')
    expect(await refused({ retryConfig: { maxAttempts: -2 } })).toBe('INVALID_ARGUMENT')
  })
})

describe('a task', () => {
  test('is kept as it was given, and shows its body in the full view only', async () => {
    const name = named()
    const scheduleTime = { seconds: String(Math.floor(Date.now() / 1000) + 3600), nanos: 0 }
    const request = {
      ...httpRequest,
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from('{"data":{}}').toString('base64'),
    }
    await create({ name, scheduleTime, dispatchDeadline: { seconds: 90 }, httpRequest: request })
    const basic = await read(name)
    expect(basic).toMatchObject({ name, view: 'BASIC', scheduleTime, dispatchDeadline: { seconds: '90' }, dispatchCount: 0 })
    expect(Buffer.from(basic.httpRequest?.body ?? '')).toHaveLength(0)
    const full = await read(name, 'FULL')
    expect(Buffer.from(full.httpRequest?.body ?? '').toString()).toBe('{"data":{}}')
    expect(full.httpRequest).toMatchObject({ url: httpRequest.url, httpMethod: 'POST' })
    expect(full.httpRequest?.headers).toMatchObject({ 'Content-Type': 'application/json' })
  })

  test('without a time is due at once, and has a deadline of ten minutes', async () => {
    const task = await create({})
    expect(Math.abs(Number(task.scheduleTime?.seconds) - Date.now() / 1000)).toBeLessThan(60)
    expect(task.dispatchDeadline).toMatchObject({ seconds: '600' })
    expect(task.name).toMatch(/\/tasks\/\d+$/)
  })

  test('takes a time that has passed as now', async () => {
    const task = await create({ scheduleTime: inMs(-DAY_MS) })
    expect(Number(task.scheduleTime?.seconds)).toBeGreaterThan(Date.now() / 1000 - 60)
  })

  test('is created once under a name, also after it was deleted', async () => {
    const name = named()
    await create({ name })
    expect(await code(create({ name }))).toBe('ALREADY_EXISTS')
    await client.deleteTask({ name })
    expect(await code(client.getTask({ name }))).toBe('NOT_FOUND')
    expect(await code(client.deleteTask({ name }))).toBe('NOT_FOUND')
    expect(await code(create({ name }))).toBe('ALREADY_EXISTS')
  })

  test('of ten that are created at once under one name, one is', async () => {
    const name = named()
    const results = await Promise.all(Array.from({ length: 10 }, () => code(create({ name }))))
    expect(results.filter((result) => result === 'no error')).toHaveLength(1)
    expect(results.filter((result) => result === 'ALREADY_EXISTS')).toHaveLength(9)
  })

  test('is at most thirty days ahead', async () => {
    expect(await code(create({ scheduleTime: inMs(29.9 * DAY_MS) }))).toBe('no error')
    expect(await code(create({ scheduleTime: inMs(30.1 * DAY_MS) }))).toBe('INVALID_ARGUMENT')
  })

  test('has a deadline between 15 seconds and 30 minutes', async () => {
    const withDeadline = (seconds: number) => code(create({ dispatchDeadline: { seconds } }))
    expect(await Promise.all([14, 15, 1800, 1801].map(withDeadline))).toEqual([
      'INVALID_ARGUMENT',
      'no error',
      'no error',
      'INVALID_ARGUMENT',
    ])
  })

  test('is refused without a URL, with a bad name, in another queue, and in a queue that does not exist', async () => {
    expect(await code(create({ httpRequest: { ...httpRequest, url: '' } }))).toBe('INVALID_ARGUMENT')
    expect(await code(create({ httpRequest: { ...httpRequest, url: 'ftp://example.com' } }))).toBe('INVALID_ARGUMENT')
    expect(await code(create({ name: `${queue}/tasks/a.b` }))).toBe('INVALID_ARGUMENT')
    expect(await code(create({ name: `${queue}-other/tasks/a` }))).toBe('INVALID_ARGUMENT')
    const parent = `${queue}-missing`
    expect(await code(client.createTask({ parent, task: { httpRequest } }))).toBe('NOT_FOUND')
  })

  test('with a body needs a method that has one', async () => {
    const body = Buffer.from('body').toString('base64')
    expect(await code(create({ httpRequest: { ...httpRequest, httpMethod: 'GET', body } }))).toBe('INVALID_ARGUMENT')
    expect(await code(create({ httpRequest: { ...httpRequest, httpMethod: 'PUT', body } }))).toBe('no error')
  })

  test('stands in the list of its queue, in pages too, until the queue is purged', async () => {
    const mine = [named(), named(), named()]
    for (const name of mine) await create({ name })
    const listed = async (pageSize: number) => {
      const names: (string | null | undefined)[] = []
      for await (const task of client.listTasksAsync({ parent: queue, pageSize })) names.push(task.name)
      return names
    }
    expect(await listed(1000)).toEqual(expect.arrayContaining(mine))
    expect(new Set(await listed(2))).toEqual(new Set(await listed(1000)))
    await client.purgeQueue({ name: queue })
    await expect.poll(() => listed(1000), { timeout: NEW_QUEUE_LIMIT_MS }).toEqual([])
  })
})
