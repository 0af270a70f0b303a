import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { routePath } from 'hono/route'
import { messageOf } from '@holdfast/core/platform/errors'
import type { SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { ROUTES } from '../api/routes.ts'
import type { Call, Route, RouteDependencies, StreamResult } from '../api/route.ts'
import { EventHub } from '../use-cases/events/event-hub.ts'
import { HealthCheck } from '../use-cases/health.ts'
import { KeyDirectory } from '../use-cases/key-directory.ts'
import { Refusal } from '../use-cases/refusal.ts'
import type { StoredFile } from '../use-cases/store-file.ts'
import type { Authenticate, AuthenticatorOn, Credentials } from './authentication.ts'
import { isAudited, withAudit } from './audit-trail.ts'
import { FUNCTION_WITHOUT_SERVER, type Host, readBody } from './body-limit.ts'
import { type GivenDependencies, withStores } from './deadline.ts'
import { allowOrigins } from './cors.ts'
import { headerOf, IGNORED_FIELDS } from './ignored-fields.ts'
import { isLivePath, LIVE_PATH } from './live-request.ts'
import { readFileRequest } from './file-request.ts'
import { addPages } from './pages/routes.ts'
import type { Principal } from './principal.ts'
import { problem, problemOf } from './problems.ts'
import { readRequest } from './request.ts'
import { NO_SPAN, NO_TRACES, type Span } from '@holdfast/core/platform/traces'
import { requireRole } from './require-role.ts'
import { concerns, requestContext, underRequestId } from './request-context.ts'
import { cookieIn, requireOwnPage, signInOf } from './sign-in-cookie.ts'

export type AppDependencies = GivenDependencies & {
  readonly authenticatorOn: AuthenticatorOn
  /** Seals who signed in. */
  readonly signIns: SignInCipher
  /** A function of an installation without a server unless it says otherwise. */
  readonly host?: Host
  /** Aborts when the process begins to end. What streams answers ends then. */
  readonly ending?: AbortSignal
}

/** Cloud Run ends requests to a server after an hour, and those to the function after its 60 seconds. */
const STREAMS_END_AFTER_MS = { server: 15 * 60_000, function: 50_000 } as const

interface Environment {
  /** Set for every route that needs an API key. */
  Variables: { principal: Principal; credentials: Credentials }
}

/** Creates the API, in WAHA's words. It keeps no state in memory that a second instance would need. */
export function createApp({
  authenticatorOn,
  signIns,
  host = FUNCTION_WITHOUT_SERVER,
  ending,
  ...given
}: AppDependencies): Hono<Environment> {
  const stores = { ...given, ...withStores(given) }
  const authenticate = authenticatorOn({ keys: new KeyDirectory(stores), tenants: stores.tenants, clock: given.clock })
  const health = new HealthCheck(stores)
  const events = new EventHub({ ...stores, health, endsAfterMs: STREAMS_END_AFTER_MS[host.type] })
  ending?.addEventListener('abort', () => events.close())
  const dependencies: AppParts = { host, authenticate, signIns, ...stores, health, events }
  const app = new Hono<Environment>({ strict: false })

  app.onError((error, context) => answerTo(error, context, dependencies))
  app.notFound(({ req }) => (isLivePath(req.path) ? noStreamOn(host) : noRoute()).getResponse())
  addPages(app)
  app.use(allowOrigins)
  app.use(observed(dependencies))
  for (const route of ROUTES) if (route.roles === 'anybody') register(app, route, dependencies)
  app.use('/api/*', requireCaller(dependencies, callerOf(dependencies)))
  // Prometheus sends no headers of ours.
  app.use(
    '/metrics',
    requireCaller(dependencies, ({ req }) => ({
      apiKey: req.header('X-Api-Key') || bearerOf(req.header('Authorization')),
      tenant: req.header('X-Tenant'),
    })),
  )
  for (const route of ROUTES) if (route.roles !== 'anybody') register(app, route, dependencies)
  return app
}

const noRoute = () => problem('not-found', 'GET /api/openapi.json lists all routes.')

/** What comes to `/ws` as a plain request is no WebSocket, or came to a function, which cannot have one. */
const noStreamOn = (host: Host) => problem('not-possible', howToListen(host))

function howToListen(host: Host): string {
  if (host.type === 'server') return 'Open a WebSocket here: wss://…/ws?session=*&events=*&x-api-key=…'
  const there =
    host.serverUrl === null ? 'the API as a server (docs/DEPLOY.md)' : `${host.serverUrl.replace(/^http/, 'ws')}${LIVE_PATH}`
  return `A function keeps no WebSocket. Open it at ${there}, or use webhooks.`
}

interface AppParts extends RouteDependencies {
  readonly host: Host
  readonly authenticate: Authenticate
  readonly signIns: SignInCipher
}

function register(app: Hono<Environment>, route: Route, dependencies: AppParts): void {
  app.on(route.method, route.path, async (context) => {
    const principal = context.get('principal')
    if (route.roles !== 'anybody') requireRole(principal, route.roles)
    const { bytes, file: stored, ignored: ofFile } = await bodyOf(context, route, dependencies)
    const result = await discardingIfRefused(stored, async () => {
      const { ignored: ofBody, ...request } = readRequest(context, route, bytes)
      const ignored = [...ofFile, ...ofBody]
      if (ignored.length > 0) context.header(IGNORED_FIELDS, headerOf(ignored))
      const run = () => route.run({ ...request, stored, principal, dependencies, call: callOf(context, dependencies) })
      return isAudited(route) ? withAudit(route, request, principal, dependencies, run) : run()
    })
    if ('stream' in result) return answerWith(result, context.req.method, dependencies)
    if ('text' in result) return context.body(result.text, result.status, { 'Content-Type': result.contentType })
    return context.json(result.body, result.status, result.headers)
  })
}

/** A refused request has made no message of its file. After any other error, such as one of the database, there may be a message. */
async function discardingIfRefused<Result>(stored: StoredFile | null, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refusal || (error instanceof HTTPException && error.status < 500)) await stored?.discard()
    throw error
  }
}

function callOf({ req, get }: Context<Environment>, { signIns, authenticate }: AppParts): Call {
  const credentials = get('credentials') as Credentials | undefined
  return {
    url: req.url,
    header: (name) => req.header(name),
    apiKey: credentials?.apiKey,
    isByCookie: credentials?.isByCookie ?? false,
    signIns,
    authenticate,
    again: () => authenticate(credentials ?? { apiKey: undefined, tenant: undefined }),
  }
}

/** Hono answers HEAD as GET and drops the body, which nobody would end then. */
async function answerWith(result: StreamResult, method: string, parts: AppParts): Promise<Response> {
  const body = streamOf(result.stream, parts)
  if (method !== 'HEAD') return new Response(body, result)
  await body.cancel()
  return new Response(null, result)
}

const streamOf = (stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>, parts: AppParts): ReadableStream<Uint8Array> =>
  stream instanceof ReadableStream ? stream : ReadableStream.from(tracked(stream, parts))

/** Logs the error that cuts an answer off: its status and headers are gone, so that nobody else tells of it. */
async function* tracked(stream: AsyncIterable<Uint8Array>, { logger }: AppParts): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch (error) {
    logger.warn({ problem: messageOf(error) }, 'An answer broke off in the middle.')
    throw error
  }
}

async function bodyOf({ req, get }: Context<Environment>, route: Route, dependencies: AppParts) {
  const { host } = dependencies
  if (!route.takesFile) return { bytes: await readBody(req, route, host), file: null, ignored: [] }
  return readFileRequest(req, route, { host, dependencies, principal: get('principal') })
}

/** Browsers cannot send a header with the address of a picture. */
const keyIn = ({ req }: Context<Environment>): string | undefined =>
  req.header('X-Api-Key') ?? (req.path.startsWith('/api/files/') ? req.query('x-api-key') : undefined)

const bearerOf = (header: string | undefined): string | undefined => /^Bearer +(.+)$/i.exec(header ?? '')?.[1]

/**
 * Returns what says who the caller is: the key in `X-Api-Key`, or else what the cookie of a browser holds.
 *
 * @throws the problem `unauthorized`, or `forbidden` for a change by cookie that no page of this address asks for
 */
const callerOf =
  ({ signIns, clock }: AppParts) =>
  (context: Context<Environment>): Credentials => {
    const { req } = context
    const [apiKey, tenant] = [keyIn(context), req.header('X-Tenant')]
    const cookie = apiKey ? undefined : cookieIn(callOfHeaders(context))
    if (cookie === undefined) return { apiKey, tenant }
    const signIn = signInOf(signIns, cookie, clock.now())
    if (!signIn) throw problem('unauthorized', 'The sign-in of this browser has ended. Sign in again.')
    if (req.method !== 'GET' && req.method !== 'HEAD') requireOwnPage(callOfHeaders(context))
    return { apiKey: signIn.apiKey, tenant: tenant ?? signIn.tenant ?? undefined, isByCookie: true }
  }

const callOfHeaders = ({ req }: Context<Environment>) => ({ url: req.url, header: (name: string) => req.header(name) })

/** Finds the caller. Refuses a request without a valid key, or with a key that makes too many. */
function requireCaller(
  { authenticate, limits }: AppParts,
  credentialsOf: (context: Context<Environment>) => Credentials,
): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const credentials = credentialsOf(context)
    const principal = await authenticate(credentials)
    context.set('principal', principal)
    context.set('credentials', credentials)
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
function observed({ clock, logger, traces = NO_TRACES }: RouteDependencies): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const startedAt = clock.monotonic()
    const { method } = context.req
    // Whoever only reads changes nothing that could be followed.
    const isTraced = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
    const span = isTraced ? traces.begin(method, { kind: 'server', parent: context.req.header('traceparent') }) : NO_SPAN
    await underRequestId(async (requestId) => {
      await next()
      context.header('X-Request-Id', requestId)
      // Logs the pattern of the path, because the path itself is text of the caller.
      const answered = { method, route: routePath(context, -1), status: context.res.status }
      logger.debug({ ...answered, tookMs: Math.round(clock.monotonic() - startedAt) }, 'A request was answered.')
      // Nobody without a key makes spans that somebody pays for.
      if (context.get('principal')) endSpan(span, answered)
    }, span)
    // Answers carry messages and pairing secrets: no cache may keep them.
    context.header('Cache-Control', 'no-store')
    context.header('X-Content-Type-Options', 'nosniff')
  }
}

function endSpan(span: Span, { method, route, status }: { method: string; route: string; status: number }): void {
  const attributes = { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status }
  span.end({ name: `${method} ${route}`, attributes, error: status >= 500 ? String(status) : null })
}
