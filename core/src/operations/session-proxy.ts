import { HoldfastError } from '../platform/errors.ts'
import type { Fields } from '../platform/ports.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { proxyConfigSchema, proxyPlace, readProxyServer, type SessionProxy } from '../session/proxy-settings.ts'
import type { SessionDocument } from '../session/session-document.ts'

/** The fields of a session's document that say by which proxy it connects. */
export type ProxyFields = Pick<SessionDocument, 'config' | 'proxyPassword'>

/** Reads them from a document that may have any shape. What is no configuration has no proxy; a proxy of another shape stays, and is refused. */
export function proxyFieldsOf(fields: Fields): ProxyFields {
  const { config, proxyPassword } = fields
  return {
    config: typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {},
    proxyPassword: proxyPassword instanceof Uint8Array ? Buffer.from(proxyPassword) : null,
  }
}

export const sealProxyPassword = (cipher: SessionCipher, password: string): Buffer =>
  cipher.sealContent(Buffer.from(password), proxyPlace(cipher.sessionId))

/**
 * The proxy of a session; null without one.
 *
 * @throws HoldfastError `bad-document` for a proxy that cannot be used, `cannot-decrypt` for a password that does not open. A session with
 * a proxy never connects without it.
 */
export function proxyOf(cipher: SessionCipher, { config, proxyPassword }: ProxyFields): SessionProxy | null {
  const { proxy } = config
  if (proxy === undefined || proxy === null) return null
  const parsed = proxyConfigSchema.safeParse(proxy)
  const server = parsed.success ? readProxyServer(parsed.data.server) : 'address'
  if (!parsed.success || typeof server === 'string') {
    throw new HoldfastError('bad-document', `The proxy of session ${cipher.sessionId} cannot be used.`)
  }
  const password = proxyPassword ? cipher.openContent(proxyPassword, proxyPlace(cipher.sessionId)).toString() : null
  return { ...server, username: parsed.data.username, password }
}
