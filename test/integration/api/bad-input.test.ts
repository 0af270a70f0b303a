import type { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Route } from '../../../functions/src/api/route.ts'
import { ROUTES } from '../../../functions/src/api/routes.ts'
import { unknownField } from '../../../functions/src/api/schemas.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.ts'
import { EVERY_ROUTE, type RouteRequest } from './every-route.ts'

/** Each mistake of a caller is answered with a 4xx that names it, never with a 500, and changes nothing. */

let api: ApiUnderTest
beforeAll(async () => {
  const started = await startApi()
  // The API has a store of objects, in which nothing is.
  api = { ...started, ...started.with({ objects: new MemoryObjects() }) }
  await api.post('/api/sessions', { name: 'main' })
})
afterAll(() => api[Symbol.asyncDispose]())

const methodOf = (route: string): string => route.split(' ')[0] ?? ''

const initOf = (route: string, { body, headers }: RouteRequest): RequestInit => ({
  method: methodOf(route),
  headers: { 'Content-Type': 'application/json', ...headers },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

/** Expects a refusal with the fields that every refusal has. */
function expectRefusal({ status, headers, body }: Answer, what: string, expected: number[] = []): void {
  expect({ what, status }).toEqual({ what, status: expected.length === 1 ? expected[0] : expect.any(Number) })
  expect(status, what).toBeGreaterThanOrEqual(400)
  expect(status, what).toBeLessThan(500)
  if (expected.length > 0) expect(expected, what).toContain(status)
  expect(headers.get('content-type'), what).toBe('application/problem+json')
  expect(body, what).toMatchObject({
    type: expect.stringMatching(/^urn:holdfast:problem:[a-z-]+$/),
    code: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    status,
  })
}

it('the requests of these tests cover every route of the API', () => {
  const open = [
    'GET /ping',
    'GET /health',
    'GET /api/status',
    'GET /api/openapi.json',
    'POST /api/sign-in',
    'DELETE /api/sign-in',
  ]
  expect([...Object.keys(EVERY_ROUTE), ...open].toSorted()).toEqual(api.routes.toSorted())
})

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values)

const withBytes = (before: string, broken: Uint8Array, after: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([Buffer.from(before), broken, Buffer.from(after)]))

/** Bodies that no route accepts. */
const INVALID_BODIES: [string, string | Uint8Array<ArrayBuffer>][] = [
  ['incomplete JSON', '{"name":'],
  ['text that is not JSON', 'name=main'],
  ['two values', '{}{}'],
  ['null', 'null'],
  ['a number', '1'],
  ['a text', '"main"'],
  ['a list', '[]'],
  ['a list with a valid object', '[{"name":"main"}]'],
  ['spaces', '   '],
  ['broken UTF-8', withBytes('{"session":"', bytes(0xc3, 0x28), '"}')],
  ['a surrogate in UTF-8', withBytes('{"session":"', bytes(0xed, 0xa0, 0x80), '"}')],
  ['UTF-16', new Uint8Array(Buffer.from('{"name":"x"}', 'utf16le'))],
  ['compressed bytes', bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)],
  ['deep lists', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ['a body that is too large', JSON.stringify({ name: 'x'.repeat(1_100_000) })],
]

const keyed = ROUTES.filter(({ roles, method }) => roles !== 'anybody' && method !== 'GET')
const namesOf = (routes: readonly Route[]): string[] => routes.map(({ method, path }) => `${method} ${path}`)

/** The routes that read a body. Every other one depends on its path alone. */
const TAKES_A_BODY = namesOf(keyed.filter(({ request }) => request?.body))
/** Removes the session that the other requests are about, and succeeds without it, as WAHA does. It comes last. */
const REMOVES = 'DELETE /api/sessions/:name'
const TAKES_NO_BODY = namesOf(keyed.filter(({ request }) => !request?.body)).filter((route) => route !== REMOVES)

/** Bodies whose fields no route knows. */
const UNKNOWN_FIELDS: [string, string][] = [
  ['an unknown field', '{"nobody-knows-this":1}'],
  ['a prototype', '{"__proto__":{"name":"x"},"constructor":1}'],
  ['deep objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
]

/** Routes in WAHA's words, whose callers send more fields than we read, and leave out every other. */
const IGNORING = keyed.filter(({ request }) => (request?.body as z.ZodObject | undefined)?.def.catchall === unknownField)

/** The answer is the same with any body, and without one. */
async function expectIgnored(route: string): Promise<void> {
  const { path } = EVERY_ROUTE[route] ?? { path: '' }
  const method = methodOf(route)
  const without = await api.call(path, { method })
  for (const [what, body] of INVALID_BODIES) {
    const { status } = await api.call(path, { method, body })
    expect([what, status]).toEqual([what, what === 'a body that is too large' ? 413 : without.status])
  }
}

describe('a body', () => {
  it.each(TAKES_A_BODY)('with unknown fields is refused by %s, or they are ignored', async (route) => {
    const { path } = EVERY_ROUTE[route] ?? { path: '' }
    const isIgnoring = namesOf(IGNORING).includes(route)
    for (const [what, body] of UNKNOWN_FIELDS) {
      const answer = await api.call(path, { method: methodOf(route), body })
      if (!isIgnoring) expectRefusal(answer, what, [400])
      else if (answer.status < 400) expect(answer.headers.get('X-Ignored-Fields')).not.toBeNull()
      else expectRefusal(answer, what)
    }
  })

  it.each(TAKES_A_BODY)('that is invalid is refused by %s', async (route) => {
    const { path } = EVERY_ROUTE[route] ?? { path: '' }
    const method = methodOf(route)
    for (const [what, body] of INVALID_BODIES) {
      for (const type of ['application/json', 'text/plain']) {
        expectRefusal(await api.call(path, { method, headers: { 'Content-Type': type }, body }), `${what} as ${type}`)
      }
    }
  })

  it.each(TAKES_NO_BODY)('is ignored by %s', expectIgnored)

  it.each<[string, string, unknown]>([
    ['a name that is a number', 'POST /api/sessions', { name: 1 }],
    ['a name that is an object', 'POST /api/sessions', { name: { toString: 'x' } }],
    ['a reserved name', 'POST /api/sessions', { name: 'messages' }],
    ['a name with a path', 'POST /api/sessions', { name: '../x' }],
    ['a name with a line break', 'POST /api/sessions', { name: 'main\n' }],
    ['a name with a null byte', 'POST /api/sessions', { name: 'ma\u0000in' }],
    ['a long name', 'POST /api/sessions', { name: 'x'.repeat(55) }],
    ['deep objects in the configuration', 'POST /api/sessions', `{"config":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['half a character in the configuration', 'POST /api/sessions', { config: { metadata: { a: '\uD83D' } } }],
    ['a start that is a number', 'POST /api/sessions', { name: 'x', start: 1 }],
    ['a text that is a number', 'POST /api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 7 }],
    ['half a character', 'POST /api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 'a\uD83D' }],
    ['a long text', 'POST /api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 'x'.repeat(65_537) }],
    ['a chat with a line break', 'POST /api/sendText', { session: 'main', chatId: '5511999990000@c.us\n', text: 'x' }],
    ['a chat with digits of another script', 'POST /api/sendText', { session: 'main', chatId: '٥٥١١٩٩٩٩٩@c.us', text: 'x' }],
    ['a session with a path', 'POST /api/sendText', { session: 'a/b', chatId: '5511999990000@c.us', text: 'x' }],
    ['half a character in a reason', 'POST /api/sessions/:name/restart', { reason: '\uD83D' }],
    ['a reason that is an object', 'POST /api/sessions/:name/restart', { reason: {} }],
    ['a long reason', 'POST /api/sessions/:name/logout', { reason: 'x'.repeat(201) }],
    ['an approval that is a text', 'POST /api/sessions/:name/restore', { approve: 'true' }],
  ])('with %s is refused', async (what, route, body) => {
    expectRefusal(await api.post(EVERY_ROUTE[route]?.path ?? '', body), what)
  })
})

it('a text that is not UTF-8 is refused and not read as another text', async () => {
  const body = JSON.stringify({ session: 'main', chatId: '5511999990000@c.us', text: '?' })
  const [before = '', after = ''] = body.split('?')
  for (const broken of [bytes(0xc3, 0x28), bytes(0xed, 0xa0, 0x80), bytes(0xff), bytes(0xe2, 0x82)]) {
    expectRefusal(
      await api.call('/api/sendText', { method: 'POST', body: withBytes(before, broken, after) }),
      String(broken),
      [400],
    )
  }
})

/** Texts that are sent in place of a session's name or of an id. */
const UNKNOWN_NAMES = [
  'nobody',
  '..',
  '.',
  '%2e%2e',
  'a%2Fb',
  '%2F',
  '%00',
  'main%00',
  'main%0A',
  '%E0%A4%A',
  '%',
  '%C3%28',
  '%ED%A0%80',
  'm%C3%A4in',
  '__proto__',
  'constructor',
  '__id7__',
  'x'.repeat(5000),
  '%20',
  '*',
  '{}',
  'main;drop',
]

/** Fills the other parameters of a pattern. Those that name something at WhatsApp have to be well-formed. */
const filled = (pattern: string, { path }: RouteRequest): string => {
  const example = path.split('?')[0]?.split('/') ?? []
  const parts = pattern.replace(':name', 'main').replace(':id', 'x').split('/')
  return parts.map((part, index) => (part.startsWith(':') ? (example[index] ?? part) : part)).join('/')
}

/** Without its dots, the path of a backup can be that of its session. */
const isRemoval = (method: string, path: string): boolean =>
  method === 'DELETE' && new URL(path, 'http://api').pathname.replace(/\/$/, '') === '/api/sessions/main'

describe('a path', () => {
  const withParameters = Object.entries(EVERY_ROUTE).filter(([route]) => route.includes(':') && route !== REMOVES)

  it.each(withParameters)('with an unknown name is refused by %s', async (route, request) => {
    const pattern = route.split(' ')[1] ?? ''
    const query = request.path.split('?')[1]
    for (const parameter of [':name', ':id'].filter((each) => pattern.includes(each))) {
      for (const name of UNKNOWN_NAMES) {
        const path = filled(pattern.replace(parameter, name), request)
        if (isRemoval(methodOf(route), path)) continue
        const answer = await api.call(query ? `${path}?${query}` : path, initOf(route, request))
        // Dots are removed from a path before the app gets it, and the rest can be the path of another route.
        if (!/^\.|^%2e/i.test(name)) expectRefusal(answer, `${methodOf(route)} ${path.slice(0, 100)}`, [404])
        else expect(answer.status).toBeLessThan(500)
      }
    }
  })

  it('of no route is answered with 404, whatever the method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      for (const path of ['/api', '/api/', '/api//sessions', '/api/x/y/z/w', '/API/sessions', '/api/sessions/main/x', '//']) {
        expectRefusal(await api.call(path, { method }), `${method} ${path}`, [404])
      }
    }
  })
})

it.each(Object.entries(EVERY_ROUTE))('%s refuses another method', async (_, { path }) => {
  // A parameter of another route may stand for a word of this one.
  const serves = (pattern: string) => new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path.split('?')[0] ?? '')
  const taken = new Set<string>(ROUTES.filter((other) => serves(other.path)).map(({ method }) => method))
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].filter((each) => !taken.has(each))) {
    expectRefusal(await api.call(path, { method }), `${method} ${path}`, [404])
  }
})

describe('a query', () => {
  it.each([
    ...['0', '-1', '1.5', '1001', '1e99', 'NaN', 'x', '%00', '9'.repeat(400)].map((limit) => `/api/main/messages?limit=${limit}`),
    ...['x', '1', '9'.repeat(20), `${'9'.repeat(20)}-1`, '%00', '%FF'].map((since) => `/api/main/messages?since=${since}`),
    ...['png', 'RAW', '%00', '__proto__'].map((format) => `/api/main/auth/qr?format=${format}`),
    ...['', '?session=', '?session=nobody', '?session=a%2Fb', '?session=%FF', '?session[]=main'].map(
      (query) => `/api/session-info${query}`,
    ),
  ])('%s is refused', async (path) => {
    expectRefusal(await api.get(path), path, [400, 404])
  })

  it('with unknown parameters is ignored', async () => {
    expect((await api.get('/api/sessions/main?a=1&a=2&__proto__=x&%FF=%FF')).status).toBe(200)
  })
})

describe('a header', () => {
  it('with an idempotency key that is empty or too long is refused', async () => {
    const { path, body } = EVERY_ROUTE['POST /api/sendText'] ?? { path: '' }
    for (const key of ['', 'k'.repeat(256), 'k'.repeat(10_000)]) {
      expectRefusal(await api.post(path, body, { 'Idempotency-Key': key }), `${key.length} characters`, [400])
    }
  })

  it('with false claims about the body causes no error of the server', async () => {
    const { path, body, headers } = EVERY_ROUTE['POST /api/sendText'] ?? { path: '' }
    for (const [name, value] of [
      ['Content-Type', 'multipart/form-data'],
      ['Content-Type', '\u00ff'],
      ['Content-Length', '2'],
      ['Content-Encoding', 'br'],
      ['Accept', 'image/png'],
      ['X-Forwarded-For', 'x'.repeat(5000)],
    ] as const) {
      const { status } = await api.post(path, body, { ...headers, [name]: value })
      expect([name, status < 500]).toEqual([name, true])
    }
  })
})

it('the refused requests stored nothing', async () => {
  const ids = async (collection: string) => (await api.documents.query({ collection })).map(({ id }) => id)
  // A session without a name gets one: those of the requests whose unknown fields were ignored.
  const named = async (collection: string) => (await ids(collection)).filter((id) => !id.startsWith('default.session_'))
  expect(await named('whatsapp_connection_states')).toEqual(['default.main'])
  expect(await named('session_keys')).toEqual(['default.main'])
  // Those of the requests whose unknown fields were ignored. Without its dots, the path of a session's backups is that of all.
  const actions = (await ids('recovery_actions')).filter((id) => !id.includes('-backup-'))
  expect(actions).toEqual(['default.main-logout-000001', 'default.main-restart-000001'])
  // The one of `with false claims about the body`, whose request was valid each time.
  const jobs = (await api.documents.query({ collection: 'message_queue_jobs' })).map(({ fields }) => String(fields['type']))
  expect(jobs.filter((type) => type === 'text')).toHaveLength(1)
  // Deletions and pins need no body, so that theirs were valid whatever the body was.
  expect(new Set(jobs)).toEqual(new Set(['delete', 'pin', 'text']))
})

it(`a body is ignored by ${REMOVES}`, () => expectIgnored(REMOVES))
