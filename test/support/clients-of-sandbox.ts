import { createGoogleClients, type GoogleClients } from '@holdfast/core/adapters/google/clients'
import type { SandboxInfo } from '../../sandbox/info.ts'

/** Opens Google's clients of the product on a sandbox's stores. The caller closes them. */
export function clientsOf({ firestore, storage, project, bucket }: SandboxInfo): GoogleClients {
  process.env['FIRESTORE_EMULATOR_HOST'] = firestore
  process.env['STORAGE_EMULATOR_HOST'] = storage
  process.env['METADATA_SERVER_DETECTION'] = 'none'
  return createGoogleClients({ projectId: project, bucket })
}
