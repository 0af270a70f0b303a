import type { BinaryNode } from '@whiskeysockets/baileys'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'

/** The errors of a certificate have OpenSSL's names; Baileys makes 500 of them, or 408 if they begin with an E. */
const CERTIFICATE_TROUBLE = /CERT|^INVALID_CA$|^UNABLE_TO_VERIFY|^HOSTNAME_MISMATCH$/

/** `expire` counts seconds from now; was it a time instead, it would be at least this, in seconds since the epoch. */
const FIRST_TIME_S = 1_000_000_000
const LONGEST_BAN_MS = 10 * 365 * 24 * 60 * 60 * 1000

/** What Baileys' error at the end of a connection tells: a code, and beside it what WhatsApp said or what broke. */
export function disconnectOf(error: unknown, nowMs: number): Disconnect {
  const { output, data } = (error ?? {}) as { output?: { statusCode?: unknown }; data?: unknown }
  const code = typeof output?.statusCode === 'number' ? output.statusCode : undefined
  if (data instanceof Error) return { code, transport: isCertificateTrouble(data) ? 'untrusted' : 'broken' }
  if (typeof data !== 'object' || data === null) return { code }
  // Of a stream error, its first child; of a failed login, the attributes of the failure.
  const { tag, attrs } = data as Partial<BinaryNode>
  if (tag === 'conflict') return { code, ...(attrs?.['type'] === undefined ? {} : { conflict: attrs['type'] }) }
  const banMs = 'expire' in data ? banOf(Number(data.expire), nowMs) : null
  return banMs === null ? { code } : { code, banMs }
}

const isCertificateTrouble = (error: Error): boolean => 'code' in error && CERTIFICATE_TROUBLE.test(String(error.code))

function banOf(expireS: number, nowMs: number): number | null {
  const banMs = expireS >= FIRST_TIME_S ? expireS * 1000 - nowMs : expireS * 1000
  return banMs > 0 && banMs <= LONGEST_BAN_MS ? banMs : null
}
