import { z } from 'zod'
import { cookieIn } from '../app/sign-in-cookie.ts'
import { actingTenant } from '../use-cases/acting-tenant.ts'
import { bytesOf, STREAM_HEADERS } from './event-bytes.ts'
import { READERS, type Route, route } from './route.ts'

const query = z.object({
  tenant: z
    .string('must be a text')
    .optional()
    .meta({ description: 'For the operator: the tenant. Browsers cannot send the header X-Tenant with a stream.' }),
  once: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .meta({ description: 'True: the stream ends behind the present state.', example: 'true' }),
  changesOnly: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .meta({ description: 'True: the present state is left out. The caller asks for what it shows after `ready`.' }),
})

export const EVENT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/events',
    operationId: 'streamEvents',
    tag: 'Events',
    summary: 'Follow sessions, queue, alerts, recoveries, runners and health',
    description:
      'Server-sent events. First `begin`, then the present state, `ready`, and each change. `session` has an item of GET /api/sessions, `queue` is ' +
      'GET /api/queue, `alert` an item of GET /api/alerts, `recovery` one of GET /api/recoveries, `runner` one of GET /api/fleet (for the operator), ' +
      '`health` is GET /health. What is gone has `gone: true`. The stream ends by itself now and then; with `Last-Event-ID` it goes on, and where it ' +
      'cannot, `begin` says `full: true`. docs/DASHBOARD.md tells more.',
    roles: READERS,
    request: { query },
    answers: {
      200: { description: 'The events.', schema: z.string().meta({ id: 'Events' }), alsoAs: ['text/event-stream'] },
    },
    problems: ['unknown-tenant'],
    async run({ dependencies, principal, query: { tenant: named, once, changesOnly }, call }) {
      const tenant = await actingTenant(dependencies.tenants, principal, named)
      const stream = await dependencies.events.open(
        { ...principal, tenant },
        {
          lastEventId: call.header('Last-Event-ID'),
          once: once === 'true',
          changesOnly: changesOnly === 'true',
          signIn: call.isByCookie ? cookieIn(call) : undefined,
          again: async () => ({ ...(await call.again()), tenant }),
        },
      )
      return { status: 200, stream: bytesOf(stream), headers: STREAM_HEADERS }
    },
  }),
]
