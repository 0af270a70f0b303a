import type { BinaryNode } from '@whiskeysockets/baileys'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import { PROXY_FAILED } from '@holdfast/core/session/proxy-settings'

/** Matches OpenSSL's names of certificate errors. Baileys gives them the code 500, or 408 when the name begins with an E. */
const CERTIFICATE_TROUBLE = /CERT|^INVALID_CA$|^UNABLE_TO_VERIFY|^HOSTNAME_MISMATCH$/

/** The smallest `expire` that counts as a time, in seconds since 1970. A smaller one counts as seconds from now. */
const FIRST_TIME_S = 1_000_000_000
const LONGEST_BAN_MS = 10 * 365 * 24 * 60 * 60 * 1000

/** Reads Baileys' error at the end of a connection: its code, and the conflict, the ban or the transport failure in it. */
export function disconnectOf(error: unknown, nowMs: number): Disconnect {
  const { output, data } = (error ?? {}) as { output?: { statusCode?: unknown }; data?: unknown }
  const code = typeof output?.statusCode === 'number' ? output.statusCode : undefined
  if (data instanceof Error) return { code, transport: transportOf(data) }
  if (typeof data !== 'object' || data === null) return { code }
  // `data` is the first child of a stream error, or the attributes of a failed login.
  const { tag, attrs } = data as Partial<BinaryNode>
  if (tag === 'conflict') return { code, ...(attrs?.['type'] === undefined ? {} : { conflict: attrs['type'] }) }
  const banMs = 'expire' in data ? banOf(Number(data.expire), nowMs) : null
  return banMs === null ? { code } : { code, banMs }
}

function transportOf(error: Error): NonNullable<Disconnect['transport']> {
  if ('code' in error && error.code === PROXY_FAILED) return 'proxy'
  return isCertificateTrouble(error) ? 'untrusted' : 'broken'
}

const isCertificateTrouble = (error: Error): boolean => 'code' in error && CERTIFICATE_TROUBLE.test(String(error.code))

function banOf(expireS: number, nowMs: number): number | null {
  const banMs = expireS >= FIRST_TIME_S ? expireS * 1000 - nowMs : expireS * 1000
  return banMs > 0 && banMs <= LONGEST_BAN_MS ? banMs : null
}
