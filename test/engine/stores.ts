import { createGoogleClients, type GoogleClients } from '@holdfast/core/gcp/clients'
import { type StorageUnderTest, openStorage } from '../sandbox/google/storage/under-test.ts'
import { type FirestoreUnderTest, startFirestore } from '../firestore-under-test.ts'

/** Firestore and Cloud Storage for a test file, with the product's clients. */
export interface Stores extends AsyncDisposable {
  readonly clients: GoogleClients
  readonly storage: StorageUnderTest
}

export async function openStores(): Promise<Stores> {
  const firestore: FirestoreUnderTest = await startFirestore()
  const storage = await openStorage()
  // Read by Google's client when it is made; empty for the real service.
  if (storage.url) process.env['STORAGE_EMULATOR_HOST'] = storage.url
  const clients = createGoogleClients({ projectId: firestore.projectId, bucket: storage.bucket.name })
  return {
    clients,
    storage,
    async [Symbol.asyncDispose]() {
      await clients.close()
      await storage.close()
      await firestore[Symbol.asyncDispose]()
    },
  }
}
