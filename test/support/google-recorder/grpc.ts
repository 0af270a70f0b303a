import type { IncomingHttpHeaders } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { field, fieldsIn, messageAt } from './protobuf.ts'
import type { Fields, World } from './world.ts'

/**
 * What gcloud does by gRPC here: it deletes worker pools, and sets the number of their instances. Messages are put together by hand,
 * because Google's descriptions of them are not installed.
 */

export const isGrpc = (headers: IncomingHttpHeaders): boolean => headers['content-type']?.startsWith('application/grpc') === true

/** Google's codes of gRPC. */
const NOT_FOUND = 5
const UNIMPLEMENTED = 12

export interface GrpcAnswer {
  readonly code: number
  readonly message?: Buffer
}

export function answerGrpc(path: string, bytes: Buffer, world: World): GrpcAnswer {
  const request = bytes.subarray(FRAME_HEAD)
  const isUpdate = path.endsWith('/UpdateWorkerPool')
  // A request begins with the name, or with the pool, which does.
  const sent = isUpdate ? messageAt(request, 1) : request
  const name = messageAt(sent, 1).toString()
  const key = `run:workerpools/${name.slice(name.lastIndexOf('/') + 1)}`
  const pool = world.things.get(key)
  if (!pool) return { code: NOT_FOUND }
  const finished = () => finishedOperation(`${name}/operations/recorder-${world.serial()}`)
  if (path.endsWith('/GetWorkerPool')) return { code: 0, message: poolMessage(name, pool) }
  if (isUpdate) {
    world.things.set(key, withCount(pool, countIn(sent)))
    return { code: 0, message: finished() }
  }
  if (!path.endsWith('/DeleteWorkerPool')) return { code: UNIMPLEMENTED }
  world.things.delete(key)
  return { code: 0, message: finished() }
}

export function sendGrpc(response: Http2ServerResponse, { code, message }: GrpcAnswer): void {
  response.writeHead(200, { 'content-type': 'application/grpc' })
  if (message) {
    const head = Buffer.alloc(FRAME_HEAD)
    head.writeUInt32BE(message.length, 1)
    response.write(Buffer.concat([head, message]))
  }
  response.addTrailers({ 'grpc-status': String(code) })
  response.end()
}

/** A flag and a length precede each message. */
const FRAME_HEAD = 5

/** Fields of `google.cloud.run.v2.WorkerPool` and of its scaling. */
const [NAME, SCALING, MANUAL_COUNT] = [1, 20, 6]
const COUNT = 'run.googleapis.com/manualInstanceCount'

function poolMessage(name: string, pool: Fields): Buffer {
  const { metadata } = pool as { metadata?: { annotations?: Readonly<Record<string, string>> } }
  const count = Number(metadata?.annotations?.[COUNT] ?? 0)
  return Buffer.concat([field(NAME, Buffer.from(name)), field(SCALING, field(MANUAL_COUNT, count))])
}

const countIn = (pool: Buffer): number =>
  Number(fieldsIn(messageAt(pool, SCALING)).find(({ number }) => number === MANUAL_COUNT)?.value ?? 0)

/** Only the number of instances: gcloud sends the rest as it has read it. */
function withCount(pool: Fields, count: number): Fields {
  const { metadata } = pool as { metadata?: { annotations?: Fields } }
  return { ...pool, metadata: { ...metadata, annotations: { ...metadata?.annotations, [COUNT]: String(count) } } }
}

/** `google.longrunning.Operation` with its name (1), `done` (3) and an empty pool as its response (5). */
function finishedOperation(name: string): Buffer {
  const pool = field(1, Buffer.from('type.googleapis.com/google.cloud.run.v2.WorkerPool'))
  return Buffer.concat([field(1, Buffer.from(name)), field(3, 1), field(5, pool)])
}
