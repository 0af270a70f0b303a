import type { CloudTasksClient } from '@google-cloud/tasks'
import { createTaskQueues, type GoogleClients, type TaskQueuesClient } from '@holdfast/core/adapters/google/clients'
import { taskFor } from '@holdfast/core/message/due'
import { type JobDocument, jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { tasksOf } from '@holdfast/core/platform/tasks-settings'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { clientAt } from '../../sandbox/google/tasks/client.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { clientsOf } from '../support/clients-of-sandbox.ts'
import { eventually } from '../support/engine-world.ts'

/** Tasks and schedules from outside: real functions, no runner. */

let sandbox: Sandbox
let google: GoogleClients
let tasks: TaskQueuesClient
let client: CloudTasksClient
/** How far the sandbox's clock is ahead. */
let aheadMs = 0

const OPTIONS = {
  runners: 0,
  whatsappUrl: 'ws://127.0.0.1:9',
  firestore: process.env['SHARED_FIRESTORE'],
  movableClock: true,
}

beforeAll(async () => {
  sandbox = await startSandbox({ ...OPTIONS, schedules: false })
  google = clientsOf(sandbox.info)
  const { project, tasks: emulator, api } = sandbox.info
  const settings = { FUNCTIONS_REGION: 'us-central1', FUNCTIONS_URL: api ?? '', CLOUD_TASKS_EMULATOR_HOST: emulator }
  tasks = createTaskQueues(tasksOf({ GOOGLE_CLOUD_PROJECT: project, ...settings }))
  client = clientAt(emulator, project)
})

afterEach(() => sandbox.disturbTasks({ drop: 0, double: 0, seed: 0 }))

afterAll(async () => {
  await client?.close()
  await tasks?.close()
  await google?.close()
  await sandbox?.stop()
})

const now = () => Date.now() + aheadMs

async function advance(hours: number): Promise<void> {
  aheadMs += hours * 3_600_000
  await sandbox.advanceClock({ hours })
}

/** Writes a message that waits, without a session to send it. */
async function waiting(changes: Partial<JobDocument>, { documents } = google): Promise<string> {
  const id = randomBytes(20).toString('hex')
  const fields = {
    v: 1,
    tenant: 'default',
    sessionId: 'default:tasks',
    chat: '5511900000002@s.whatsapp.net',
    type: 'text',
    content: randomBytes(16),
    requestHash: '',
    messageId: '3EB0',
    status: 'pending',
    createdAt: new Date(),
    queuedAt: null,
    timeline: [{ status: 'pending', at: new Date() }],
    ...changes,
  }
  await documents.commit([{ kind: 'create', path: jobPath(id), fields }])
  return id
}

async function read(id: string, { documents } = google): Promise<JobDocument & { updatedAtMicros: number }> {
  const snapshot = await documents.read(jobPath(id))
  const job = parseStored(jobDocumentSchema, snapshot?.fields, jobPath(id))
  return { ...job, updatedAtMicros: snapshot?.updatedAtMicros ?? 0 }
}

async function enqueue(id: string): Promise<'queued' | 'known'> {
  const task = taskFor(id, await read(id), now())
  if (!task) throw new Error('The message needs no task.')
  return await tasks.enqueue(task)
}

const untilDue = (id: string) => eventually(async () => expect((await read(id)).queuedAt).not.toBeNull())

async function untilQueueIsEmpty(): Promise<void> {
  const { project } = sandbox.info
  const parent = client.queuePath(project, 'us-central1', 'retries')
  await eventually(async () => expect((await client.listTasks({ parent }))[0]).toEqual([]))
}

const logOf = (part: string) => readFile(join(sandbox.folder, 'logs', `${part}.log`), 'utf8')

describe('a message for later', () => {
  test('is due when its time has come, and not before', async () => {
    const id = await waiting({ sendAt: new Date(now() + 2 * 3_600_000) })
    expect(await enqueue(id)).toBe('queued')
    expect(await enqueue(id)).toBe('known')
    await advance(1)
    expect((await read(id)).queuedAt).toBeNull()
    await advance(1)
    await untilDue(id)
  })

  test('is due although Cloud Tasks and the functions were killed before', async () => {
    const id = await waiting({ sendAt: new Date(now() + 2 * 3_600_000) })
    await enqueue(id)
    const back = Promise.all([sandbox.tasks, sandbox.functions!].map((part) => new Promise((ready) => part.once('ready', ready))))
    sandbox.tasks.kill()
    sandbox.functions!.kill()
    await back
    await advance(2)
    await untilDue(id)
  })

  test('is due although the functions were away at its time', async () => {
    const id = await waiting({ sendAt: new Date(now() + 3_600_000) })
    await enqueue(id)
    await sandbox.functions!.stop()
    await advance(1)
    await eventually(async () => {
      const [task] = await client.getTask({ name: taskPath(`later-${id}-${(await read(id)).sendAt!.getTime()}`) })
      expect(task.dispatchCount).toBeGreaterThan(0)
    })
    await sandbox.functions!.start()
    await untilDue(id)
  })
})

const taskPath = (name: string) => client.taskPath(sandbox.info.project, 'us-central1', 'retries', name)

test('a task that is delivered twice changes a message once', async () => {
  await sandbox.disturbTasks({ drop: 0, double: 1, seed: 1 })
  const id = await waiting({ queuedAt: new Date(0), nextAttemptAt: new Date(now() - 1000), attempts: 1 })
  await enqueue(id)
  await untilQueueIsEmpty()
  const once = await read(id)
  expect(once).toMatchObject({ nextAttemptAt: null, attempts: 1, timeline: [{ status: 'pending' }] })
  expect(await logOf('tasks')).toContain('"fault":"doubled"')
  // The task comes a third time.
  const again = { queue: 'retries', name: `again-${id}`, payload: { job: id } } as const
  await tasks.enqueue(again)
  await untilQueueIsEmpty()
  expect((await read(id)).updatedAtMicros).toBe(once.updatedAtMicros)
})

test('a message whose task was lost is found by the sweep, which the scheduler of the sandbox calls', async () => {
  await sandbox.disturbTasks({ drop: 1, double: 0, seed: 1 })
  const id = await waiting({ queuedAt: new Date(0), nextAttemptAt: new Date(now()), attempts: 1 })
  await enqueue(id)
  await untilQueueIsEmpty()
  await sandbox.fireSchedule('sweep')
  expect((await read(id)).nextAttemptAt).not.toBeNull()
  await advance(1)
  await sandbox.fireSchedule('sweep')
  expect((await read(id)).nextAttemptAt).toBeNull()
})

test('a schedule is called by itself when its time has come', async () => {
  await using automatic = await startSandbox({ ...OPTIONS, schedules: true })
  const its = clientsOf(automatic.info)
  const id = await waiting({ queuedAt: new Date(0), nextAttemptAt: new Date(), attempts: 1 }, its)
  await automatic.advanceClock({ minutes: 2 })
  await eventually(async () => expect((await read(id, its)).nextAttemptAt).toBeNull())
  await its.close()
})
