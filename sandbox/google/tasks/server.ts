import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Server } from '@grpc/grpc-js'
import { implementation, readService } from '../grpc-service.ts'
import { Dispatcher } from './dispatcher.ts'
import { queueCalls } from './queue-calls.ts'
import { Queues } from './queues.ts'
import { taskCalls } from './task-calls.ts'

const PROTOS = join(dirname(createRequire(import.meta.url).resolve('@google-cloud/tasks/build/protos')), 'protos.json')
const SERVICE = 'google.cloud.tasks.v2.CloudTasks'

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
  server.addService(await readService(PROTOS, SERVICE), implementation(calls))
  // What was due, or under way, when the process before ended.
  dispatcher.wake()
  return { server, queues, dispatcher }
}
