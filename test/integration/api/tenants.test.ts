import { jobIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { jobPath } from '@holdfast/core/message/job-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../../functions/src/api/routes.ts'
import type { Principal, Role } from '../../../functions/src/app/principal.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.ts'
import { EVERY_ROUTE, type RouteRequest } from './every-route.ts'

/** The API answers as if data of other tenants, and of sessions that the caller's key does not cover, did not exist. */

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
  await api.post('/api/sessions', { name: 'stolen' })
  await api.asOwner('stolen', { tenant: 'other' })
})
afterAll(() => api[Symbol.asyncDispose]())

const EVERYTHING: Principal = { key: 'test', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null }

const callersOf = (principal: Partial<Principal>) =>
  api.with({
    objects: new MemoryObjects(),
    authenticatorOn: () => async () => ({ ...EVERYTHING, ...principal }),
  })

/** Returns the example request of a route for another session than `main`. */
function requestFor(session: string, { path, body, headers = {} }: RouteRequest): RouteRequest {
  const isNamed = (body as { session?: string } | undefined)?.session !== undefined
  return { path: path.replace(/\bmain\b/, session), body: isNamed ? { ...(body as object), session } : body, headers }
}

const NAMING_A_SESSION = Object.entries(EVERY_ROUTE).filter(
  ([, { path, body }]) => /\bmain\b/.test(path) || (body as { session?: string } | undefined)?.session === 'main',
)

function ask({ call }: Pick<ApiUnderTest, 'call'>, route: string, { path, body, headers }: RouteRequest): Promise<Answer> {
  const method = route.split(' ')[0] ?? ''
  return call(path, { method, headers: { ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}

/** Returns the parts of an answer that a caller can compare. */
const seen = ({ status, body }: Answer, session: string) => ({
  status,
  body: JSON.parse(JSON.stringify(body).replaceAll(session, 'NAME')),
})

describe('a session of another tenant', () => {
  it('is tried with every route that names a session', () => {
    expect(NAMING_A_SESSION.map(([route]) => route)).toHaveLength(13)
  })

  it.each(NAMING_A_SESSION)('is unknown to %s', async (route, request) => {
    const unknown = await ask(api, route, requestFor('nobody', request))
    expect(unknown).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
    const before = await api.documents.read(sessionPath('default.stolen'))
    const answer = await ask(api, route, requestFor('stolen', request))
    expect(seen(answer, 'stolen')).toEqual(seen(unknown, 'nobody'))
    expect((await api.documents.read(sessionPath('default.stolen')))?.fields).toEqual(before?.fields)
  })

  it('is not listed', async () => {
    const { body } = await api.get('/api/sessions')
    expect(body.map(({ name }: { name: string }) => name)).toEqual(['main'])
  })

  it('blocks its name for a new session', async () => {
    expect(await api.post('/api/sessions', { name: 'stolen' })).toMatchObject({ status: 409, body: { code: 'session-exists' } })
  })
})

describe('a message of another tenant', () => {
  it('is unknown by either of its ids', async () => {
    const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
    const { body: sent } = await api.post('/api/sendText', text)
    const ids = [sent.id as string, sent.messageId as string]
    for (const id of ids) expect(await api.get(`/api/messages/${id}`)).toMatchObject({ status: 200 })
    const nothing = '0'.repeat(40)
    const unknown = seen(await api.get(`/api/messages/${nothing}`), nothing)
    for (const fields of [{ tenant: 'other' }, { tenant: 'default', sessionId: 'other.main' }]) {
      await api.documents.commit([{ kind: 'update', path: jobPath(sent.id), fields }])
      for (const id of ids) expect(seen(await api.get(`/api/messages/${id}`), id)).toEqual(unknown)
    }
  })
})

describe('a recovery action of another tenant', () => {
  it('is unknown and not listed, and does not prevent a new one', async () => {
    const { body: action } = await api.post('/api/sessions/main/restart')
    await api.documents.commit([{ kind: 'update', path: recoveryActionPath(action.id), fields: { tenant: 'other' } }])
    const nothing = 'default.main-restart-000009'
    const unknown = seen(await api.get(`/api/sessions/main/actions/${nothing}`), nothing)
    expect(unknown).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
    expect(seen(await api.get(`/api/sessions/main/actions/${action.id}`), action.id)).toEqual(unknown)
    expect((await api.get('/api/sessions/main/actions')).body).toEqual([])
    const { status, body } = await api.post('/api/sessions/main/restart')
    expect([status, body.state, body.id === action.id]).toEqual([202, 'pending', false])
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
      id: jobIdOf(tenant, 'the same'),
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
    expect((await other.post('/api/sessions/main/logout')).body).toMatchObject({
      id: 'other.main-logout-000001',
      session: 'main',
    })
  })
})

describe('a key for some sessions', () => {
  it.each(NAMING_A_SESSION)('knows no other session: %s', async (route, request) => {
    const limited = callersOf({ sessions: ['one', 'two'] })
    expect(await ask(limited, route, request)).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
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
