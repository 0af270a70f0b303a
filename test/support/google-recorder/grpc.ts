import type { IncomingHttpHeaders } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { World } from './world.ts'

/**
 * The one thing that gcloud does by gRPC here: it deletes worker pools. Messages are put together by hand, because Google's
 * descriptions of them are not installed.
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
  const name = firstText(bytes.subarray(FRAME_HEAD))
  const key = `run:workerpools/${name.slice(name.lastIndexOf('/') + 1)}`
  // It looks whether the pool is gone.
  if (path.endsWith('/GetWorkerPool') && !world.things.has(key)) return { code: NOT_FOUND }
  if (!path.endsWith('/DeleteWorkerPool')) return { code: UNIMPLEMENTED }
  return world.things.delete(key)
    ? { code: 0, message: finishedOperation(`${name}/operations/recorder-${world.serial()}`) }
    : { code: NOT_FOUND }
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

/** Returns the text of field 1, which a request begins with. */
const firstText = (message: Buffer): string => message.subarray(2, 2 + (message[1] ?? 0)).toString()

/** `google.longrunning.Operation` with its name (1), `done` (3) and an empty pool as its response (5). */
function finishedOperation(name: string): Buffer {
  const pool = field(1, Buffer.from('type.googleapis.com/google.cloud.run.v2.WorkerPool'))
  return Buffer.concat([field(1, Buffer.from(name)), Buffer.from([3 << 3, 1]), field(5, pool)])
}

/** A field with bytes, of which there are fewer than 128. */
const field = (number: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
