import type { MiddlewareHandler } from 'hono'
import { problem } from './problems.ts'

const MAX_BODY_BYTES = 1024 * 1024

/**
 * Refuses a body of more than 1 MiB, with and without `Content-Length`. Not Hono's own `bodyLimit`: without the header it makes a
 * new `Request` of the incoming one, which fails where the global objects are left unchanged.
 */
export const bodyLimit: MiddlewareHandler = async ({ req }, next) => {
  const announced = Number(req.header('Content-Length') ?? 0)
  if (announced > MAX_BODY_BYTES || (await req.arrayBuffer()).byteLength > MAX_BODY_BYTES) {
    throw problem('too-large', 'The body can have at most 1 MiB.')
  }
  await next()
}
