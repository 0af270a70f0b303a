import { createTaskQueues, type TaskQueuesClient } from '@holdfast/core/adapters/google/clients'
import { readIdentityToken } from '../../../sandbox/google/identity-token.ts'
import { protoTime } from '../../../sandbox/google/tasks/times.ts'
import { Receiver, TasksServer } from '../../../sandbox/google/tasks/under-test.ts'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

/** The product's side of Cloud Tasks, on the sandbox's server. */

const PROJECT = 'demo-contract'
const HOUR_MS = 3_600_000

let server: TasksServer
let receiver: Receiver
let tasks: TaskQueuesClient
let queue: string

beforeAll(async () => {
  ;[server, receiver] = await Promise.all([TasksServer.start(), Receiver.start()])
  queue = `${server.location}/queues/retries`
  await server.client.createQueue({ parent: server.location, queue: { name: queue } })
  tasks = createTaskQueues(configOf(server.address))
})

beforeEach(() => {
  receiver.calls.length = 0
})

afterAll(async () => {
  await tasks?.close()
  await server?.remove()
  receiver?.close()
})

const configOf = (emulator: string) => ({
  projectId: PROJECT,
  region: 'us-central1',
  functionsUrl: receiver.url,
  serviceAccount: 'invoker@example.com',
  emulator,
})

const received = (count: number) =>
  vi.waitFor(() => expect(receiver.calls).toHaveLength(count), { timeout: 15_000, interval: 10 })

test('a task calls the function of its queue with its payload, as `onTaskDispatched` expects it', async () => {
  await tasks.enqueue({ queue: 'retries', name: 'retry-j-g0-a1', payload: { job: 'j', attempt: 1 } })
  await received(1)
  const [call] = receiver.calls
  expect(call).toMatchObject({ method: 'POST', path: '/retries', headers: { 'content-type': 'application/json' } })
  expect(JSON.parse(call?.body ?? '')).toEqual({ data: { job: 'j', attempt: 1 } })
  const token = { aud: `${receiver.url}/retries`, email: 'invoker@example.com' }
  expect(readIdentityToken(call?.headers.authorization)).toMatchObject(token)
})

test('a task waits for its time, to the millisecond', async () => {
  const at = new Date(server.now + HOUR_MS)
  await tasks.enqueue({ queue: 'retries', name: 'later', payload: { job: 'j' }, at })
  const [task] = await server.client.getTask({ name: `${queue}/tasks/later` })
  expect(task).toMatchObject({ scheduleTime: protoTime(at.getTime()), dispatchDeadline: { seconds: '90' } })
  await server.advanceHours(1.1)
  await received(1)
})

test('a name is taken once, also after its task has ended', async () => {
  const task = { queue: 'retries', name: 'once', payload: { job: 'j' } } as const
  expect(await tasks.enqueue(task)).toBe('queued')
  await received(1)
  expect(await tasks.enqueue(task)).toBe('known')
})

test('a task is enqueued although Cloud Tasks is away for a moment', async () => {
  server.process.kill()
  expect(await tasks.enqueue({ queue: 'retries', name: 'patient', payload: { job: 'j' } })).toBe('queued')
  await received(1)
})

test('a missing queue is reported with what to do', async () => {
  await server.client.deleteQueue({ name: queue })
  const refused = tasks.enqueue({ queue: 'retries', name: 'lost', payload: { job: 'j' } })
  await expect(refused).rejects.toMatchObject({
    code: 'store-missing',
    message: 'The queue retries does not exist in us-central1.',
    advice: expect.stringContaining('Deploy the functions'),
  })
})

test('Cloud Tasks that stays away is reported as unavailable within its limit', async () => {
  const nobody = createTaskQueues(configOf('127.0.0.1:9'))
  const before = performance.now()
  await expect(nobody.enqueue({ queue: 'retries', name: 'a', payload: {} })).rejects.toMatchObject({ code: 'unavailable' })
  expect(performance.now() - before).toBeLessThan(9000)
  await nobody.close()
}, 30_000)
