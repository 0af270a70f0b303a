import { Firestore } from '@google-cloud/firestore'
import { Storage } from '@google-cloud/storage'
import { systemClock } from '../../platform/system-clock.ts'
import type { DocumentCounter, DocumentStore, ObjectStore, StoreCheck } from '../../platform/ports.ts'
import { FirestoreDocuments } from './firestore-documents.ts'
import { type OperationCounter, newOperationCounter } from './operation-counter.ts'
import { RenewedFirestore } from './renewed-firestore.ts'
import { StorageObjects } from './storage-objects.ts'

export interface FirestoreClients {
  readonly documents: DocumentStore & DocumentCounter
  readonly operations: OperationCounter
  close(): Promise<void>
}

export interface GoogleClients extends FirestoreClients {
  readonly objects: ObjectStore & StoreCheck
}

/** How it is noticed that a connection is dead which nobody has closed. */
export interface ConnectionProbes {
  readonly everyMs: number
  readonly answeredWithinMs: number
  /** Something is asked, and nothing was answered: by then at the latest another connection is made. */
  readonly silentMs: number
}

/**
 * While something is asked. Without them the client asks on a dead connection for as long as the process lives: grpc has no probes of
 * its own, and the network no reason to tell. Google's own subscriber of Pub/Sub asks as often.
 */
const DEFAULT_PROBES: ConnectionProbes = { everyMs: 30_000, answeredWithinMs: 10_000, silentMs: 45_000 }

/**
 * The one place where Google's clients are made. In the sandbox the SDKs find the emulators by their own variables
 * (FIRESTORE_EMULATOR_HOST, STORAGE_EMULATOR_HOST); this code does not know of them.
 */
export function createGoogleClients(options: { projectId: string; bucket: string }): GoogleClients {
  const clients = createFirestoreClients(options)
  const storage = new Storage({ projectId: options.projectId })
  return { ...clients, objects: new StorageObjects(storage.bucket(options.bucket), clients.operations) }
}

/** For a process that keeps nothing in Cloud Storage. A test that waits for a dead connection has its own idea of how long. */
export function createFirestoreClients(options: { projectId: string; probes?: ConnectionProbes }): FirestoreClients {
  const { projectId, probes = DEFAULT_PROBES } = options
  const operations = newOperationCounter()
  const make = () =>
    new Firestore({
      projectId,
      ignoreUndefinedProperties: true,
      'grpc.keepalive_time_ms': probes.everyMs,
      'grpc.keepalive_timeout_ms': probes.answeredWithinMs,
    })
  const connection = new RenewedFirestore(make, probes.silentMs, systemClock)
  return { documents: new FirestoreDocuments(connection, operations), operations, close: () => connection.close() }
}
