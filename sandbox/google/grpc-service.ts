import { readFile } from 'node:fs/promises'
import {
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'

/** An error answer, as gRPC carries it. */
export class CallError extends Error {
  readonly code: status
  readonly details: string

  constructor(code: status, details: string) {
    super(details)
    this.code = code
    this.details = details
  }
}

/** Reads a service from the descriptions that Google's client carries, the file `protos.json`. */
export async function readService(protos: string, name: string): Promise<ServiceDefinition> {
  const description = JSON.parse(await readFile(protos, 'utf8')) as Parameters<typeof fromJSON>[0]
  const loaded = fromJSON(description, { longs: String, enums: String, defaults: false, oneofs: true })
  return loaded[name] as ServiceDefinition
}

/** Makes functions from requests to answers the methods of a service. A method that is not among them answers UNIMPLEMENTED. */
export function implementation(calls: object): UntypedServiceImplementation {
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
