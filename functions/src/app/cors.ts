import type { MiddlewareHandler } from 'hono'
import { IGNORED_FIELDS } from './ignored-fields.ts'

/** A key is in a header that only the page itself can set, never in a cookie, so that no other page can use it. */
const EVERYBODY = { 'Access-Control-Allow-Origin': '*' }

const EXPOSED = [IGNORED_FIELDS, 'Retry-After', 'X-Request-Id'].join(', ')

const METHODS = 'GET, POST, PUT, PATCH, DELETE'

const DAY_S = 24 * 60 * 60

/** Lets pages of every origin call the API, as WAHA does. A browser asks before it sends a key, and gets its answer without one. */
export const allowOrigins: MiddlewareHandler = async (context, next) => {
  const { req } = context
  if (req.method === 'OPTIONS' && req.header('Access-Control-Request-Method') !== undefined) {
    // Some browsers do not take `*` for headers.
    const asked = req.header('Access-Control-Request-Headers') ?? '*'
    return new Response(null, {
      status: 204,
      headers: {
        ...EVERYBODY,
        'Access-Control-Allow-Methods': METHODS,
        'Access-Control-Allow-Headers': asked,
        'Access-Control-Max-Age': String(DAY_S),
        Vary: 'Access-Control-Request-Headers',
      },
    })
  }
  await next()
  for (const [name, value] of Object.entries(EVERYBODY)) context.header(name, value)
  context.header('Access-Control-Expose-Headers', EXPOSED)
  return undefined
}
