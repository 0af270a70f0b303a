/** A request to each route of the API that would succeed if all was well, for the session `main` and what belongs to it. */
export interface RouteRequest {
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }

/** By method and pattern. A test fails for a route that is missing here. */
export const EVERY_ROUTE: Readonly<Record<string, RouteRequest>> = {
  'POST /api/sessions': { path: '/api/sessions', body: { name: 'another' } },
  'GET /api/sessions': { path: '/api/sessions' },
  'GET /api/sessions/:name': { path: '/api/sessions/main' },
  'POST /api/sessions/:name/start': { path: '/api/sessions/main/start' },
  'POST /api/sessions/:name/stop': { path: '/api/sessions/main/stop' },
  'POST /api/sessions/:name/restart': { path: '/api/sessions/main/restart', body: { reason: 'For a test.' } },
  'POST /api/sessions/:name/logout': { path: '/api/sessions/main/logout', body: {} },
  'POST /api/sessions/:name/restore': { path: '/api/sessions/main/restore', body: { approve: false } },
  'GET /api/sessions/:name/actions': { path: '/api/sessions/main/actions' },
  'GET /api/sessions/:name/actions/:id': { path: '/api/sessions/main/actions/default.main-restart-000001' },
  'GET /api/sessions/:name/info': { path: '/api/sessions/main/info' },
  'GET /api/session-info': { path: '/api/session-info?session=main' },
  'POST /api/sendText': { path: '/api/sendText', body: text, headers: { 'Idempotency-Key': 'of every route' } },
  'GET /api/messages/:id': { path: `/api/messages/${'0'.repeat(40)}` },
  'GET /api/:name/messages': { path: '/api/main/messages?limit=10' },
  'GET /api/:name/auth/qr': { path: '/api/main/auth/qr?format=raw' },
}
