import { Firestore } from '@google-cloud/firestore'
import { Storage } from '@google-cloud/storage'
import type { DocumentCounter, DocumentStore, ObjectStore, StoreCheck } from '../ports.ts'
import { FirestoreDocuments } from './firestore-documents.ts'
import { type OperationCounter, newOperationCounter } from './operation-counter.ts'
import { StorageObjects } from './storage-objects.ts'

export interface GoogleClients {
  readonly documents: DocumentStore & DocumentCounter
  readonly objects: ObjectStore & StoreCheck
  readonly operations: OperationCounter
  close(): Promise<void>
}

/**
 * The one place where Google's clients are made. In the sandbox the SDKs find the emulators by their own variables
 * (FIRESTORE_EMULATOR_HOST, STORAGE_EMULATOR_HOST); this code does not know of them.
 */
export function createGoogleClients(options: { projectId: string; bucket: string }): GoogleClients {
  const operations = newOperationCounter()
  const firestore = new Firestore({ projectId: options.projectId, ignoreUndefinedProperties: true })
  const storage = new Storage({ projectId: options.projectId })
  return {
    documents: new FirestoreDocuments(firestore, operations),
    objects: new StorageObjects(storage.bucket(options.bucket), operations),
    operations,
    close: () => firestore.terminate(),
  }
}
