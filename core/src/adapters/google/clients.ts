import { Firestore } from '@google-cloud/firestore'
import { Storage } from '@google-cloud/storage'
import { CloudTasksClient } from '@google-cloud/tasks'
import { systemClock, systemRandom } from '../../platform/system-clock.ts'
import type { ObjectStreams } from '../../platform/object-streams.ts'
import type { DocumentCounter, DocumentStore, ObjectStore, StoreCheck, TaskQueues } from '../../platform/ports.ts'
import type { TasksConfig } from '../../platform/tasks-settings.ts'
import { CloudTaskQueues } from './cloud-tasks.ts'
import { FirestoreDocuments } from './firestore-documents.ts'
import { type OperationCounter, newOperationCounter } from './operation-counter.ts'
import { ObjectBytes } from './object-bytes.ts'
import { PROMPT_RECONNECTS } from './prompt-reconnects.ts'
import { RenewedFirestore } from './renewed-firestore.ts'
import { standInAt } from './stand-in.ts'
import { StorageObjects } from './storage-objects.ts'

export interface FirestoreClients {
  readonly documents: DocumentStore & DocumentCounter
  readonly operations: OperationCounter
  close(): Promise<void>
}

export interface GoogleClients extends FirestoreClients {
  readonly objects: ObjectStore & ObjectStreams & StoreCheck
}

/** Keep-alive settings that detect dead connections. */
export interface ConnectionProbes {
  readonly everyMs: number
  readonly answeredWithinMs: number
  /** Time without any answer, while a request is under way, after which another connection is made. */
  readonly silentMs: number
}

/**
 * Probes while a request is under way. Without them the client keeps asking on a dead connection for as long as the process lives,
 * because grpc has no probes by default. Google's own Pub/Sub subscriber probes as often.
 */
const DEFAULT_PROBES: ConnectionProbes = { everyMs: 30_000, answeredWithinMs: 10_000, silentMs: 45_000 }

const grpcProbes = ({ everyMs, answeredWithinMs }: ConnectionProbes) => ({
  ...PROMPT_RECONNECTS,
  'grpc.keepalive_time_ms': everyMs,
  'grpc.keepalive_timeout_ms': answeredWithinMs,
})

/**
 * The one place where Google's clients are made. In the sandbox the SDKs find the emulators of Firestore and Cloud Storage by their
 * own variables (FIRESTORE_EMULATOR_HOST, STORAGE_EMULATOR_HOST); this code does not know of them. The SDK of Cloud Tasks has none.
 */
export function createGoogleClients(options: { projectId: string; bucket: string; databaseId?: string }): GoogleClients {
  const clients = createFirestoreClients(options)
  const bucket = new Storage({ projectId: options.projectId }).bucket(options.bucket)
  const bytes = new ObjectBytes({ bucket, clock: systemClock, random: systemRandom })
  return { ...clients, objects: new StorageObjects(bucket, bytes, clients.operations) }
}

interface FirestoreOptions {
  readonly projectId: string
  /** The database `(default)` if left out, which is the one that an installation has. */
  readonly databaseId?: string
  /** For tests that wait for a dead connection. */
  readonly probes?: ConnectionProbes
}

/** Clients for a process that keeps nothing in Cloud Storage. */
export function createFirestoreClients(options: FirestoreOptions): FirestoreClients {
  const { projectId, databaseId, probes = DEFAULT_PROBES } = options
  const operations = newOperationCounter()
  const database = databaseId === undefined ? {} : { databaseId }
  const make = () => new Firestore({ projectId, ...database, ignoreUndefinedProperties: true, ...grpcProbes(probes) })
  const connection = new RenewedFirestore(make, probes.silentMs, systemClock)
  return { documents: new FirestoreDocuments(connection, operations), operations, close: () => connection.close() }
}

export type TaskQueuesClient = TaskQueues & { close(): Promise<void> }

/** `operations` counts the tasks. */
export function createTaskQueues(config: TasksConfig, operations = newOperationCounter()): TaskQueuesClient {
  const { projectId, emulator } = config
  const client = new CloudTasksClient({
    projectId,
    ...grpcProbes(DEFAULT_PROBES),
    ...(emulator === null ? {} : standInAt(emulator)),
  })
  const queues = new CloudTaskQueues(client, config, operations)
  return { enqueue: (task) => queues.enqueue(task), close: () => client.close() }
}
