import { createGoogleClients, type GoogleClients } from '@holdfast/core/adapters/google/clients'
import { type StorageUnderTest, openStorage } from '../../../sandbox/google/storage/under-test.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

export interface StoredApi extends AsyncDisposable {
  readonly api: ApiUnderTest
  readonly storage: StorageUnderTest
  readonly clients: GoogleClients
  /** The API with the objects of the storage. */
  readonly calls: Pick<ApiUnderTest, 'get' | 'post' | 'send'>
}

/** Starts the real app on Google's Firestore emulator and the stand-in of Cloud Storage. */
export async function startStoredApi(): Promise<StoredApi> {
  const storage = await openStorage()
  if (storage.url) process.env['STORAGE_EMULATOR_HOST'] = storage.url
  const api = await startApi()
  const clients = createGoogleClients({ projectId: api.firestore.projectId, bucket: storage.bucket.name })
  return {
    api,
    storage,
    clients,
    calls: api.with({ objects: clients.objects }),
    async [Symbol.asyncDispose]() {
      await clients.close()
      await api[Symbol.asyncDispose]()
      await storage.close()
    },
  }
}
