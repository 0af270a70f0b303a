import { guardObjects } from '@holdfast/core/platform/guarded-stores'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore, ObjectStore, TaskQueues } from '@holdfast/core/platform/ports'
import { DialBreaker } from './dial-breaker.ts'
import { FleetVerdict } from './fleet-verdict.ts'
import { type NetworkPolicy, NetworkWatch } from './network-watch.ts'
import { Prober } from './prober.ts'
import { type Address, targetOf } from './probe.ts'
import { ServiceSight } from './service-sight.ts'

export interface NetworkConfig {
  readonly neutral: readonly Address[]
  readonly limitMs: number
  readonly policy: NetworkPolicy
}

/** The parts by which a runner knows its network, wired. */
export interface WatchedNetwork {
  readonly watch: NetworkWatch
  readonly breaker: DialBreaker
  /** Returns the same store, whose calls tell whether it answers. */
  watchObjects(objects: ObjectStore): ObjectStore
  watchTasks(tasks: TaskQueues): TaskQueues
}

export function watchNetwork(options: {
  config: NetworkConfig
  clock: Clock
  logger: Logger
  documents: DocumentStore
  runnerId: string
  whatsapp: URL
  /** The most dials of the runner per second. */
  perSecond: number
  /** Whether Firestore accepted a heartbeat lately. */
  hasFirestore: () => boolean
}): WatchedNetwork {
  const { config, clock, whatsapp, hasFirestore } = options
  const { neutral, limitMs, policy } = config
  const [storage, tasks] = [new ServiceSight(clock), new ServiceSight(clock)]
  const breaker = new DialBreaker(options)
  const google = () => ({ google: hasFirestore(), ...known('storage', storage.works), ...known('tasks', tasks.works) })
  const prober = new Prober({ clock, whatsapp: targetOf(whatsapp), neutral, limitMs })
  const watch = new NetworkWatch({ ...options, policy, prober, fleet: new FleetVerdict(options), breaker, google })
  return {
    watch,
    breaker,
    watchObjects: (objects) => guardObjects(objects, storage.guard),
    watchTasks: (queues) => ({ enqueue: (task) => tasks.guard(queues.enqueue(task)) }),
  }
}

const known = <Name extends string>(name: Name, works: boolean | undefined) =>
  (works === undefined ? {} : { [name]: works }) as Partial<Record<Name, boolean>>
