import type { Buckets } from './buckets.ts'
import { bodyOf, jsonOf, ok, segment, type Call, type Reply } from './call.ts'
import { ApiError, invalid } from './errors.ts'
import { parseMultipart } from './multipart.ts'
import type { Upload } from './object-metadata.ts'
import { preconditionsOf } from './preconditions.ts'
import type { ResumableUploads } from './resumable-uploads.ts'

/** `/upload/storage/v1/b/{bucket}/o` with its three `uploadType`s. */
export async function answerUploadCall(buckets: Buckets, uploads: ResumableUploads, call: Call): Promise<Reply> {
  const bucket = buckets.get(segment(call, 1))
  const id = call.query.get('upload_id')
  if (id !== null) return await uploads.inTurn.run(id, () => continueResumable(buckets, uploads, id, call))
  const type = call.query.get('uploadType')
  if (type === 'resumable') return await beginResumable(buckets, uploads, call)
  const contentType = call.request.headers['content-type'] ?? 'application/octet-stream'
  const body = await bodyOf(call)
  const { metadata, data } = type === 'multipart' ? parseMultipart(contentType, body) : { metadata: { contentType }, data: body }
  return ok(await bucket.put(nameOf(call, metadata), data, metadata, preconditionsOf(call.query)))
}

async function beginResumable(buckets: Buckets, uploads: ResumableUploads, call: Call): Promise<Reply> {
  const bucket = buckets.get(segment(call, 1))
  const metadata = await jsonOf(call)
  const name = nameOf(call, metadata)
  const preconditions = preconditionsOf(call.query)
  bucket.check(name, preconditions)
  const type = call.request.headers['x-upload-content-type']
  const upload: Upload = { ...(typeof type === 'string' ? { contentType: type } : {}), ...metadata }
  const id = await uploads.begin({ bucket: bucket.metadata.name, name, upload, preconditions })
  const query = new URLSearchParams({ uploadType: 'resumable', upload_id: id })
  const path = `/upload/storage/v1/b/${encodeURIComponent(bucket.metadata.name)}/o`
  const location = `http://${call.request.headers.host ?? 'localhost'}${path}?${query.toString()}`
  return { status: 200, headers: { location, 'x-guploader-uploadid': id } }
}

async function continueResumable(buckets: Buckets, uploads: ResumableUploads, id: string, call: Call): Promise<Reply> {
  const session = await uploads.get(id)
  if (call.method === 'DELETE') {
    await uploads.cancel(id)
    // The service's own status for an upload that its client cancelled.
    return { status: 499 }
  }
  if (session.done) return ok(session.done)
  const range = contentRange(call.request.headers['content-range'])
  if (range.offset !== null) await uploads.append(id, range.offset, call.request)
  const received = await uploads.received(id)
  const total = range.endsHere ? received : range.total
  if (total === null || received < total) {
    return { status: 308, headers: received > 0 ? { range: `bytes=0-${received - 1}` } : {} }
  }
  if (received > total) throw invalid('More bytes were uploaded than announced.')
  const bucket = buckets.get(session.bucket)
  const done = await bucket.put(session.name, await uploads.bytes(id), session.upload, session.preconditions)
  await uploads.finish(session, done)
  return ok(done)
}

// `bytes 0-99/200` sends bytes, `bytes 0-99/*` sends bytes of an upload of unknown length, `bytes 0-*/*` sends all remaining bytes,
// `bytes */200` and `bytes */*` only ask for the progress.
function contentRange(header: string | undefined): { offset: number | null; total: number | null; endsHere: boolean } {
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header ?? 'bytes 0-*/*')
  if (!match) throw new ApiError(400, 'badRequest', 'Failed to parse Content-Range header.')
  const [, from, to, total] = match
  return {
    offset: from === undefined ? null : Number(from),
    total: total === '*' ? null : Number(total),
    endsHere: to === '*' && total === '*',
  }
}

function nameOf(call: Call, metadata: Record<string, unknown>): string {
  const name = call.query.get('name') ?? metadata['name']
  if (typeof name !== 'string' || name === '') throw new ApiError(400, 'required', 'Required parameter: name')
  return name
}
