import { createTaskQueues } from '@holdfast/core/adapters/google/clients'
import { openTaskQueues } from '@holdfast/core/adapters/task-queues'
import { createLogger } from '@holdfast/core/platform/logging'
import type { TaskQueues } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { TaskDelivery } from '../../../functions/src/embedded/task-delivery.ts'
import { ALERTS, RETRIES, WEBHOOKS } from '../../../functions/src/tasks/queues.ts'
import { Receiver, TasksServer } from '../../../sandbox/google/tasks/under-test.ts'
import { startFirestore } from '../../support/firestore-under-test.ts'

/** A queue whose deliveries a test answers. */
export interface TaskQueueUnderTest {
  readonly tasks: TaskQueues
  /** Payloads in the order of their deliveries. */
  readonly delivered: readonly unknown[]
  /** Lets the next deliveries fail. */
  failNext(times: number): void
  now(): number
  advanceHours(hours: number): Promise<void>
  /** Kills whoever delivers, and starts another. */
  crash(): Promise<void>
  close(): Promise<void>
}

const CLOUD = {
  projectId: 'demo-contract',
  region: 'us-central1',
  functionsUrl: 'http://127.0.0.1:9',
  serviceAccount: 'invoker@example.com',
  emulator: null,
}

async function openCloud(): Promise<TaskQueueUnderTest> {
  const [server, receiver] = await Promise.all([TasksServer.start(), Receiver.start()])
  const { maxAttempts, minBackoffSeconds, maxBackoffSeconds, maxDoublings } = RETRIES.retryConfig
  const retryConfig = {
    maxAttempts,
    maxDoublings,
    minBackoff: { seconds: minBackoffSeconds },
    maxBackoff: { seconds: maxBackoffSeconds },
  }
  await server.client.createQueue({
    parent: server.location,
    queue: { name: `${server.location}/queues/retries`, retryConfig, rateLimits: RETRIES.rateLimits },
  })
  const tasks = createTaskQueues({ ...CLOUD, functionsUrl: receiver.url, emulator: server.address })
  const delivered: unknown[] = []
  let failing = 0
  receiver.answer = ({ body }) => {
    delivered.push((JSON.parse(body) as { data: unknown }).data)
    return failing-- > 0 ? 500 : 200
  }
  return {
    tasks,
    delivered,
    failNext: (times) => void (failing = times),
    now: () => server.now,
    advanceHours: (hours) => server.advanceHours(hours),
    crash: () => server.crash(),
    async close() {
      await tasks.close()
      await server.remove()
      receiver.close()
    },
  }
}

async function openEmbedded(): Promise<TaskQueueUnderTest> {
  const firestore = await startFirestore()
  const { documents } = firestore.clients
  let aheadMs = 0
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
  const delivered: unknown[] = []
  let failing = 0
  const handle = async (payload: unknown) => {
    delivered.push(payload)
    if (failing-- > 0) throw new Error('The test lets this delivery fail.')
  }
  let servers = 0
  const deliver = (): TaskDelivery => {
    const started = new TaskDelivery({
      documents,
      clock,
      // What a delivery waits for stands in these lines when a test waits in vain.
      logger: createLogger('test', 'info'),
      serverId: `server-${++servers}`,
      queues: { retries: { ...RETRIES, handle }, alerts: { ...ALERTS, handle }, webhooks: { ...WEBHOOKS, handle } },
    })
    started.start()
    return started
  }
  let delivery = deliver()
  return {
    tasks: openTaskQueues({ type: 'embedded', cloud: CLOUD, documents, clock }),
    delivered,
    failNext: (times) => void (failing = times),
    now: () => clock.now(),
    advanceHours(hours) {
      aheadMs += hours * 3_600_000
      return Promise.resolve()
    },
    async crash() {
      await delivery.stop()
      delivery = deliver()
    },
    async close() {
      await delivery.stop()
      await firestore[Symbol.asyncDispose]()
    },
  }
}

export const BACKENDS = [
  ['Cloud Tasks, as the sandbox has it', openCloud],
  ['the embedded queue', openEmbedded],
] as const
