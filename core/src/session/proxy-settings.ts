import { z } from 'zod'

/** The proxy of a session, in WAHA's words: `config.proxy`. */
export interface SessionProxy {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly username: string | null
  readonly password: string | null
}

/** The code of an error of whoever connects through a proxy: the proxy was not reached, or refused. */
export const PROXY_FAILED = 'PROXY_FAILED'

/** Why a proxy cannot be used. `scheme`: the runner does not speak its protocol. */
export type ProxyProblem = 'address' | 'scheme'

/** PERSISTED CONTRACT v1: `config.proxy` of a session's document. Its password lies beside it, sealed: `proxyPassword`. */
export const proxyConfigSchema = z.object({ server: z.string(), username: z.string().nullable().default(null) })

/** The place that binds the sealed password. */
export const proxyPlace = (sessionId: string): string => `whatsapp_connection_states/${sessionId}/proxy`

/**
 * Reads the address of a proxy: `host:port`, or with `http://` or `https://` in front, as WAHA takes it. A user name in the address is
 * none that may be shown, so it is refused.
 */
export function readProxyServer(server: string): Pick<SessionProxy, 'scheme' | 'host' | 'port'> | ProxyProblem {
  const [, scheme = 'http'] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(server) ?? []
  const kind = scheme.toLowerCase()
  if (kind !== 'http' && kind !== 'https') return 'scheme'
  const rest = server.replace(/^[a-z]+:\/\//i, '')
  // The URL of another scheme keeps a port that is its default.
  const url = URL.canParse(`proxy://${rest}`) ? new URL(`proxy://${rest}`) : null
  if (!url || url.hostname === '' || url.port === '' || url.username !== '' || url.password !== '') return 'address'
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') return 'address'
  return { scheme: kind, host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) }
}
