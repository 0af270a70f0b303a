import { z } from 'zod'
import { Refusal } from '../use-cases/refusal.ts'
import { openRoute, OPERATORS, READERS, type Route, route } from './route.ts'

/** What programs that were made for WAHA ask of the server itself. */

/** The engine of WAHA whose words come nearest to ours. */
const ENGINE = 'NOWEB' as const

const versionSchema = z
  .strictObject({
    version: z.string(),
    engine: z.literal(ENGINE),
    tier: z.string(),
    browser: z.null(),
    platform: z.string(),
    worker: z.strictObject({ id: z.string().nullable() }),
  })
  .meta({ id: 'ServerVersion' })

const versionRoute = (path: string, operationId: string): Route =>
  route({
    method: 'GET',
    path,
    operationId,
    tag: 'Server',
    summary: 'Show the version',
    roles: READERS,
    answers: { 200: { description: 'The version.', schema: versionSchema } },
    run: async ({ dependencies: { version } }) => ({
      status: 200,
      body: {
        version,
        engine: ENGINE,
        tier: 'PLUS',
        browser: null,
        platform: `${process.platform}/${process.arch}`,
        worker: { id: null },
      },
    }),
  })

export const SERVER_ROUTES: readonly Route[] = [
  openRoute({
    method: 'GET',
    path: '/ping',
    operationId: 'ping',
    tag: 'Server',
    summary: 'Answer',
    answers: { 200: { description: 'It answers.', schema: z.strictObject({ message: z.literal('pong') }) } },
    run: async () => ({ status: 200, body: { message: 'pong' as const } }),
  }),
  versionRoute('/api/version', 'getVersion'),
  versionRoute('/api/server/version', 'getServerVersion'),
  route({
    method: 'GET',
    path: '/api/server/status',
    operationId: 'getServerStatus',
    tag: 'Server',
    summary: 'Show how long this process has been running',
    description: 'Another request may be served by another process. The health of all is GET /health.',
    roles: READERS,
    answers: {
      200: {
        description: 'Both in milliseconds.',
        schema: z.strictObject({ startTimestamp: z.int(), uptime: z.int() }).meta({ id: 'ServerStatus' }),
      },
    },
    async run({ dependencies: { clock } }) {
      const uptime = Math.round(process.uptime() * 1000)
      return { status: 200, body: { startTimestamp: Math.round(clock.now() - uptime), uptime } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/server/stop',
    operationId: 'stopServer',
    tag: 'Server',
    summary: 'Refuse to stop the server',
    roles: OPERATORS,
    answers: { 201: { description: 'Never.', schema: z.strictObject({}) } },
    problems: ['not-possible'],
    async run() {
      throw new Refusal('not-possible', 'No request ends the server: restart the runners with POST /api/fleet/restart.')
    },
  }),
  route({
    method: 'GET',
    path: '/api/screenshot',
    operationId: 'getScreenshot',
    tag: 'Server',
    summary: 'Refuse a picture of the screen',
    roles: READERS,
    answers: { 200: { description: 'Never.', schema: z.strictObject({}) } },
    problems: ['not-possible'],
    async run() {
      throw new Refusal(
        'not-possible',
        'There is no browser, so there is no screen. The QR code is at GET /api/{session}/auth/qr.',
      )
    },
  }),
]
