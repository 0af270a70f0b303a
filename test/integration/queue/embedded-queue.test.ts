import { DUE_TASKS, dueTaskPath } from '@holdfast/core/operations/due-task-document'
import { DocumentTaskQueues } from '@holdfast/core/operations/document-task-queues'
import { createLogger, type Logger } from '@holdfast/core/platform/logging'
import type { Change, DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { TaskDelivery } from '../../../functions/src/embedded/task-delivery.ts'
import { RETRIES } from '../../../functions/src/tasks/queues.ts'
import { eventually } from '../../support/engine-world.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'

/** The embedded queue with servers that die, race, and lose Firestore. */

const MINUTE_MS = 60_000

let firestore: FirestoreUnderTest
let documents: DocumentStore
let aheadMs = 0
let release: () => void
let gate: Promise<void>
const servers: TaskDelivery[] = []
const lines: string[] = []

const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
const collect = (...line: unknown[]) => void lines.push(JSON.stringify(line))
const logger = { ...createLogger('test', 'silent'), info: collect, warn: collect, error: collect } as Logger

beforeAll(async () => {
  firestore = await startFirestore()
  documents = firestore.clients.documents
})

beforeEach(() => {
  ;({ promise: gate, resolve: release } = Promise.withResolvers<void>())
})

afterEach(async () => {
  release()
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  lines.length = 0
})

afterAll(() => firestore?.[Symbol.asyncDispose]())

let number = 0

type Handle = (job: string) => unknown

function startServer(
  handle: Handle,
  { on = documents, ...limits }: { on?: DocumentStore; maxAttempts?: number } = {},
): TaskDelivery {
  const queue = { ...RETRIES, retryConfig: { ...RETRIES.retryConfig, ...limits } }
  const retries = { ...queue, handle: async (payload: unknown) => await handle((payload as { job: string }).job) }
  const queues = { retries, alerts: retries, webhooks: retries }
  const server = new TaskDelivery({ documents: on, clock, logger, serverId: `server-${++number}`, queues })
  servers.push(server)
  server.start()
  return server
}

const newTask = (at?: Date) => {
  const name = `task-${++number}`
  return { queue: 'retries', name, payload: { job: name }, ...(at ? { at } : {}) } as const
}

type NewTask = ReturnType<typeof newTask>

const enqueue = (task: NewTask) => new DocumentTaskQueues({ documents, clock }).enqueue(task)
const read = async (task: NewTask) => (await documents.read(dueTaskPath(task)))?.fields
/** The limit is below the one of a test, so that a task that never ends fails by this. */
const ended = (task: NewTask) =>
  eventually(async () => expect(await read(task)).toMatchObject({ endedAt: expect.any(Date) }), 12_000)

test('a task is delivered at its time, and not before', async () => {
  const [task, atOnce] = [newTask(new Date(clock.now() + 10 * MINUTE_MS)), newTask()]
  const delivered: string[] = []
  await enqueue(task)
  startServer((job) => delivered.push(job))
  await enqueue(atOnce)
  await ended(atOnce)
  expect(delivered).toEqual([atOnce.name])
  aheadMs += 11 * MINUTE_MS
  await ended(task)
  expect(delivered).toEqual([atOnce.name, task.name])
})

test('of two servers one delivers a task', async () => {
  const delivered: string[] = []
  // The handler takes a moment, so that the other server has the time to try.
  const handle = async (job: string) => {
    delivered.push(job)
    await systemClock.sleep(50, 'deadline')
  }
  const at = new Date(clock.now() + 10 * MINUTE_MS)
  const tasks = Array.from({ length: 30 }, () => newTask(at))
  await Promise.all(tasks.map(enqueue))
  startServer(handle)
  startServer(handle)
  aheadMs += 11 * MINUTE_MS
  await Promise.all(tasks.map(ended))
  expect(delivered.toSorted()).toEqual(tasks.map(({ name }) => name).toSorted())
})

test('a task whose server died over it comes again after the lease, and not before', async () => {
  const task = newTask()
  const delivered: string[] = []
  const dead = startServer(() => gate)
  await enqueue(task)
  await eventually(async () => expect(await read(task)).toMatchObject({ attempts: 1 }))
  // The first server hangs until the end of the test.
  void dead.stop()
  startServer((job) => delivered.push(job))
  const other = newTask()
  await enqueue(other)
  await ended(other)
  expect(delivered).toEqual([other.name])
  aheadMs += MINUTE_MS
  await ended(task)
  expect(delivered).toEqual([other.name, task.name])
  expect(await read(task)).toMatchObject({ attempts: 2 })
})

test('a task ends when its last delivery has failed', async () => {
  const task = newTask()
  let deliveries = 0
  startServer(
    () => {
      deliveries++
      throw new Error('It fails.')
    },
    { maxAttempts: 2 },
  )
  await enqueue(task)
  await ended(task)
  expect(deliveries).toBe(2)
  expect(lines.join('')).toContain('A due task failed for the last time.')
})

test('a document that is no task stops no other', async () => {
  await documents.commit([{ kind: 'create', path: `${DUE_TASKS}/retries.damaged`, fields: { v: 1, dueAt: new Date(0) } }])
  const task = newTask()
  startServer(() => {})
  await enqueue(task)
  await ended(task)
  expect(lines.join('')).toContain('A due task cannot be read.')
  await documents.commit([{ kind: 'delete', path: `${DUE_TASKS}/retries.damaged` }])
})

test('a task that comes due while Firestore is away is delivered when it is back', async () => {
  const faulty = new FaultyDocuments(documents)
  const task = newTask(new Date(clock.now() + 10 * MINUTE_MS))
  await enqueue(task)
  const atOnce = newTask()
  startServer(() => {}, { on: faulty })
  await enqueue(atOnce)
  await ended(atOnce)
  faulty.away(true)
  aheadMs += 11 * MINUTE_MS
  await eventually(() => expect(lines.join('')).toContain('it comes again'))
  faulty.away(false)
  await ended(task)
})

test('a claim whose answer is lost delivers its task at once, and not after the lease', async () => {
  const faulty = new FaultyDocuments(documents)
  const isClaim = (changes: readonly Change[]) => changes.some((change) => 'fields' in change && 'claim' in change.fields)
  let lost = 0
  faulty.faults((changes) => (isClaim(changes) && lost++ === 0 ? 'lose-answer' : null))
  const delivered: string[] = []
  startServer((job) => delivered.push(job), { on: faulty })
  const task = newTask()
  await enqueue(task)
  await ended(task)
  expect(lost).toBe(1)
  expect(delivered).toEqual([task.name])
  expect(await read(task)).toMatchObject({ attempts: 1 })
})

test('a server that waits reads nothing', async () => {
  await enqueue(newTask(new Date(clock.now() + 60 * MINUTE_MS)))
  const atOnce = newTask()
  startServer(() => {})
  await enqueue(atOnce)
  await ended(atOnce)
  // The listener's last answer may still be on its way.
  const settled = await vi.waitFor(async () => {
    const before = { ...firestore.clients.operations }
    await systemClock.sleep(300, 'deadline')
    expect(firestore.clients.operations).toEqual(before)
    return before
  })
  await systemClock.sleep(2500, 'deadline')
  expect(firestore.clients.operations).toEqual(settled)
})

test('the name of a task is free again when its end is long ago', async () => {
  const task = newTask()
  startServer(() => {})
  await enqueue(task)
  await ended(task)
  aheadMs += 59 * MINUTE_MS
  const soon = newTask()
  await enqueue(soon)
  await ended(soon)
  expect(await enqueue(task)).toBe('known')
  aheadMs += 62 * MINUTE_MS
  const later = newTask()
  await enqueue(later)
  await eventually(async () => expect(await read(task)).toBeUndefined())
  expect(await enqueue(task)).toBe('queued')
})

test('a stopped server begins nothing more', async () => {
  const delivered: string[] = []
  const server = startServer((job) => delivered.push(job))
  await server.stop()
  const task = newTask()
  await enqueue(task)
  startServer(() => {})
  await ended(task)
  expect(delivered).toEqual([])
})
