import type { WrappingKey } from '@holdfast/core/security/envelope'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore, StoreCheck } from '@holdfast/core/platform/ports'
import type { ReadableJournals } from '@holdfast/core/journal/journal-store'
import type { ReadingStores } from '@holdfast/core/adapters/session-stores'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { routePath } from 'hono/route'
import { requireApiKey } from './authentication.ts'
import { objectsWithDeadline, withDeadline } from './deadline.ts'
import { healthRoutes } from '../api/health.ts'
import type { Thresholds } from '../use-cases/health-status.ts'
import { messageRoutes } from '../api/messages.ts'
import { pairingRoutes } from '../api/pairing.ts'
import { problem, problemOf } from './problems.ts'
import { requestContext, underRequestId } from './request-context.ts'
import { recoveryActionRoutes } from '../api/recovery-actions.ts'
import { restoreRoutes } from '../api/restore.ts'
import { sendRoutes } from '../api/send.ts'
import { sessionInfoRoutes } from '../api/session-info.ts'
import { sessionRoutes } from '../api/sessions.ts'

export interface ApiDependencies {
  readonly documents: DocumentStore & DocumentCounter
  readonly journals: ReadableJournals
  readonly objects: ObjectStore
  readonly storage: StoreCheck
  readonly wrappingKey: WrappingKey
  readonly apiKey: string
  readonly thresholds: Thresholds
  readonly clock: Clock
  readonly logger: Logger
}

const MAX_BODY_BYTES = 1024 * 1024

/** Google's client would try for minutes; a caller is better served by a 503 that it can repeat. */
const STORE_DEADLINE_MS = 10_000

/** The API in WAHA's words. Holds nothing in memory that a second instance would have to know. */
export function createApp(given: Omit<ApiDependencies, 'journals'> & ReadingStores): Hono {
  const documents = withDeadline(given.documents, given.clock, STORE_DEADLINE_MS)
  const objects = objectsWithDeadline(given.objects, given.clock, STORE_DEADLINE_MS)
  const dependencies: ApiDependencies = { ...given, documents, objects, journals: given.journalsOn(documents) }
  const app = new Hono()

  app.onError((error, context) => {
    const known = problemOf(error)
    if (known && known.status < 500) return known.getResponse()
    const { logger } = dependencies
    logger.error({ error, method: context.req.method, status: known?.status ?? 500 }, 'A request failed.')
    const { requestId = '' } = requestContext()
    const shown = known ?? problem('internal-error', `The log has the cause under requestId ${requestId}.`)
    return shown.getResponse()
  })
  app.notFound(() => problem('not-found', 'See the API description for the routes that exist.').getResponse())

  app.use(async (context, next) => {
    const { clock, logger } = dependencies
    const startedAt = clock.monotonic()
    await underRequestId(async (requestId) => {
      await next()
      context.header('X-Request-Id', requestId)
      // The pattern, not the path: what a caller writes there is his.
      const asked = { method: context.req.method, route: routePath(context, -1), status: context.res.status }
      logger.debug({ ...asked, tookMs: Math.round(clock.monotonic() - startedAt) }, 'A request was answered.')
    })
    // Answers carry messages and pairing secrets: no cache may keep them.
    context.header('Cache-Control', 'no-store')
    context.header('X-Content-Type-Options', 'nosniff')
  })
  app.route('/', healthRoutes(dependencies))
  app.use('/api/*', requireApiKey(dependencies.apiKey))
  app.use('/api/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => problem('too-large', 'At most 1 MiB.').getResponse() }))
  app.route('/api', sessionRoutes(dependencies))
  app.route('/api', recoveryActionRoutes(dependencies))
  app.route('/api', restoreRoutes(dependencies))
  app.route('/api', sessionInfoRoutes(dependencies))
  app.route('/api', sendRoutes(dependencies))
  app.route('/api', messageRoutes(dependencies))
  app.route('/api', pairingRoutes(dependencies))
  return app
}
