import type { Bucket } from './bucket.ts'
import type { Buckets } from './buckets.ts'
import { jsonOf, ok, segment, type Call, type Reply } from './call.ts'
import { ApiError, invalid } from './errors.ts'
import { listObjects } from './listing.ts'
import type { ObjectMetadata, Upload } from './object-metadata.ts'
import { checkPreconditions, preconditionsOf } from './preconditions.ts'

/** `/b/{bucket}/o` and the paths below it, except uploads. */
export async function answerObjectCall(buckets: Buckets, call: Call): Promise<Reply> {
  const bucket = buckets.get(segment(call, 1))
  if (call.path.length === 3 && call.method === 'GET') return ok(listObjects(bucket.objects(), call.query))
  const name = segment(call, 3)
  if (call.path.length === 4) return await answerForOneObject(bucket, name, call)
  const action = call.method === 'POST' ? call.path[4] : undefined
  if (action === 'compose') return ok(await compose(bucket, name, call))
  if (action === 'rewriteTo' || action === 'copyTo') {
    const copy = await rewrite(bucket, name, buckets.get(segment(call, 6)), call)
    if (action === 'copyTo') return ok(copy)
    const size = copy.size
    return ok({ kind: 'storage#rewriteResponse', totalBytesRewritten: size, objectSize: size, done: true, resource: copy })
  }
  throw new ApiError(404, 'notFound', 'Not Found')
}

async function answerForOneObject(bucket: Bucket, name: string, call: Call): Promise<Reply> {
  const generation = call.query.get('generation')
  const preconditions = preconditionsOf(call.query)
  switch (call.method) {
    case 'GET': {
      const version = bucket.find(name, generation)
      checkPreconditions(version, preconditions, 'read')
      return call.query.get('alt') === 'media' ? await download(bucket, name, call) : ok(version)
    }
    case 'PATCH':
    case 'PUT': {
      const mode = call.method === 'PATCH' ? 'merge' : 'replace'
      return ok(await bucket.patch(name, generation, await jsonOf(call), mode, preconditions))
    }
    case 'DELETE':
      await bucket.remove(name, generation, preconditions)
      return { status: 204 }
    default:
      throw new ApiError(405, 'methodNotAllowed', 'Method Not Allowed')
  }
}

async function download(bucket: Bucket, name: string, call: Call): Promise<Reply> {
  const generation = call.query.get('generation')
  const found = bucket.find(name, generation)
  try {
    return mediaReply(found, await bucket.read(found), call.request.headers.range)
  } catch (error) {
    // The object was overwritten between metadata and bytes: the reader gets the newer version.
    const newer = generation === null ? bucket.find(name) : found
    if (newer.generation === found.generation) throw error
    return mediaReply(newer, await bucket.read(newer), call.request.headers.range)
  }
}

function mediaReply(version: ObjectMetadata, data: Buffer, range: string | undefined): Reply {
  const headers: Record<string, string> = {
    'content-type': version.contentType ?? 'application/octet-stream',
    etag: version.etag,
    'accept-ranges': 'bytes',
    'x-goog-generation': version.generation,
    'x-goog-metageneration': version.metageneration,
    'x-goog-stored-content-length': version.size,
    'x-goog-stored-content-encoding': version.contentEncoding ?? 'identity',
    'x-goog-storage-class': version.storageClass ?? 'STANDARD',
    'x-goog-hash': [`crc32c=${version.crc32c}`, ...(version.md5Hash ? [`md5=${version.md5Hash}`] : [])].join(','),
  }
  if (version.contentEncoding) headers['content-encoding'] = version.contentEncoding
  const wanted = /^bytes=(\d*)-(\d*)$/.exec(range ?? '')
  if (!wanted) return { status: 200, headers, bytes: data }
  const [, from = '', to = ''] = wanted
  // `-N` means the last N bytes.
  const first = from === '' ? Math.max(0, data.length - Number(to)) : Number(from)
  const last = from === '' || to === '' ? data.length - 1 : Math.min(Number(to), data.length - 1)
  if (first >= data.length || first > last) {
    throw new ApiError(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable')
  }
  headers['content-range'] = `bytes ${first}-${last}/${data.length}`
  return { status: 206, headers, bytes: data.subarray(first, last + 1) }
}

interface ComposeRequest {
  destination?: Upload
  sourceObjects?: { name: string; generation?: string; objectPreconditions?: { ifGenerationMatch?: string } }[]
}

async function compose(bucket: Bucket, name: string, call: Call): Promise<ObjectMetadata> {
  const { destination = {}, sourceObjects = [] } = (await jsonOf(call)) as ComposeRequest
  if (sourceObjects.length === 0 || sourceObjects.length > 32) {
    throw invalid('The number of source components provided must be between 1 and 32.')
  }
  const parts: Buffer[] = []
  let componentCount = 0
  for (const source of sourceObjects) {
    const version = bucket.find(source.name, source.generation ?? null)
    const generationMatch = source.objectPreconditions?.ifGenerationMatch ?? null
    checkPreconditions(version, { ...preconditionsOf(new URLSearchParams()), generationMatch }, 'write')
    parts.push(await bucket.read(version))
    componentCount += version.componentCount ?? 1
  }
  return await bucket.put(name, Buffer.concat(parts), { ...destination, componentCount }, preconditionsOf(call.query))
}

async function rewrite(bucket: Bucket, name: string, target: Bucket, call: Call): Promise<ObjectMetadata> {
  const source = bucket.find(name, call.query.get('sourceGeneration'))
  checkPreconditions(source, preconditionsOf(call.query, 'Source'), 'write')
  const { crc32c: _, md5Hash: __, componentCount, ...kept } = source
  const upload: Upload = { ...kept, ...(componentCount ? { componentCount } : {}), ...((await jsonOf(call)) as Upload) }
  return await target.put(segment(call, 8), await bucket.read(source), upload, preconditionsOf(call.query))
}
