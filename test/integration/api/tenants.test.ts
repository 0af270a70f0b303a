import { jobIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { jobPath } from '@holdfast/core/message/job-document'
import { apiKeyPath } from '@holdfast/core/operations/api-key-document'
import { poolPath } from '@holdfast/core/operations/pool-document'
import { alertPath } from '@holdfast/core/operations/alert-document'
import { raiseAlert } from '@holdfast/core/operations/alerts'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { pushDevicePath } from '@holdfast/core/operations/push-device-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { deliveryPath } from '@holdfast/core/session/webhook-delivery-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../../functions/src/api/routes.ts'
import type { Principal, Role } from '../../../functions/src/app/principal.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.ts'
import { EVERY_ROUTE, type RouteRequest } from './every-route.ts'
import { type Kind, NAMING_NOTHING, NAMINGS, requestNaming } from './named-things.ts'

/** The API answers as if data of other tenants, and of sessions that the caller's key does not cover, did not exist. */

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  for (const name of ['main', 'stolen']) expect(await api.post('/api/sessions', { name })).toMatchObject({ status: 201 })
  await api.asOwner('stolen', { tenant: 'other' })
  await api.post('/api/tenants', { id: 'other' })
})
afterAll(() => api[Symbol.asyncDispose]())

const EVERYTHING: Principal = { key: 'test', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null }

let callers = 0

/** An instance for callers of a kind. Each has a key of its own, so that no limit of requests comes between. */
function callersOf(principal: Partial<Principal>) {
  const key = `test-${++callers}`
  return api.with({
    objects: new MemoryObjects(),
    authenticatorOn: () => async () => ({ ...EVERYTHING, key, ...principal }),
  })
}

function ask({ call }: Pick<ApiUnderTest, 'call'>, route: string, { path, body, headers }: RouteRequest): Promise<Answer> {
  const method = route.split(' ')[0] ?? ''
  return call(path, { method, headers: { ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}

/** Returns the parts of an answer that a caller can compare. */
const seen = ({ status, body }: Answer, session: string) => ({
  status,
  body: JSON.parse(JSON.stringify(body).replaceAll(session, 'NAME')),
})

/** The routes that name nothing that a tenant has, and why they need no check here. */
const REASONS: Readonly<Record<string, string>> = {
  'GET /api/tenant': "shows the caller's own tenant: tenant-config.test.ts",
  'PATCH /api/tenant': "changes the caller's own tenant: tenant-config.test.ts",
  'POST /api/tenants': 'only the operator may call it',
  'GET /api/tenants': 'only the operator may call it',
  'GET /api/fleet': 'only the operator may call it',
  'POST /api/fleet/crash-drill': 'only the operator may call it',
  'POST /api/fleet/restart': 'only the operator may call it',
  'POST /api/keys/rewrap': 'only the operator may call it',
  'GET /api/keys/rewrap': 'only the operator may call it',
  'POST /api/keys/data-keys': 'only the operator may call it',
  'GET /api/sign-in': 'shows the caller: sign-in.test.ts',
  'POST /api/sign-in/tokens': "makes a token for the caller's own rights: sign-in.test.ts",
  'GET /metrics': "counts the whole installation and names only the caller's own sessions: metrics.test.ts",
  'GET /api/version': 'shows the version',
  'GET /api/server/version': 'shows the version',
  'GET /api/server/status': 'shows how long the process has been running',
  'POST /api/server/stop': 'is always refused',
  'GET /api/screenshot': 'is always refused',
  'POST /api/sessions/start': "creates in the caller's own tenant, as POST /api/sessions",
  'POST /api/sessions': "creates in the caller's own tenant: below",
  'POST /api/graphql': 'has the fields and the rights of other routes: graphql.test.ts',
  'GET /api/graphql': 'has the fields and the rights of other routes: graphql.test.ts',
  'GET /api/sessions': "lists the caller's own tenant: below",
  'GET /api/purges': "lists the caller's own tenant: purge.test.ts",
  'GET /api/pools': "lists the caller's own tenant: pools.test.ts",
  'PUT /api/pools/:name': "creates in the caller's own tenant: pools.test.ts",
  'POST /api/sendBulk': 'tells each message of a foreign session that there is none: bulk.test.ts',
  'POST /api/cleanup': "asks for the clean-up of the caller's own sessions",
  'POST /api/backups': "backs the caller's own sessions up: backups.test.ts",
  'GET /api/backups/:run': 'tells other tenants that there is none: backups.test.ts',
  'POST /api/backups/restore': "returns the caller's own sessions: backups.test.ts",
  'GET /api/backups/restore/:run': 'tells other tenants that there is none: backups.test.ts',
  'POST /api/connections/recover': 'tells of each foreign session that there is none: recoveries.test.ts',
  'GET /api/alerts/devices': "lists the caller's own browsers: push.test.ts",
  'POST /api/alerts/devices': "adds a browser to the caller's own tenant: push.test.ts",
  'POST /api/alerts/test': "tests the caller's own channels: alerts.test.ts",
  'GET /api/whatsapp/health': "shows the caller's own sessions and messages: queue.test.ts",
  'GET /api/whatsapp/stats': "shows the caller's own sessions and messages: queue.test.ts",
  'GET /api/whatsapp/failed': "lists the caller's own messages, as GET /api/messages: message-list.test.ts",
}

it('every route is tried with something of another tenant, or says why not', () => {
  expect(NAMING_NOTHING.toSorted()).toEqual(Object.keys(REASONS).toSorted())
})

/** Answers an unknown session as one that is removed already. */
const REPEATABLE = 'DELETE /api/sessions/:name'

/** Something of tenant `other`, and something that nobody has. `path` is the document that must not change. */
interface Foreign {
  readonly ids: readonly string[]
  readonly path: string
  readonly unknown: string
  readonly code: string
}

async function foreignThings(): Promise<Readonly<Record<Kind, Foreign>>> {
  const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
  const { body: sent } = await api.post('/api/sendText', text)
  const { action } = (await api.post('/api/sessions/main/restart')).body
  const { body: key } = await api.post('/api/keys', { name: 'theirs', role: 'read', tenant: 'other' })
  const { body: device } = await api.post('/api/alerts/devices', EVERY_ROUTE['POST /api/alerts/devices']?.body)
  const given = { tenant: 'other' }
  const pool = { v: 1, ...given, name: 'stolen', sessions: ['main'], changedAt: new Date() }
  await api.documents.commit([
    { kind: 'update', path: jobPath(sent.jobId), fields: given },
    { kind: 'update', path: pushDevicePath(device.id), fields: { ...given, isOperator: false } },
    { kind: 'update', path: recoveryActionPath(action.id), fields: given },
    { kind: 'create', path: poolPath('default', 'stolen'), fields: pool },
  ])
  const alert = { type: 'disconnected', scope: 'other.stolen', tenant: 'other' } as const
  await raiseAlert(api.documents, { ...alert, severity: 'warning', sentence: 'It is down.', userAction: null })
  const delivery = 'd'.repeat(40)
  const told = {
    v: 1,
    tenant: 'other',
    sessionId: 'other.stolen',
    endpoint: 'e',
    scope: 'session',
    event: 'message',
    eventId: 'evt_1',
  }
  const dead = {
    at: new Date(),
    since: new Date(),
    lane: 'l',
    order: '0',
    isSealed: false,
    status: 'dead',
    waitsIn: null,
    lookAt: null,
  }
  await api.documents.commit([{ kind: 'create', path: deliveryPath(delivery), fields: { ...told, ...dead } }])
  return {
    session: { ids: ['stolen'], path: sessionPath('default.stolen'), unknown: 'nobody', code: 'unknown-session' },
    message: {
      ids: [sent.id, sent.messageId],
      path: jobPath(sent.jobId),
      unknown: '0'.repeat(40),
      code: 'unknown-message',
    },
    action: {
      ids: [action.id],
      path: recoveryActionPath(action.id),
      unknown: 'default.main-restart-000009',
      code: 'unknown-action',
    },
    key: { ids: [key.id], path: apiKeyPath(key.id), unknown: '0'.repeat(24), code: 'unknown-key' },
    pool: { ids: ['stolen'], path: poolPath('default', 'stolen'), unknown: 'nothing', code: 'unknown-pool' },
    alert: {
      ids: ['disconnected:other.stolen'],
      path: alertPath('disconnected', 'other.stolen'),
      unknown: 'disconnected:other.nobody',
      code: 'unknown-alert',
    },
    device: { ids: [device.id], path: pushDevicePath(device.id), unknown: '0'.repeat(24), code: 'unknown-device' },
    delivery: { ids: [delivery], path: deliveryPath(delivery), unknown: '0'.repeat(40), code: 'unknown-delivery' },
    tenant: { ids: ['other'], path: tenantPath('other'), unknown: 'nothing', code: 'unknown-tenant' },
  }
}

describe('something of another tenant', () => {
  let things: Awaited<ReturnType<typeof foreignThings>>
  beforeAll(async () => {
    things = await foreignThings()
  })

  it.each(NAMINGS.map((naming) => ({ ...naming, what: `${naming.kind} in the ${naming.where}` })))(
    'does not exist for $route: $what',
    async (naming) => {
      const { ids, path, unknown: nobody, code } = things[naming.kind]
      const { roles } = naming.entry
      const before = await api.documents.read(path)
      expect(before).not.toBeNull()
      // The operator may name every tenant, key and alert, but has to say in which tenant it looks for the rest.
      const callers: readonly Role[] = ['key', 'tenant', 'alert'].includes(naming.kind) ? ['admin'] : ['operator', 'admin']
      for (const role of callers) {
        const caller = callersOf({ role })
        const unknown = await ask(caller, naming.route, requestNaming(naming, nobody))
        const isAllowed = roles.includes(role)
        const answered = naming.route === REPEATABLE ? [200, undefined] : [404, code]
        expect([unknown.status, unknown.body.code]).toEqual(isAllowed ? answered : [403, 'forbidden'])
        for (const id of ids) {
          const answer = await ask(caller, naming.route, requestNaming(naming, id))
          expect(seen(answer, id)).toEqual(seen(unknown, nobody))
        }
      }
      expect((await api.documents.read(path))?.updatedAtMicros).toBe(before?.updatedAtMicros)
    },
  )
})

describe('a session of another tenant', () => {
  it('is not listed', async () => {
    const { body } = await api.get('/api/sessions')
    expect(body.map(({ name }: { name: string }) => name)).not.toContain('stolen')
  })

  it('blocks its name for a new session', async () => {
    expect(await api.post('/api/sessions', { name: 'stolen' })).toMatchObject({ status: 422, body: { code: 'session-exists' } })
  })
})

describe.each([
  ['a message whose session is of another tenant', { sessionId: 'other.main' }],
  ['a message of another tenant', { tenant: 'other' }],
])('%s', (_what, foreign) => {
  it('is unknown by either of its ids', async () => {
    const { body: sent } = await api.post('/api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' })
    const ids = [sent.id as string, sent.messageId as string]
    for (const id of ids) expect(await api.get(`/api/messages/${id}`)).toMatchObject({ status: 200 })
    const nothing = '0'.repeat(40)
    const unknown = seen(await api.get(`/api/messages/${nothing}`), nothing)
    await api.documents.commit([{ kind: 'update', path: jobPath(sent.jobId), fields: foreign }])
    for (const id of ids) expect(seen(await api.get(`/api/messages/${id}`), id)).toEqual(unknown)
  })
})

describe('a recovery action of another tenant', () => {
  it('is not listed, and does not prevent a new one', async () => {
    const { action } = (await api.post('/api/sessions/main/logout')).body
    await api.documents.commit([{ kind: 'update', path: recoveryActionPath(action.id), fields: { tenant: 'other' } }])
    const listed = (await api.get('/api/sessions/main/actions')).body
    expect(listed.map(({ id }: { id: string }) => id)).not.toContain(action.id)
    const { status, body } = await api.post('/api/sessions/main/logout')
    expect([status, body.action.state, body.action.id === action.id]).toEqual([201, 'pending', false])
  })
})

describe('a caller of another tenant', () => {
  it('has its own sessions, messages and idempotency keys', async () => {
    const other = callersOf({ tenant: 'other', role: 'admin' })
    expect(await other.get('/api/sessions/main')).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
    expect(await other.post('/api/sessions', { name: 'main' })).toMatchObject({ status: 201, body: { name: 'main' } })
    expect((await api.documents.read(sessionPath('other.main')))?.fields).toMatchObject({ tenant: 'other', name: 'main' })
    expect((await other.get('/api/sessions')).body.map(({ name }: { name: string }) => name)).toEqual(['main'])
    const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
    const key = { 'Idempotency-Key': 'the same' }
    const ours = await api.post('/api/sendText', text, key)
    const theirs = await other.post('/api/sendText', { ...text, text: 'Other' }, key)
    const ids = (tenant: string) => ({
      jobId: jobIdOf(tenant, 'the same'),
      messageId: whatsappMessageIdOf(jobIdOf(tenant, 'the same')),
    })
    expect([ours, theirs]).toMatchObject([
      { status: 201, body: ids('default') },
      { status: 201, body: ids('other') },
    ])
    expect(await other.get(`/api/messages/${theirs.body.id}`)).toMatchObject({
      status: 200,
      body: { session: 'main', text: 'Other' },
    })
    expect(await api.get(`/api/messages/${theirs.body.id}`)).toMatchObject({ status: 404 })
    expect((await other.post('/api/sessions/main/logout')).body.action).toMatchObject({
      id: 'other.main-logout-000001',
      session: 'main',
    })
  })
})

describe('a key for some sessions', () => {
  it.each(NAMINGS.filter(({ kind }) => kind === 'session'))('knows no other session: $route', async (naming) => {
    const limited = callersOf({ sessions: ['one', 'two'] })
    const unknown = { status: 404, body: { code: 'unknown-session' } }
    const removed = { status: 200, body: { removed: true } }
    expect(await ask(limited, naming.route, requestNaming(naming, 'main'))).toMatchObject(
      naming.route === REPEATABLE ? removed : unknown,
    )
  })

  it('lists, creates and shows only these sessions', async () => {
    const { body: sent } = await api.post('/api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' })
    const limited = callersOf({ sessions: ['one', 'two'] })
    expect(await limited.post('/api/sessions', { name: 'three' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await limited.post('/api/sessions', { name: 'one' })).toMatchObject({ status: 201 })
    expect((await limited.get('/api/sessions')).body.map(({ name }: { name: string }) => name)).toEqual(['one'])
    expect(await limited.get(`/api/messages/${sent.id}`)).toMatchObject({ status: 404, body: { code: 'unknown-message' } })
  })
})

describe('the role of a key', () => {
  const ROLES: readonly Role[] = ['operator', 'admin', 'send', 'read']
  const keyed = ROUTES.flatMap(({ method, path, roles }) => (roles === 'anybody' ? [] : [{ route: `${method} ${path}`, roles }]))

  it.each(keyed)('decides about $route as the table of routes says', async ({ route, roles }) => {
    for (const role of ROLES) {
      const { status, body } = await ask(callersOf({ role }), route, EVERY_ROUTE[route] ?? { path: '' })
      expect({ role, isForbidden: status === 403 && body.code === 'forbidden' }).toEqual({
        role,
        isForbidden: !roles.includes(role),
      })
    }
  })

  it.each([
    ['read', 'GET /api/:name/messages', true],
    ['read', 'POST /api/sendText', false],
    ['send', 'POST /api/sendText', true],
    ['send', 'POST /api/sessions/:name/stop', false],
    ['send', 'GET /api/:name/auth/qr', false],
    ['admin', 'POST /api/sessions/:name/logout', true],
  ] as const)('%s allows %s: %s', (role, route, isAllowed) => {
    expect(keyed.find((each) => each.route === route)?.roles.includes(role)).toBe(isAllowed)
  })
})
