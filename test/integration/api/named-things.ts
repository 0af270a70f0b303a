import { z } from 'zod'
import type { Route } from '../../../functions/src/api/route.ts'
import { ROUTES } from '../../../functions/src/api/routes.ts'
import { EVERY_ROUTE, type RouteRequest } from './every-route.ts'

/** What a request can name that belongs to a tenant. */
export type Kind = 'session' | 'message' | 'action' | 'key' | 'tenant' | 'pool' | 'alert' | 'device' | 'delivery'

/** A parameter, or a field of a query or body, by which a route names something. */
export interface Naming {
  /** Method and pattern. */
  readonly route: string
  readonly entry: Route
  readonly kind: Kind
  readonly where: 'path' | 'query' | 'body'
  readonly field: string
}

/**
 * What a path parameter names, by the path up to it. A new one has to be added here. `part`: something below the session that the path
 * names before, and of no other one.
 */
const OF_PATH: Readonly<Record<string, Kind | 'part'>> = {
  '/api/sessions/:name': 'session',
  '/api/:name': 'session',
  '/api/files/:name': 'session',
  '/api/files/:name/:file': 'part',
  '/api/sessions/:name/actions/:id': 'action',
  '/api/sessions/:name/backups/:id': 'part',
  '/api/backups/:run': 'part',
  '/api/backups/restore/:run': 'part',
  '/api/recoveries/:id': 'action',
  '/api/messages/:id': 'message',
  '/api/whatsapp/failed/:id': 'message',
  '/api/keys/:id': 'key',
  '/api/alerts/:id': 'alert',
  '/api/alerts/devices/:id': 'device',
  '/api/webhooks/deliveries/:id': 'delivery',
  '/api/tenants/:id': 'tenant',
  '/api/pools/:name': 'pool',
  '/api/:name/chats/:chatId': 'part',
  '/api/:name/chats/:chatId/messages/:messageId': 'part',
}

/** Parameters that name something at WhatsApp, which the account of the session knows and no tenant has. */
const AT_WHATSAPP: ReadonlySet<string> = new Set(['group', 'chat', 'contact', 'lid', 'phone', 'label'])

/** What a field of a query or a body names. */
const OF_FIELD: Readonly<Record<string, Kind>> = { session: 'session', tenant: 'tenant', pool: 'pool' }

/** Routes whose path may name something new. */
const CREATING: readonly string[] = ['PUT /api/pools/:name']

const nameOf = ({ method, path }: Route): string => `${method} ${path}`

const keyed = ROUTES.filter(({ roles }) => roles !== 'anybody')

/** Every place where a route with an API key names something of a tenant. */
export const NAMINGS: readonly Naming[] = keyed.flatMap((entry) => {
  const route = nameOf(entry)
  const { query, body } = entry.request ?? {}
  const named = [...entry.path.matchAll(/:(\w+)/g)].filter((match) => !AT_WHATSAPP.has(match[1] ?? ''))
  const inPath = (CREATING.includes(route) ? [] : named).flatMap((match) => {
    const kind = OF_PATH[entry.path.slice(0, match.index + match[0].length)]
    if (!kind) throw new Error(`The table of named-things.ts does not say what ${match[0]} of ${route} names.`)
    return kind === 'part' ? [] : [{ route, entry, kind, where: 'path' as const, field: match[1] ?? '' }]
  })
  const fieldsOf = (schema: z.ZodType | undefined) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])
  const inFields = (where: 'query' | 'body', schema: z.ZodType | undefined) =>
    fieldsOf(schema).flatMap((field) => {
      const kind = OF_FIELD[field]
      return kind ? [{ route, entry, kind, where, field }] : []
    })
  return [...inPath, ...inFields('query', query), ...inFields('body', body)]
})

/** The routes that name nothing of a tenant. */
export const NAMING_NOTHING: readonly string[] = keyed
  .map(nameOf)
  .filter((route) => !NAMINGS.some((naming) => naming.route === route))

/** Returns the example request of a route, which names `id` in one place. */
export function requestNaming({ route, entry, where, field }: Naming, id: string): RouteRequest {
  const example = EVERY_ROUTE[route] ?? { path: '' }
  if (where === 'body') {
    // A message names a session or a pool.
    const others = field === 'pool' ? { session: undefined } : {}
    return { ...example, body: { ...(example.body as object | undefined), ...others, [field]: id } }
  }
  const url = new URL(example.path, 'http://api')
  if (where === 'query') {
    url.searchParams.set(field, id)
    return { ...example, path: `${url.pathname}${url.search}` }
  }
  const given = url.pathname.split('/')
  const parts = entry.path.split('/').map((part, index) => (part === `:${field}` ? id : (given[index] ?? part)))
  return { ...example, path: `${parts.join('/')}${url.search}` }
}
