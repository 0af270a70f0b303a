import { randomBytes } from 'node:crypto'
import { createGoogleClients, type GoogleClients } from '@holdfast/core/adapters/google/clients'
import { type StorageUnderTest, openStorage } from '../../../sandbox/google/storage/under-test.ts'
import { type FirestoreUnderTest, startFirestore } from '../firestore-under-test.ts'

/** Firestore and Cloud Storage for a test file, with the product's clients. */
export interface Stores extends AsyncDisposable {
  readonly projectId: string
  readonly clients: GoogleClients
  readonly storage: StorageUnderTest
  /** The clients of an empty database, with the same bucket. */
  emptyProject(): GoogleClients
}

export async function openStores(): Promise<Stores> {
  const firestore: FirestoreUnderTest = await startFirestore()
  const storage = await openStorage()
  // Google's client reads the variable when it is made. The URL is empty for the real service.
  if (storage.url) process.env['STORAGE_EMULATOR_HOST'] = storage.url
  const projects: GoogleClients[] = []
  const open = (projectId: string): GoogleClients => {
    const clients = createGoogleClients({ projectId, bucket: storage.bucket.name })
    projects.push(clients)
    return clients
  }
  return {
    projectId: firestore.projectId,
    clients: open(firestore.projectId),
    storage,
    emptyProject: () => open(`demo-${randomBytes(4).toString('hex')}`),
    async [Symbol.asyncDispose]() {
      await Promise.all(projects.map((clients) => clients.close()))
      await storage.close()
      await firestore[Symbol.asyncDispose]()
    },
  }
}
