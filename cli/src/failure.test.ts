import { describe, expect, it } from 'vitest'
import { holdfast } from './testing/host-under-test.ts'

const problem =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  () =>
    Promise.resolve(Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } }))

const REFUSAL = { type: 'urn:x', code: 'unknown-session', title: 'There is no such session', detail: 'There is no session "a".' }

const ADVICE = '`holdfast sessions` lists them, and `holdfast sessions create NAME` makes one.'

describe('an error of the API', () => {
  it('says what it is, what to do, and under which id the log has it; refusals end with 3', async () => {
    const fetch = problem(404, REFUSAL, { 'X-Request-Id': 'r-1' })
    const { code, out, err } = await holdfast('sessions show a', { fetch })
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toBe(`There is no such session: There is no session "a".\n${ADVICE}\nRequest r-1, 404 unknown-session.\n`)
  })

  it('with --json is one object on stderr', async () => {
    const { code, out, err } = await holdfast('sessions show a --json', {
      fetch: problem(404, REFUSAL, { 'X-Request-Id': 'r-1' }),
    })
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(JSON.parse(err)).toEqual({
      error: {
        exitCode: 3,
        code: 'unknown-session',
        message: 'There is no such session: There is no session "a".',
        details: [],
        advice: ADVICE,
        status: 404,
        requestId: 'r-1',
      },
    })
  })

  it('about a bad request lists all mistakes', async () => {
    const issues = [{ field: 'text', message: 'is too long' }]
    const { code, err } = await holdfast('send 5511999990000 x', {
      fetch: problem(400, { ...REFUSAL, code: 'bad-request', issues }),
    })
    expect(code).toBe(3)
    expect(err).toContain('text: is too long')
  })

  it.each([
    [401, {}, 3, 'HOLDFAST_API_KEY'],
    [403, {}, 3, ''],
    [429, { 'Retry-After': '60' }, 4, 'Try again in 60 s.'],
    [503, { 'Retry-After': '60' }, 4, 'Try again in 60 s.'],
    [500, {}, 1, ''],
  ])('%i ends with its own code', async (status, headers, code, says) => {
    const ran = await holdfast('sessions', { fetch: problem(status, REFUSAL, headers) })
    expect(ran.code).toBe(code)
    expect(ran.err).toContain(says)
  })
})

describe('an answer that is not one of the API', () => {
  it.each([
    ['a page of a proxy', 502, '<html>Bad Gateway</html>', 'text/html'],
    ['another program', 200, '<html>Welcome</html>', 'text/html'],
    ['nothing', 504, '', 'text/plain'],
  ])('%s is told in a line, without a stack', async (_, status, body, type) => {
    const fetch = () => Promise.resolve(new Response(body, { status, headers: { 'content-type': type } }))
    const { code, err } = await holdfast('sessions', { fetch })
    expect(code).toBe(4)
    expect(err).toContain("is not one of Holdfast's API")
    expect(err).not.toMatch(/\n\s+at /)
  })

  it('cannot move the cursor of the terminal', async () => {
    const fetch = () => Promise.resolve(new Response('\u001b[2J gone', { status: 502 }))
    expect((await holdfast('sessions', { fetch })).err).not.toContain('\u001b')
  })
})

describe('no answer', () => {
  it.each([
    ['ECONNREFUSED', 'the connection was refused'],
    ['ENOTFOUND', 'no such host'],
    ['EPROTO', 'EPROTO'],
  ])('%s ends with 4, after some attempts', async (code, says) => {
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }))
    const ran = await holdfast('sessions', { fetch })
    expect(ran.code).toBe(4)
    expect(ran.err).toContain(`http://api.test gives no answer: ${says}.`)
    expect(ran.pauses).toHaveLength(3)
  })

  it('after a write is told at once: it may have been done', async () => {
    const ran = await holdfast('sessions create a')
    expect(ran).toMatchObject({ code: 4, pauses: [] })
  })

  it('to a text is followed by the same text with the same key', async () => {
    const keys: (string | null)[] = []
    const fetch = (request: Request) => {
      keys.push(request.headers.get('idempotency-key'))
      return Promise.reject(new TypeError('fetch failed'))
    }
    expect((await holdfast('send 5511999990000 hello', { fetch })).code).toBe(4)
    expect(keys).toEqual(['id-0', 'id-0', 'id-0', 'id-0'])
  })
})

it('without an address or a key it says how to give them', async () => {
  const none = { url: undefined, apiKey: undefined }
  expect(await holdfast('sessions', { env: none })).toMatchObject({ code: 2, err: expect.stringContaining('HOLDFAST_URL') })
  const noKey = await holdfast('sessions --url https://api.test', { env: none })
  expect(noKey).toMatchObject({ code: 2, err: expect.stringContaining('There is no API key for https://api.test') })
})
