import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  Server,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { cryptoCalls } from './crypto-calls.ts'
import { CallError } from './errors.ts'
import { addKey, keyCalls } from './key-calls.ts'
import { KeyFile } from './key-file.ts'

/**
 * Cloud KMS' gRPC API (v1) for symmetric keys, on a folder, from the descriptions that its client carries. It checks no rights, so its caller
 * binds it to loopback. A method that it lacks answers UNIMPLEMENTED. `key` is the full name of a symmetric key that is made unless it is there,
 * as a deployment does.
 */
export async function createKmsServer(folder: string, key: string | undefined): Promise<Server> {
  const file = await KeyFile.open(join(folder, 'keys.json'))
  if (key !== undefined && !file.keys.has(key)) await addKey(file, key)
  const server = new Server()
  server.addService(await readService(), implementation({ ...keyCalls(file), ...cryptoCalls(file) }))
  return server
}

async function readService(): Promise<ServiceDefinition> {
  const protos = createRequire(import.meta.url).resolve('@google-cloud/kms/build/protos/protos.json')
  const description = JSON.parse(await readFile(protos, 'utf8')) as Parameters<typeof fromJSON>[0]
  const loaded = fromJSON(description, { longs: String, enums: String, defaults: false, oneofs: true })
  return loaded['google.cloud.kms.v1.KeyManagementService'] as ServiceDefinition
}

function implementation(calls: object): UntypedServiceImplementation {
  const answered = Object.entries(calls).map(([name, call]: [string, Call]) => [
    name,
    async ({ request }: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
      callback(...(await answerTo(call, request)))
    },
  ])
  return Object.fromEntries(answered) as UntypedServiceImplementation
}

type Call = (request: unknown) => unknown

async function answerTo(call: Call, request: unknown): Promise<[{ code: status; details: string } | null, unknown?]> {
  try {
    return [null, await call(request)]
  } catch (error) {
    if (error instanceof CallError) return [{ code: error.code, details: error.details }]
    console.error(error)
    return [{ code: status.INTERNAL, details: 'The log of the stand-in has the cause.' }]
  }
}
