import { EventEmitter } from 'node:events'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { answerParent } from '../../../sandbox/parent-channel.ts'

// The sandbox preloads this module into the runner of a soak test. It reports on request the resources of the process right after
// a garbage collection.

/** The resources that a process reports about itself. */
export interface ProbeAnswer {
  heapUsedBytes: number
  /** Memory outside the heap, such as buffers. */
  externalBytes: number
  /** The active resources of the event loop by kind, such as `Timeout` and `TCPSocketWrap`. */
  resources: Record<string, number>
  /** The listeners of the process and of its open handles. */
  listeners: number
  /** The live event emitters. */
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

/** Reads Node's private list of handles, because Node has no public one. */
function openHandles(): EventEmitter[] {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles()
  return handles.filter((handle) => handle instanceof EventEmitter)
}
