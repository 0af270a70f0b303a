import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { ROUTES } from '../api/routes.ts'
import type { Route, RouteDependencies } from '../api/route.ts'
import { HealthCheck } from '../use-cases/health.ts'
import { KeyDirectory } from '../use-cases/key-directory.ts'
import type { Authenticate, AuthenticatorOn } from './authentication.ts'
import { isAudited, withAudit } from './audit-trail.ts'
import { FUNCTION_WITHOUT_SERVER, type Host, readBody } from './body-limit.ts'
import { type GivenDependencies, withStores } from './deadline.ts'
import type { Principal, Role } from './principal.ts'
import { problem, problemOf } from './problems.ts'
import { readRequest } from './request.ts'
import { concerns, requestContext, underRequestId } from './request-context.ts'

export type AppDependencies = GivenDependencies & {
  readonly authenticatorOn: AuthenticatorOn
  /** A function of an installation without a server unless it says otherwise. */
  readonly host?: Host
}

interface Environment {
  /** Set for every route that needs an API key. */
  Variables: { principal: Principal }
}

/** Creates the API, in WAHA's words. It keeps no state in memory that a second instance would need. */
export function createApp({ authenticatorOn, host = FUNCTION_WITHOUT_SERVER, ...given }: AppDependencies): Hono<Environment> {
  const stores = { ...given, ...withStores(given) }
  const dependencies: AppParts = { host, ...stores, health: new HealthCheck(stores) }
  const authenticate = authenticatorOn({ keys: new KeyDirectory(stores), tenants: stores.tenants, clock: given.clock })
  const app = new Hono<Environment>()

  app.onError((error, context) => answerTo(error, context, dependencies))
  app.notFound(() => problem('not-found', 'GET /api/openapi.json lists all routes.').getResponse())
  app.use(observed(dependencies))
  for (const route of ROUTES) if (route.roles === 'anybody') register(app, route, dependencies)
  app.use('/api/*', requireApiKey(authenticate, dependencies))
  for (const route of ROUTES) if (route.roles !== 'anybody') register(app, route, dependencies)
  return app
}

interface AppParts extends RouteDependencies {
  readonly host: Host
}

function register(app: Hono<Environment>, route: Route, dependencies: AppParts): void {
  app.on(route.method, route.path, async (context) => {
    const principal = context.get('principal')
    if (route.roles !== 'anybody') requireRole(principal, route.roles)
    const request = readRequest(context, route, await readBody(context.req, route, dependencies.host))
    const run = () => route.run({ ...request, principal, dependencies })
    const result = isAudited(route) ? await withAudit(route, request, principal, dependencies, run) : await run()
    if ('text' in result) return context.body(result.text, result.status, { 'Content-Type': result.contentType })
    return context.json(result.body, result.status)
  })
}

function requireRole({ role }: Principal, roles: readonly Role[]): void {
  if (roles.includes(role)) return
  throw problem('forbidden', `The role of this API key is ${role}; the route is for ${roles.join(', ')}.`)
}

/** Finds the caller by the key in `X-Api-Key`. Refuses a request without a valid key, or with a key that makes too many. */
function requireApiKey(authenticate: Authenticate, { limits }: RouteDependencies): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const { req } = context
    const principal = await authenticate({ apiKey: req.header('X-Api-Key'), tenant: req.header('X-Tenant') })
    context.set('principal', principal)
    concerns({ tenant: principal.tenant })
    await limits.admitRequest(principal)
    await next()
  }
}

function answerTo(error: unknown, context: Context, { logger }: RouteDependencies): Response {
  const known = problemOf(error)
  if (known && known.status < 500) return known.getResponse()
  logger.error({ error, method: context.req.method, status: known?.status ?? 500 }, 'A request failed.')
  const { requestId = '' } = requestContext()
  const shown = known ?? problem('internal-error', `The log has the cause under requestId ${requestId}.`)
  return shown.getResponse()
}

/** Gives each request an id for its answer and its log lines, and logs the answer. */
function observed({ clock, logger }: RouteDependencies): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const startedAt = clock.monotonic()
    await underRequestId(async (requestId) => {
      await next()
      context.header('X-Request-Id', requestId)
      // Logs the pattern of the path, because the path itself is text of the caller.
      const answered = { method: context.req.method, route: routePath(context, -1), status: context.res.status }
      logger.debug({ ...answered, tookMs: Math.round(clock.monotonic() - startedAt) }, 'A request was answered.')
    })
    // Answers carry messages and pairing secrets: no cache may keep them.
    context.header('Cache-Control', 'no-store')
    context.header('X-Content-Type-Options', 'nosniff')
  }
}
