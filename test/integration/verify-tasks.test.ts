import { afterAll, beforeAll, expect, test } from 'vitest'
import { contextWith, liveCheck, problemsOf } from '../../infra/verify/fixtures/context.ts'
import { target } from '../../infra/resources/fixtures/target.ts'
import { scratchOf } from '../../infra/verify/scratch.ts'
import { TasksServer } from '../../sandbox/google/tasks/under-test.ts'

// A verification's look at Cloud Tasks, with a queue that is not as it has to be. That all is well is tested with the whole command.

let server: TasksServer
const QUEUE = `projects/${target.project}/locations/${target.region}/queues/retries`

beforeAll(async () => {
  server = await TasksServer.start()
  process.env['CLOUD_TASKS_EMULATOR_HOST'] = server.address
})

afterAll(async () => {
  delete process.env['CLOUD_TASKS_EMULATOR_HOST']
  await server?.remove()
})

/** The log has a line of the function after so many milliseconds. */
function verify(run: string, afterMs: number | null) {
  const entries = () => (afterMs === null ? [] : [{ timestamp: new Date(Date.now() + afterMs).toISOString() }])
  const context = contextWith({ call: () => ({ status: 200, body: { entries: entries() } }), functionsUrl: 'http://127.0.0.1:9' })
  return problemsOf(liveCheck('tasks: delivery').run({ ...context, scratch: scratchOf(target, run) }))
}

test('a project without the queue is told to deploy the functions', async () => {
  await expect(verify('none', 5000)).rejects.toMatchObject({ code: 'store-missing', advice: expect.stringContaining('Deploy') })
})

test('a task that does not come, comes early, or comes late is told', async () => {
  await server.client.createQueue({ parent: QUEUE.split('/queues')[0] ?? '', queue: { name: QUEUE } })
  await server.client.pauseQueue({ name: QUEUE })
  expect(await verify('good', 5000)).toEqual([])
  expect(await verify('soon', 100)).toEqual([expect.stringContaining('before its time')])
  expect(await verify('late', 90_000)).toEqual([expect.stringMatching(/^the task came after \d+ ms$/)])
  await expect(verify('never', null)).rejects.toThrow('Waited in vain for the function to say in its log that it was called.')
})

test('a name that was taken before is told', async () => {
  expect(await verify('soon', 5000)).toEqual(['the name of this run is taken already'])
})
