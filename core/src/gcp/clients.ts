import { Firestore } from '@google-cloud/firestore'
import { Storage } from '@google-cloud/storage'
import type { DocumentCounter, DocumentStore, ObjectStore, StoreCheck } from '../ports.ts'
import { FirestoreDocuments } from './firestore-documents.ts'
import { type OperationCounter, newOperationCounter } from './operation-counter.ts'
import { StorageObjects } from './storage-objects.ts'

export interface FirestoreClients {
  readonly documents: DocumentStore & DocumentCounter
  readonly operations: OperationCounter
  close(): Promise<void>
}

export interface GoogleClients extends FirestoreClients {
  readonly objects: ObjectStore & StoreCheck
}

/**
 * The one place where Google's clients are made. In the sandbox the SDKs find the emulators by their own variables
 * (FIRESTORE_EMULATOR_HOST, STORAGE_EMULATOR_HOST); this code does not know of them.
 */
export function createGoogleClients(options: { projectId: string; bucket: string }): GoogleClients {
  const clients = createFirestoreClients(options)
  const storage = new Storage({ projectId: options.projectId })
  return { ...clients, objects: new StorageObjects(storage.bucket(options.bucket), clients.operations) }
}

/** For a process that keeps nothing in Cloud Storage. */
export function createFirestoreClients({ projectId }: { projectId: string }): FirestoreClients {
  const operations = newOperationCounter()
  const firestore = new Firestore({ projectId, ignoreUndefinedProperties: true })
  return { documents: new FirestoreDocuments(firestore, operations), operations, close: () => firestore.terminate() }
}
