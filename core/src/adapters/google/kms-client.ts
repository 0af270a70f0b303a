import type { KeyManagementServiceClient } from '@google-cloud/kms'
import type { KmsConfig } from '../../platform/kms-names.ts'
import { KmsWrapping } from './kms-wrapping.ts'
import { PROMPT_RECONNECTS } from './prompt-reconnects.ts'
import { standInAt } from './stand-in.ts'

/** Cloud KMS as the wrapping of data keys, by any of its keys. The client is heavy, and is loaded when the first key is needed. */
export function openKms({ projectId, emulator }: Omit<KmsConfig, 'key'>): {
  wrappingBy(key: string): KmsWrapping
  close(): Promise<void>
} {
  let client: Promise<KeyManagementServiceClient> | null = null
  const make = async () => {
    const { KeyManagementServiceClient: Client } = await import('@google-cloud/kms')
    return new Client({ projectId, ...PROMPT_RECONNECTS, ...(emulator === null ? {} : standInAt(emulator)) })
  }
  return {
    wrappingBy: (key) => new KmsWrapping(() => (client ??= make()), key),
    close: async () => {
      await (await client)?.close()
    },
  }
}
