import type { HonoRequest } from 'hono'
import type { Route } from '../api/route.ts'
import type { Dependencies } from '../use-cases/dependencies.ts'
import { type StoredFile, storeFile } from '../use-cases/store-file.ts'
import { bodyLimitOf, type Host } from './body-limit.ts'
import { BadBody, BodyTooLarge, readWithFile } from './file-in-body.ts'
import type { Principal } from './principal.ts'
import { problem } from './problems.ts'

/**
 * Reads the body of a route that takes a file. The data of the file go to the object store as they come, and are not in the bytes that
 * this returns.
 *
 * @throws the problems `too-large` and `bad-request`, or a Refusal
 */
export async function readFileRequest(
  req: HonoRequest,
  route: Route,
  { host, dependencies, principal }: { host: Host; dependencies: Dependencies; principal: Principal },
): Promise<{ bytes: Uint8Array; file: StoredFile | null; ignored: readonly string[] }> {
  const { maxBytes, sentence } = bodyLimitOf(route, host)
  const tooLarge = () => problem('too-large', sentence)
  let file: StoredFile | null = null
  if (Number(req.header('Content-Length') ?? 0) > maxBytes) throw tooLarge()
  try {
    const { rest, isEmpty } = await readWithFile(limited(req.raw.body ?? [], maxBytes), async (bytes, before) => {
      file = await storeFile(dependencies, principal, { session: sessionIn(before), bytes })
      return file
    })
    return { bytes: rest, file, ignored: isEmpty ? ['file.data'] : [] }
  } catch (error) {
    await (file as StoredFile | null)?.discard()
    if (error instanceof BodyTooLarge) throw tooLarge()
    if (error instanceof BadBody) throw problem('bad-request', error.message)
    throw error
  }
}

/** A request with a pool gets its session later. */
const sessionIn = (before: ReadonlyMap<string, string>): string | null => before.get('session') || null

/** No more of the body than the route takes. */
export async function* limited(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const part of arriving(body)) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw new BodyTooLarge()
    yield part
  }
}

/** A caller that goes away is no failure of ours. */
async function* arriving(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of body) yield part
  } catch {
    throw new BadBody('The body did not arrive whole.')
  }
}
