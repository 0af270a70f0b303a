import type { Dispatcher } from './dispatcher.ts'
import { invalid } from './errors.ts'
import type { Queue } from './queue.ts'
import type { Queues } from './queues.ts'
import { protoSettings, settingsOf, type ProtoSettings } from './queue-settings.ts'
import { protoTime } from './times.ts'

interface ProtoQueue extends ProtoSettings {
  name?: string
}

/** The calls about queues. */
export const queueCalls = (queues: Queues, dispatcher: Dispatcher) => ({
  async createQueue({ parent, queue }: { parent: string; queue?: ProtoQueue | null }) {
    const name = nameOf(queue)
    if (!name.startsWith(`${parent}/queues/`)) throw invalid('The queue must be in the location that the request names.')
    return queueView(await queues.create(name, settingsOf(queue ?? {})))
  },

  getQueue({ name }: { name: string }) {
    return queueView(queues.get(name))
  },

  listQueues({ parent }: { parent: string }) {
    const found = [...queues.all()].filter(({ stored }) => stored.name.startsWith(`${parent}/queues/`))
    return { queues: found.map(queueView) }
  },

  async updateQueue({ queue, updateMask }: { queue?: ProtoQueue | null; updateMask?: { paths?: string[] } | null }) {
    const paths = updateMask?.paths ?? []
    const changes = settingsOf(queue ?? {})
    const isWanted = (name: string) => paths.length === 0 || paths.some((path) => SETTING_PATHS[path]?.includes(name))
    const wanted = Object.fromEntries(Object.entries(changes).filter(([name]) => isWanted(name)))
    const updated = await queues.update(nameOf(queue), wanted)
    dispatcher.wake()
    return queueView(updated)
  },

  async deleteQueue({ name }: { name: string }) {
    await queues.delete(name)
    return {}
  },

  pauseQueue: ({ name }: { name: string }) => setState(queues, dispatcher, name, 'PAUSED'),

  resumeQueue: ({ name }: { name: string }) => setState(queues, dispatcher, name, 'RUNNING'),

  async purgeQueue({ name }: { name: string }) {
    const queue = queues.get(name)
    queue.stored.purgedAt = Date.now()
    await Promise.all([queues.saveQueue(queue), ...[...queue.tasks.values()].map((task) => queues.end(queue, task))])
    return queueView(queue)
  },
})

async function setState(queues: Queues, dispatcher: Dispatcher, name: string, state: 'PAUSED' | 'RUNNING') {
  const queue = queues.get(name)
  queue.stored.state = state
  await queues.saveQueue(queue)
  dispatcher.wake()
  return queueView(queue)
}

/** The settings that a path of an update mask stands for. */
const SETTING_PATHS: Record<string, string[]> = {
  rate_limits: ['maxDispatchesPerSecond', 'maxConcurrentDispatches'],
  'rate_limits.max_dispatches_per_second': ['maxDispatchesPerSecond'],
  'rate_limits.max_concurrent_dispatches': ['maxConcurrentDispatches'],
  retry_config: ['maxAttempts', 'maxRetryDurationMs', 'minBackoffMs', 'maxBackoffMs', 'maxDoublings'],
  'retry_config.max_attempts': ['maxAttempts'],
  'retry_config.max_retry_duration': ['maxRetryDurationMs'],
  'retry_config.min_backoff': ['minBackoffMs'],
  'retry_config.max_backoff': ['maxBackoffMs'],
  'retry_config.max_doublings': ['maxDoublings'],
}

function nameOf(queue: ProtoQueue | null | undefined): string {
  const name = queue?.name ?? ''
  if (!/^projects\/[^/]+\/locations\/[^/]+\/queues\/[A-Za-z0-9-]{1,100}$/.test(name)) {
    throw invalid('Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>"')
  }
  return name
}

const queueView = ({ stored: { name, state, settings, purgedAt } }: Queue) => ({
  name,
  state,
  ...protoSettings(settings),
  ...(purgedAt === null ? {} : { purgeTime: protoTime(purgedAt) }),
})
