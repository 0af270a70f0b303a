import { EventEmitter } from 'node:events'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { answerParent } from '../../../sandbox/parent-channel.ts'

// Preloaded into the runner of a soak test: tells, when it is asked, what the process holds right after a collection.

/** What a process says about itself. */
export interface ProbeAnswer {
  heapUsedBytes: number
  /** Buffers and the like. */
  externalBytes: number
  /** What keeps the event loop busy, by its kind: `Timeout`, `TCPSocketWrap` and so on. */
  resources: Record<string, number>
  /** Listeners of the process and of its open handles. */
  listeners: number
  /** Objects that are alive. */
  emitters: number
  promises: number
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

answerParent('probe', (): ProbeAnswer => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  return {
    heapUsedBytes: heapUsed,
    externalBytes: external,
    resources,
    listeners: [process, ...openHandles()].reduce((sum, emitter) => sum + listenersOf(emitter), 0),
    emitters: alive(EventEmitter),
    promises: alive(Promise),
  }
})

const alive = (kind: Function): number => queryObjects(kind, { format: 'count' })

const listenersOf = (emitter: EventEmitter): number =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)

/** Node has no public list of them. */
function openHandles(): EventEmitter[] {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles()
  return handles.filter((handle) => handle instanceof EventEmitter)
}
