import { createHash, timingSafeEqual } from 'node:crypto'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import type { MiddlewareHandler } from 'hono'
import { problem } from './problems.ts'
import { concerns } from './request-context.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** The key in `X-Api-Key`. Digests of equal length are compared, so that the time taken tells nothing about the key. */
export function requireApiKey(apiKey: string): MiddlewareHandler {
  const expected = digest(apiKey)
  return async (context, next) => {
    const given = context.req.header('X-Api-Key')
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw problem('unauthorized', 'Send the API key in the header X-Api-Key.', {
        headers: { 'WWW-Authenticate': 'ApiKey header="X-Api-Key"' },
      })
    }
    concerns({ tenant: DEFAULT_TENANT })
    await next()
  }
}
