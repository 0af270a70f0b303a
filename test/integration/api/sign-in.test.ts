import { signInTokenPath } from '@holdfast/core/operations/sign-in-token-document'
import { newSignInToken, signInTokenIdOf, SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../../functions/src/api/routes.ts'
import { type Answer, API_KEY, type ApiUnderTest, startApi } from './api-under-test.ts'
import { ServerSentEvents } from '../../support/server-sent-events.ts'
import { EVERY_ROUTE } from './every-route.ts'

/** A browser signs in, and is the holder of the key from then on. */

let api: ApiUnderTest
let key: { readonly id: string; readonly key: string }
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/tenants', { id: 'acme', name: 'Acme' })
  await api.post('/api/sessions', { name: 'main' })
  key = (await api.post('/api/keys', { name: 'for the shop', role: 'read', sessions: ['main'] })).body
})
afterAll(() => api[Symbol.asyncDispose]())

const NO_KEY = { 'X-Api-Key': '' }
const OWN_PAGE = { 'X-Holdfast-Csrf': '1', 'Sec-Fetch-Site': 'same-origin' }

const cookieOf = ({ headers }: Answer): string => headers.get('set-cookie')?.split(';')[0] ?? ''

const signIn = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  api.post('/api/sign-in', body, { ...NO_KEY, ...headers })

/** Signs in, and returns the headers that a browser then sends. */
async function signedIn(body: object): Promise<Record<string, string>> {
  const answer = await signIn(body)
  expect(answer.status).toBe(200)
  return { ...NO_KEY, Cookie: cookieOf(answer) }
}

describe('POST /api/sign-in', () => {
  it('tells who it is, and sets a cookie that holds the key sealed', async () => {
    const answer = await signIn({ apiKey: key.key })
    expect(answer).toMatchObject({ status: 200, body: { tenant: 'default', role: 'read', sessions: ['main'] } })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^holdfast_sign_in=[\w-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(Buffer.from(cookieOf(answer).split('=')[1] ?? '', 'base64url').toString('latin1')).not.toContain(key.key)
    expect(answer.body.tenants).toBeUndefined()
    const { entries } = (await api.get('/api/audit')).body
    expect(entries.at(-1)).toMatchObject({ operation: 'signIn', key: key.id, role: 'read' })
  })

  it('lets the operator choose a tenant, and lists them', async () => {
    const answer = await signIn({ apiKey: API_KEY, tenant: 'acme' })
    expect(answer.body).toMatchObject({ tenant: 'acme', role: 'operator', sessions: 'all' })
    expect(answer.body.tenants).toEqual([
      { id: 'acme', name: 'Acme' },
      { id: 'default', name: expect.any(String) },
    ])
    const browser = { ...NO_KEY, Cookie: cookieOf(answer) }
    expect((await api.get('/api/sign-in', browser)).body).toMatchObject({ tenant: 'acme' })
    expect((await api.get('/api/sign-in', { ...browser, 'X-Tenant': 'default' })).body).toMatchObject({ tenant: 'default' })
  })

  it.each([
    [{ apiKey: 'hf_unknown' }, 401, 'unauthorized'],
    [{ apiKey: API_KEY, tenant: 'nobody' }, 404, 'unknown-tenant'],
    [{ token: 'hfs_unknown' }, 401, 'unauthorized'],
    [{}, 400, 'bad-request'],
    [{ apiKey: API_KEY, token: 'both' }, 400, 'bad-request'],
  ])('refuses %j', async (body, status, code) => {
    const answer = await signIn(body)
    expect([answer.status, answer.body.code, answer.headers.get('set-cookie')]).toEqual([status, code, null])
  })

  it('refuses what a page of another address begins', async () => {
    const answer = await signIn({ apiKey: key.key }, { 'Sec-Fetch-Site': 'cross-site' })
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
  })
})

describe('with the cookie', () => {
  it('a browser is the holder of the key on every route that reads', async () => {
    const browser = await signedIn({ apiKey: key.key })
    expect((await api.get('/api/sessions', browser)).body).toMatchObject([{ name: 'main' }])
    expect((await api.get('/api/keys', browser)).status).toBe(403)
  })

  const changing = ROUTES.filter(({ method, roles }) => method !== 'GET' && roles !== 'anybody').map(
    ({ method, path }) => `${method} ${path}`,
  )

  it.each(changing)('%s needs a page of this address', async (route) => {
    const { path, body, headers } = EVERY_ROUTE[route] ?? { path: '' }
    const operator = await signedIn({ apiKey: API_KEY })
    for (const missing of [{}, { 'X-Holdfast-Csrf': '1' }, { ...OWN_PAGE, 'Sec-Fetch-Site': 'same-site' }]) {
      const answer = await api.send(route.split(' ')[0] ?? '', path, body, { ...headers, ...operator, ...missing })
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
    }
  })

  it('a change of a page of this address is made', async () => {
    const operator = await signedIn({ apiKey: API_KEY })
    expect((await api.post('/api/sessions', { name: 'from-a-page', start: false }, { ...operator, ...OWN_PAGE })).status).toBe(
      201,
    )
  })

  it('a key in the header comes first, and no other address may use the cookie from a page', async () => {
    const operator = await signedIn({ apiKey: API_KEY })
    const answer = await api.get('/api/sign-in', { ...operator, 'X-Api-Key': key.key })
    expect(answer.body).toMatchObject({ role: 'read' })
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    const preflight = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' }
    const asked = await api.open('/api/sessions', preflight, 'OPTIONS')
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
    expect(asked.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('nobody is signed in any more once the key is revoked', async () => {
    const { body } = await api.post('/api/keys', { name: 'lost', role: 'admin' })
    const browser = await signedIn({ apiKey: body.key })
    await api.call(`/api/keys/${body.id}`, { method: 'DELETE' })
    // Another server knows nothing of the key yet.
    const elsewhere = api.with({})
    expect(await elsewhere.get('/api/sign-in', browser)).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  })

  it('another secret, an altered cookie and the end of its time open nothing', async () => {
    const browser = await signedIn({ apiKey: key.key })
    const others = [
      api.with({ signIns: new SignInCipher([Buffer.from('another')]) }),
      api.with({ clock: { ...systemClock, now: () => Date.now() + 12 * 60 * 60_000 } }),
    ]
    for (const other of others) expect((await other.get('/api/sign-in', browser)).status).toBe(401)
    const altered = { ...browser, Cookie: browser['Cookie']?.replace(/=../, '=zz') ?? '' }
    expect((await api.get('/api/sign-in', altered)).status).toBe(401)
    expect((await api.get('/metrics', browser)).status).toBe(401)
  })

  it('a browser that signs out hears nothing more in its other pages, and other browsers do', async () => {
    const [browser, other] = [await signedIn({ apiKey: key.key }), await signedIn({ apiKey: key.key })]
    const listen = async (path: string, headers: Record<string, string>) => {
      const { status, body } = await api.open(path, headers)
      if (status !== 200 || !body) throw new Error(`It was answered with ${status}.`)
      return new ServerSentEvents(body)
    }
    await using stream = await listen('/api/events', browser)
    await using followed = await listen(
      `/api/graphql?query=${encodeURIComponent('subscription { sessionChanged { id } }')}`,
      browser,
    )
    await using left = await listen('/api/events', other)
    await expect.poll(() => [stream, left].map((one) => one.of('ready').length)).toEqual([1, 1])
    await api.send('DELETE', '/api/sign-in', undefined, { ...browser, ...OWN_PAGE })
    await Promise.all([stream.ended, followed.ended])
    const isOver = await Promise.race([left.ended.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))])
    expect(isOver).toBe(false)
  })

  it('a browser signs out', async () => {
    const browser = await signedIn({ apiKey: key.key })
    expect((await api.call('/api/sign-in', { method: 'DELETE', headers: browser })).status).toBe(403)
    const answer = await api.call('/api/sign-in', { method: 'DELETE', headers: { ...browser, ...OWN_PAGE } })
    expect(answer).toMatchObject({ status: 200, body: { signedOut: true } })
    expect(answer.headers.get('set-cookie')).toMatch(/^holdfast_sign_in=; Max-Age=0; Path=\//)
  })
})

describe('a one-time token', () => {
  const newToken = async (headers: Record<string, string> = {}): Promise<string> =>
    (await api.post('/api/sign-in/tokens', undefined, headers)).body.token

  it('signs in as whoever made it, in the tenant of then, and is stored nowhere', async () => {
    const token = await newToken({ 'X-Tenant': 'acme' })
    const stored = await api.documents.read(signInTokenPath(signInTokenIdOf(token)))
    expect(JSON.stringify(stored)).not.toContain(token)
    expect(JSON.stringify(stored)).not.toContain(API_KEY)
    const browser = await signedIn({ token })
    expect((await api.get('/api/sign-in', browser)).body).toMatchObject({ role: 'operator', tenant: 'acme' })
  })

  it('is what its document cannot be opened without', async () => {
    const token = await newToken()
    const path = signInTokenPath(signInTokenIdOf(token))
    const sealed = String((await api.documents.read(path))?.fields['sealed'])
    // Runners, and whoever has a backup and the secret, have these.
    const cipher = new SignInCipher([Buffer.from(API_KEY)])
    expect(cipher.open(sealed, path)).toBeNull()
    expect(cipher.open(sealed, path, newSignInToken())).toBeNull()
    expect(cipher.open(sealed, path, token)).toMatchObject({ apiKey: API_KEY })
  })

  it('is used once, also of several at one time, and keeps no key then', async () => {
    const token = await newToken({ 'X-Api-Key': key.key })
    const answers = await Promise.all([1, 2, 3, 4].map(() => signIn({ token })))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401, 401, 401])
    const stored = await api.documents.read(signInTokenPath(signInTokenIdOf(token)))
    expect(stored?.fields).toMatchObject({ v: 1, usedAt: expect.any(Date) })
    expect(stored?.fields['sealed']).toBeUndefined()
  })

  it('ends after ten minutes', async () => {
    const token = await newToken()
    const later = api.with({ clock: { ...systemClock, now: () => Date.now() + 10 * 60_000 } })
    expect((await later.post('/api/sign-in', { token }, NO_KEY)).status).toBe(401)
  })

  it('is not made by cookie, so that a stolen one ends after its twelve hours', async () => {
    const browser = await signedIn({ apiKey: key.key })
    const refused = await api.post('/api/sign-in/tokens', undefined, { ...browser, ...OWN_PAGE })
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', detail: 'Make a link with the API key itself.' } })
    const withKey = { ...browser, ...OWN_PAGE, 'X-Api-Key': key.key }
    expect((await api.post('/api/sign-in/tokens', undefined, withKey)).status).toBe(201)
  })
})
