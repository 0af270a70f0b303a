import { describe, expect, it } from 'vitest'
import { answerOf, createClient } from './client.ts'
import { isRepeatable, type Repeats, repeating } from './repeat.ts'

type Given = Response | Error

const URL_OF_API = 'http://api.test/api/sessions'

const answer = (status: number, headers: Record<string, string> = {}): Response => new Response('{}', { status, headers })

/** An API that gives these outcomes in turn, and what was asked of it and of the clock. */
function apiOf(outcomes: readonly Given[], repeats: Repeats = {}) {
  const left = [...outcomes]
  const [bodies, pauses]: [string[], number[]] = [[], []]
  const fetch = async (request: Request): Promise<Response> => {
    bodies.push(await request.text())
    const outcome = left.shift()
    if (outcome instanceof Response) return outcome
    throw outcome ?? new Error('It was asked too often.')
  }
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms)
    return Promise.resolve()
  }
  const ask = repeating(fetch, { pause, random: () => 1, now: () => 0, ...repeats })
  return { ask, bodies, pauses, left, fetch, pause }
}

const write = (headers: Record<string, string> = {}): Request =>
  new Request(URL_OF_API, { method: 'POST', body: 'a text', headers })

const NO_ANSWER = new TypeError('fetch failed')

describe('a request that only reads', () => {
  it('is repeated when no answer arrives, and after 429 and 503, with pauses that grow', async () => {
    const { ask, pauses } = apiOf([NO_ANSWER, answer(503), answer(429), answer(200)])
    expect((await ask(new Request(URL_OF_API))).status).toBe(200)
    expect(pauses).toEqual([400, 800, 1600])
  })

  it('ends with the last outcome when the attempts are used up', async () => {
    const { ask, left } = apiOf([NO_ANSWER, answer(503), answer(503), answer(503), answer(200)])
    expect((await ask(new Request(URL_OF_API))).status).toBe(503)
    expect(left).toHaveLength(1)
    const away = apiOf([NO_ANSWER, NO_ANSWER], { attempts: 2 })
    await expect(away.ask(new Request(URL_OF_API))).rejects.toThrow('fetch failed')
  })

  it.each([400, 401, 404, 409, 422, 500, 502])('is not repeated after %i', async (status) => {
    const { ask, pauses } = apiOf([answer(status)])
    expect((await ask(new Request(URL_OF_API))).status).toBe(status)
    expect(pauses).toEqual([])
  })
})

describe('Retry-After', () => {
  it.each([
    ['3', 3000],
    ['Thu, 01 Jan 1970 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 1969 23:59:00 GMT', 0],
    ['soon', null],
  ])('%s is obeyed, and a random part added', async (header, askedMs) => {
    const { ask, pauses } = apiOf([answer(503, { 'Retry-After': header }), answer(200)])
    await ask(new Request(URL_OF_API))
    expect(pauses).toEqual([askedMs === null ? 400 : askedMs + 400])
  })

  it('beyond the longest pause hands the answer to the caller', async () => {
    const { ask, pauses } = apiOf([answer(429, { 'Retry-After': '60' })])
    expect((await ask(new Request(URL_OF_API))).status).toBe(429)
    expect(pauses).toEqual([])
  })
})

describe('a write', () => {
  it('without an Idempotency-Key is made once', async () => {
    const { ask, left } = apiOf([NO_ANSWER, answer(201)])
    await expect(ask(write())).rejects.toThrow('fetch failed')
    expect(left).toHaveLength(1)
    const refused = apiOf([answer(503, { 'Retry-After': '1' })])
    expect((await refused.ask(write())).status).toBe(503)
  })

  it('with an Idempotency-Key is repeated with the same body', async () => {
    const { ask, bodies } = apiOf([NO_ANSWER, answer(503), answer(201)])
    expect((await ask(write({ 'Idempotency-Key': 'once' }))).status).toBe(201)
    expect(bodies).toEqual(['a text', 'a text', 'a text'])
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('by %s is not repeatable by its method alone', (method) => {
    expect(isRepeatable(new Request(URL_OF_API, { method }))).toBe(false)
  })
})

it('a caller that has gone is no longer waited for', async () => {
  const stopped = new AbortController()
  const { ask, left } = apiOf([NO_ANSWER, answer(200)], {
    pause: async () => stopped.abort(new Error('gone')),
  })
  const asking = ask(new Request(URL_OF_API, { signal: stopped.signal }))
  await expect(asking).rejects.toThrow('gone')
  expect(left).toHaveLength(1)
})

it('a client repeats, unless it is told not to', async () => {
  const { fetch, pause, pauses } = apiOf([answer(503), Response.json([]), answer(503)])
  const given = { baseUrl: 'http://api.test', apiKey: 'k', fetch }
  expect(await answerOf(createClient({ ...given, repeats: { pause } }).GET('/api/sessions'))).toEqual([])
  expect(pauses).toHaveLength(1)
  await expect(answerOf(createClient({ ...given, repeats: false }).GET('/api/sessions'))).rejects.toMatchObject({ status: 503 })
})
