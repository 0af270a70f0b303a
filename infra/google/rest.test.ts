import { expect, test } from 'vitest'
import { GoogleError, Rest } from './rest.ts'

const URL_OF = 'https://run.googleapis.com/v2/things'

interface Reply {
  readonly status: number
  readonly body?: unknown
}

/** Google with prepared replies. The last one stays. */
function google(...replies: (Reply | 'no connection')[]) {
  const sent: { url: string; headers: Headers; method: string | undefined }[] = []
  const pauses: number[] = []
  let tokens = 0
  const rest = new Rest({
    project: 'my-project',
    token: async () => `token-${++tokens}`,
    pause: async (ms) => pauses.push(ms),
    fetch: async (url, init) => {
      sent.push({ url: new Request(url).url, headers: new Headers(init?.headers), method: init?.method })
      const reply = replies.length > 1 ? replies.shift() : replies[0]
      if (reply === 'no connection' || reply === undefined) throw new TypeError('fetch failed')
      return new Response(reply.body === undefined ? 'no JSON' : JSON.stringify(reply.body), { status: reply.status })
    },
  })
  return { rest, sent, pauses }
}

const failed = (status: number, reason: string) => ({ status, body: { error: { message: 'why', details: [{ reason }] } } })

test('a request is that of the caller, in the project', async () => {
  const { rest, sent } = google({ status: 200, body: { name: 'x' } })
  expect(await rest.read({ url: URL_OF })).toEqual({ name: 'x' })
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer token-1')
  expect(sent[0]?.headers.get('x-goog-user-project')).toBe('my-project')
})

test('what does not exist, or whose service is not enabled, is null', async () => {
  expect(await google(failed(404, 'NOT_FOUND')).rest.read({ url: URL_OF })).toBeNull()
  expect(await google(failed(403, 'SERVICE_DISABLED')).rest.read({ url: URL_OF })).toBeNull()
})

test('a refusal names the request and what Google says', async () => {
  const { rest, sent } = google(failed(403, 'PERMISSION_DENIED'))
  await expect(rest.read({ url: URL_OF })).rejects.toThrow(GoogleError)
  await expect(rest.read({ url: URL_OF })).rejects.toThrow(`GET ${URL_OF}: 403 why`)
  expect(sent).toHaveLength(2)
})

test('a read that fails by chance is tried again, more slowly each time', async () => {
  const { rest, pauses } = google(
    'no connection',
    { status: 503, body: {} },
    { status: 429, body: {} },
    { status: 200, body: { ok: 1 } },
  )
  expect(await rest.read({ url: URL_OF })).toEqual({ ok: 1 })
  expect(pauses).toEqual([600, 1200, 2400])
})

test('a read that keeps failing ends with its error', async () => {
  const { rest, sent } = google({ status: 503, body: {} })
  await expect(rest.read({ url: URL_OF })).rejects.toThrow('503')
  expect(sent).toHaveLength(4)
})

test('an answer of Google that is no JSON is no word that something does not exist', async () => {
  const { rest, sent } = google({ status: 200 })
  await expect(rest.read({ url: URL_OF })).rejects.toThrow('the answer is no JSON')
  expect(sent).toHaveLength(4)
  expect(await google({ status: 200 }).rest.read({ url: 'https://api-abc-uc.a.run.app/health' })).toBeNull()
})

test('an answer that breaks off is asked for again', async () => {
  let sent = 0
  const broken = () => new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) })
  const rest = new Rest({
    project: 'p',
    token: async () => 't',
    pause: async () => {},
    fetch: async () => new Response(++sent === 1 ? broken() : '{"ok":1}'),
  })
  expect(await rest.read({ url: URL_OF })).toEqual({ ok: 1 })
})

test('a request that nobody answers ends, and is sent again', async () => {
  let sent = 0
  const never = (signal: AbortSignal | null | undefined) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
  const rest = new Rest({
    project: 'p',
    token: async () => 't',
    pause: async () => {},
    withinMs: 20,
    fetch: async (_, init) => (++sent === 1 ? await never(init?.signal) : new Response('{"ok":1}')),
  })
  expect(await rest.read({ url: URL_OF })).toEqual({ ok: 1 })
})

test('a token that has expired is replaced', async () => {
  const { rest, sent } = google({ status: 401, body: {} }, { status: 200, body: { ok: 1 } })
  expect(await rest.read({ url: URL_OF })).toEqual({ ok: 1 })
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer token-1', 'Bearer token-2'])
})

test('an answer has the lists of all its pages', async () => {
  const { rest, sent } = google(
    { status: 200, body: { things: [1], kind: 'list', nextPageToken: 'a b' } },
    { status: 200, body: { things: [2], others: [3] } },
  )
  expect(await rest.read({ url: `${URL_OF}?pageSize=1` })).toMatchObject({ things: [1, 2], others: [3], kind: 'list' })
  expect(sent[1]?.url).toBe(`${URL_OF}?pageSize=1&pageToken=a+b`)
})

test('the token is shown to nobody but Google', async () => {
  const { rest, sent } = google({ status: 200, body: {} })
  await rest.read({ url: 'https://api-abc-uc.a.run.app/health' })
  await rest.read({ url: 'https://googleapis.com.example.com/' })
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([null, null])
})

test('sixteen requests are under way at the same time, and not more', async () => {
  let under = 0
  let most = 0
  const rest = new Rest({
    project: 'p',
    token: async () => 't',
    fetch: async () => {
      most = Math.max(most, ++under)
      await new Promise((resolve) => setImmediate(resolve))
      under--
      return new Response('{}')
    },
  })
  await Promise.all(Array.from({ length: 50 }, async () => await rest.read({ url: URL_OF })))
  expect(most).toBe(16)
})
