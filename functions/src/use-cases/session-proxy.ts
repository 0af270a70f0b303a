import { sealProxyPassword, type ProxyFields } from '@holdfast/core/operations/session-proxy'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { proxyConfigSchema, readProxyServer } from '@holdfast/core/session/proxy-settings'
import { z } from 'zod'
import { contradiction } from './channel-secrets.ts'
import { Refusal } from './refusal.ts'

/** As a caller gives it, in WAHA's words. An empty text counts as null. */
const givenSchema = z.object({
  server: z.string().min(1),
  username: z.string().nullish(),
  password: z.string().nullish(),
})

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === ''

/** A form that was left empty has all fields of a proxy, and nothing in them. */
const isEmptyForm = (proxy: unknown): boolean =>
  typeof proxy === 'object' &&
  proxy !== null &&
  ['server', 'username', 'password'].every((name) => isNothing(Reflect.get(proxy, name)))

/**
 * Returns the fields of a session's document for the proxy in a configuration: its password is sealed and leaves the configuration. Without
 * a password, the known one stays while server and user name stay.
 *
 * @param before what the document has; null for a new session
 * @throws Refusal `contradictory-configuration` for a proxy of another shape, `not-possible` for a protocol that runners do not speak
 */
export function storedProxyOf(
  cipher: SessionCipher,
  given: ProxyFields['config'],
  before: ProxyFields | null,
): Required<ProxyFields> {
  const { proxy } = given
  if (proxy === undefined || proxy === null) return { config: given, proxyPassword: null }
  if (proxy === '' || isEmptyForm(proxy)) return { config: { ...given, proxy: null }, proxyPassword: null }
  const parsed = givenSchema.safeParse(proxy)
  if (!parsed.success)
    throw contradiction(parsed.error.issues.map(({ path, message }) => `proxy.${path.join('.')}: ${message}`).join('; '))
  const { server, password } = parsed.data
  const username = parsed.data.username === '' ? null : (parsed.data.username ?? null)
  const address = readProxyServer(server)
  if (address === 'scheme') {
    throw new Refusal(
      'not-possible',
      'config.proxy.server: runners speak to proxies by HTTP CONNECT only, so it begins with http:// or https://, or is host:port.',
    )
  }
  if (address === 'address') {
    throw contradiction(
      'proxy.server: must be host:port, with or without http:// or https://; user name and password have fields of their own',
    )
  }
  const stored = { config: { ...given, proxy: { server, username } } }
  if (typeof password === 'string' && password !== '') return { ...stored, proxyPassword: sealProxyPassword(cipher, password) }
  const known = proxyConfigSchema.safeParse(before?.config['proxy'])
  const isSame = known.success && known.data.server === server && known.data.username === username
  return { ...stored, proxyPassword: (isSame && before?.proxyPassword) || null }
}
