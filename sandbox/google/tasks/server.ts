import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  Server,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { Dispatcher } from './dispatcher.ts'
import { CallError } from './errors.ts'
import { queueCalls } from './queue-calls.ts'
import { Queues } from './queues.ts'
import { taskCalls } from './task-calls.ts'

export interface TasksServer {
  readonly server: Server
  readonly queues: Queues
  readonly dispatcher: Dispatcher
}

/**
 * Cloud Tasks' gRPC API (v2) on a folder, from the descriptions that its client carries. It checks no rights, so its caller binds it to
 * loopback. A method that it lacks answers UNIMPLEMENTED.
 */
export async function createTasksServer(folder: string): Promise<TasksServer> {
  const queues = await Queues.load(join(folder, 'tasks.jsonl'))
  const dispatcher = new Dispatcher(queues)
  const calls = { ...queueCalls(queues, dispatcher), ...taskCalls(queues, dispatcher) }
  const server = new Server()
  server.addService(await readService(), implementation(calls))
  // What was due, or under way, when the process before ended.
  dispatcher.wake()
  return { server, queues, dispatcher }
}

async function readService(): Promise<ServiceDefinition> {
  const protos = createRequire(import.meta.url).resolve('@google-cloud/tasks/build/protos')
  const description = JSON.parse(await readFile(join(dirname(protos), 'protos.json'), 'utf8')) as Parameters<typeof fromJSON>[0]
  const loaded = fromJSON(description, { longs: String, enums: String, defaults: false, oneofs: true })
  return loaded['google.cloud.tasks.v2.CloudTasks'] as ServiceDefinition
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
