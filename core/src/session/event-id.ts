import { createHash } from 'node:crypto'

/** Crockford's base 32, in lower case. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

const TIME_DIGITS = 10
const HASH_DIGITS = 16

/**
 * Returns the id of an event: `evt_` and a ULID in lower case. What happened at the same time in the same way has the same id, so that an
 * event that is told again is known again.
 */
export function eventIdOf(sessionId: string, event: string, key: readonly string[], at: Date): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([sessionId, event, ...key]))
    .digest()
  const time = digitsOf(BigInt(at.getTime()), TIME_DIGITS)
  const random = digitsOf(BigInt(`0x${hash.subarray(0, (HASH_DIGITS * 5) / 8).toString('hex')}`), HASH_DIGITS)
  return `evt_${time}${random}`
}

function digitsOf(number: bigint, length: number): string {
  const digits = Array.from({ length }, (_, index) => DIGITS[Number((number >> BigInt(5 * (length - 1 - index))) & 31n)])
  return digits.join('')
}
