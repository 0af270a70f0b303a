import type { MiddlewareHandler } from 'hono'
import { problem } from './problems.ts'

const MIB = 1024 * 1024

/**
 * Refuses a body of more than 1 MiB, or of another limit, with and without `Content-Length`. Not Hono's own `bodyLimit`: without the header it makes a
 * new `Request` of the incoming one, which fails where the global objects are left unchanged.
 */
export const bodyLimit =
  (maxBytes = MIB): MiddlewareHandler =>
  async ({ req }, next) => {
    const announced = Number(req.header('Content-Length') ?? 0)
    if (announced > maxBytes || (await req.arrayBuffer()).byteLength > maxBytes) {
      throw problem('too-large', `The body can have at most ${maxBytes / MIB} MiB.`)
    }
    await next()
  }
