import type { Buckets } from './buckets.ts'
import { jsonOf, ok, segment, type Call, type Reply } from './call.ts'
import { ApiError } from './errors.ts'

/** `/b` and `/b/{bucket}`. */
export async function answerBucketCall(buckets: Buckets, call: Call): Promise<Reply> {
  if (call.path.length === 1) {
    if (call.method === 'POST') return ok((await buckets.create(await jsonOf(call))).metadata)
    if (call.method === 'GET') return ok({ kind: 'storage#buckets', items: buckets.all().map(({ metadata }) => metadata) })
    throw methodNotAllowed()
  }
  const bucket = buckets.get(segment(call, 1))
  switch (call.method) {
    case 'GET':
      return ok(bucket.metadata)
    case 'PATCH':
    case 'PUT':
      return ok(await bucket.update(await jsonOf(call)))
    case 'DELETE':
      await buckets.remove(bucket.metadata.name)
      return { status: 204 }
    default:
      throw methodNotAllowed()
  }
}

const methodNotAllowed = () => new ApiError(405, 'methodNotAllowed', 'Method Not Allowed')
