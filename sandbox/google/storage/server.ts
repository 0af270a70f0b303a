import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { answerBucketCall } from './bucket-calls.ts'
import { Buckets } from './buckets.ts'
import type { Call, Reply } from './call.ts'
import { ApiError, notFound, notImplemented } from './errors.ts'
import { answerObjectCall } from './object-calls.ts'
import { ResumableUploads } from './resumable-uploads.ts'
import { answerUploadCall } from './upload-calls.ts'

/** Cloud Storage's JSON API on a folder. It checks no rights, so its caller binds it to loopback. */
export async function createStorageServer(folder: string): Promise<Server> {
  const buckets = await Buckets.load(join(folder, 'buckets'))
  const uploads = await ResumableUploads.load(join(folder, 'uploads'))
  return createServer((request, response) => {
    void answer(buckets, uploads, request)
      .catch(errorReply)
      .then((reply) => write(response, reply))
  })
}

async function answer(buckets: Buckets, uploads: ResumableUploads, request: IncomingMessage): Promise<Reply> {
  const { service, call } = parse(request)
  if (request.headers['x-goog-encryption-key-sha256']) throw notImplemented('customer-supplied encryption keys')
  if (call.path[0] !== 'b') throw notFound('Not Found')
  if (service === 'upload') return await answerUploadCall(buckets, uploads, call)
  if (call.path[2] === 'o') return await answerObjectCall(buckets, call)
  if (call.path.length <= 2) return await answerBucketCall(buckets, call)
  throw notImplemented(`/${call.path.join('/')}`)
}

/** Accepts paths with and without `/storage/v1`: with `STORAGE_EMULATOR_HOST` the client leaves it away. */
function parse(request: IncomingMessage): { service: 'upload' | 'storage'; call: Call } {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const prefix = /^\/(?:(upload|download)\/)?(?:storage\/v1\/)?/.exec(url.pathname)
  const path = url.pathname
    .slice(prefix?.[0].length ?? 1)
    .split('/')
    .map(decodeURIComponent)
  const service = prefix?.[1] === 'upload' ? 'upload' : 'storage'
  return { service, call: { method: request.method ?? 'GET', path, query: url.searchParams, request } }
}

function errorReply(error: unknown): Reply {
  if (!(error instanceof ApiError)) console.error(error)
  const { status, reason, message } =
    error instanceof ApiError ? error : new ApiError(500, 'internalError', 'The sandbox has a bug; its log says more.')
  if (status === 304) return { status }
  return { status, json: { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } } }
}

function write(response: ServerResponse, reply: Reply): void {
  const body = reply.bytes ?? (reply.json === undefined ? '' : JSON.stringify(reply.json))
  if (reply.json !== undefined) response.setHeader('content-type', 'application/json; charset=UTF-8')
  if (reply.status !== 204 && reply.status !== 304) response.setHeader('content-length', Buffer.byteLength(body))
  response.writeHead(reply.status, reply.headers).end(body)
}
