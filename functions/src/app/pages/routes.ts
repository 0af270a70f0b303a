import type { Hono, MiddlewareHandler } from 'hono'
import { serveApiDocs } from './api-docs.ts'
import { DASHBOARD, serveDashboard } from './dashboard.ts'

/** Adds what a browser is served: pages, their files, and the way to them. They need no key, and hold nothing of anybody. */
// oxlint-disable-next-line typescript/no-explicit-any -- pages use nothing of the environment of the API
export function addPages(app: Hono<any>): void {
  app.use('/', toDashboard)
  app.use('/dashboard/*', serveDashboard())
  app.use('/api/docs/*', serveApiDocs())
}

/** Sends a browser to the dashboard. Programs are told that nothing is here, as ever. */
const toDashboard: MiddlewareHandler = async ({ req, redirect }, next) => {
  if (req.method === 'GET' && req.header('Accept')?.includes('text/html')) return redirect(DASHBOARD, 302)
  await next()
  return undefined
}
