import type { HonoRequest } from 'hono'
import type { Route } from '../api/route.ts'
import { problem } from './problems.ts'

const MIB = 1024 * 1024

/** Cloud Functions passes no body above 32 MB, and holds each one whole in memory before the API sees it. */
export const MOST_ON_FUNCTION_BYTES = 32 * 1000 * 1000

/** Where the API runs. A function knows the address of the server, if there is one, because the server takes larger bodies. */
export type Host = { readonly type: 'server' } | { readonly type: 'function'; readonly serverUrl: string | null }

export const FUNCTION_WITHOUT_SERVER: Host = { type: 'function', serverUrl: null }

type Limited = Pick<Route, 'maxBodyBytes' | 'maxBodyBytesOnServer'>

/** Returns the size of the largest body of a route, and what a caller reads whose body is larger. */
export function bodyLimitOf(route: Limited, host: Host): { readonly maxBytes: number; readonly sentence: string } {
  const { maxBodyBytes = MIB, maxBodyBytesOnServer: onServer = maxBodyBytes } = route
  if (host.type === 'server') return { maxBytes: onServer, sentence: atMost(onServer) }
  const maxBytes = Math.min(maxBodyBytes, MOST_ON_FUNCTION_BYTES)
  const isLargerThere = onServer > maxBytes && host.serverUrl !== null
  const there = isLargerThere ? ` Send a larger one to ${host.serverUrl}, which takes up to ${inMib(onServer)}.` : ''
  return { maxBytes, sentence: `${atMost(maxBytes)}${there}` }
}

const inMib = (bytes: number): string => `${Number((bytes / MIB).toFixed(1))} MiB`

const atMost = (bytes: number): string => `The body can have at most ${inMib(bytes)}.`

/**
 * Reads the body of a request, and no more of it than the route takes, with and without `Content-Length`. Not Hono's own `bodyLimit`: without
 * the header it makes a new `Request` of the incoming one, which fails where the global objects are left unchanged.
 *
 * @throws the problem `too-large`, or `bad-request` when the caller went away or was too slow
 */
export async function readBody(req: HonoRequest, route: Limited, host: Host): Promise<Uint8Array> {
  const { maxBytes, sentence } = bodyLimitOf(route, host)
  const announced = req.header('Content-Length')
  if (Number(announced ?? 0) > maxBytes) throw problem('too-large', sentence)
  const bytes = await read(req, announced === undefined ? maxBytes : null).catch(() => {
    throw problem('bad-request', 'The body did not arrive whole.')
  })
  if (bytes === null || bytes.byteLength > maxBytes) throw problem('too-large', sentence)
  return bytes
}

/** Null when the body turns out to be larger than `maxBytes`. A body of an announced length, which Node holds it to, is read at once. */
async function read(req: HonoRequest, maxBytes: number | null): Promise<Uint8Array | null> {
  if (maxBytes === null) return new Uint8Array(await req.arrayBuffer())
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of req.raw.body ?? []) {
    length += chunk.byteLength
    if (length > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
