import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Server } from '@grpc/grpc-js'
import { implementation, readService } from '../grpc-service.ts'
import { cryptoCalls } from './crypto-calls.ts'
import { addKey, keyCalls } from './key-calls.ts'
import { KeyFile } from './key-file.ts'

const PROTOS = createRequire(import.meta.url).resolve('@google-cloud/kms/build/protos/protos.json')
const SERVICE = 'google.cloud.kms.v1.KeyManagementService'

/**
 * Cloud KMS' gRPC API (v1) for symmetric keys, on a folder, from the descriptions that its client carries. It checks no rights, so its caller
 * binds it to loopback. A method that it lacks answers UNIMPLEMENTED. `key` is the full name of a symmetric key that is made unless it is there,
 * as a deployment does.
 */
export async function createKmsServer(folder: string, key: string | undefined): Promise<Server> {
  const file = await KeyFile.open(join(folder, 'keys.json'))
  if (key !== undefined && !file.keys.has(key)) await addKey(file, key)
  const server = new Server()
  server.addService(await readService(PROTOS, SERVICE), implementation({ ...keyCalls(file), ...cryptoCalls(file) }))
  return server
}
