import { createHash, timingSafeEqual } from 'node:crypto'
import { KEY_HOLDER, type Principal } from './principal.ts'

/** Returns the holder of an API key, or null for an unknown key. */
export type Authenticate = (apiKey: string | undefined) => Principal | null

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Accepts one key, whose holder may do everything. It compares digests of equal length, so that the time of a comparison reveals
 * nothing about the key.
 */
export function holderOf(apiKey: string): Authenticate {
  const expected = digest(apiKey)
  return (given) => (given !== undefined && timingSafeEqual(digest(given), expected) ? KEY_HOLDER : null)
}
