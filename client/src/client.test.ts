import { describe, expect, expectTypeOf, it } from 'vitest'
import { answerOf, createClient } from './client.ts'
import { HoldfastProblem } from './problem.ts'
import type { Session } from './types.ts'

/** Makes a client of an API that gives one answer, and a list of the requests that the API gets. */
function clientOf(answer: Response) {
  const requests: Request[] = []
  const fetch = async (request: Request) => {
    requests.push(request)
    return answer
  }
  return { api: createClient({ baseUrl: 'http://api.test', apiKey: 'the key', fetch, repeats: false }), requests }
}

const problem = (body: string, status: number, headers: Record<string, string>) => new Response(body, { status, headers })

const thrownBy = async (answer: Response): Promise<HoldfastProblem> => {
  const { api } = clientOf(answer)
  const thrown = await answerOf(api.GET('/api/sessions')).catch((error: unknown) => error)
  if (thrown instanceof HoldfastProblem) return thrown
  throw new Error('No problem was thrown.')
}

describe('a request', () => {
  it('carries the key, its parameters and its body', async () => {
    const { api, requests } = clientOf(Response.json({ id: 'a', messageId: 'b', status: 'pending' }, { status: 201 }))
    const body = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
    const params = { header: { 'Idempotency-Key': 'once' } }
    const accepted = await answerOf(api.POST('/api/sendText', { params, body }))
    expect(accepted.messageId).toBe('b')
    const [request] = requests
    expect([request?.method, request?.url]).toEqual(['POST', 'http://api.test/api/sendText'])
    // A redirection would take the key to another host.
    expect(request?.redirect).toBe('error')
    expect([request?.headers.get('x-api-key'), request?.headers.get('idempotency-key')]).toEqual(['the key', 'once'])
    expect(await request?.json()).toEqual(body)
  })

  it('names the tenant in which the operator acts', async () => {
    const requests: Request[] = []
    const fetch = async (request: Request) => {
      requests.push(request)
      return Response.json([])
    }
    await answerOf(createClient({ baseUrl: 'http://api.test', apiKey: 'k', tenant: 'acme', fetch }).GET('/api/sessions'))
    await answerOf(createClient({ baseUrl: 'http://api.test', apiKey: 'k', fetch }).GET('/api/sessions'))
    expect(requests.map(({ headers }) => headers.get('x-tenant'))).toEqual(['acme', null])
  })

  it('escapes the parameters in its path', async () => {
    const { api, requests } = clientOf(Response.json({}))
    await answerOf(api.GET('/api/sessions/{name}', { params: { path: { name: 'a/b c' } } }))
    expect(requests[0]?.url).toBe('http://api.test/api/sessions/a%2Fb%20c')
  })

  it('has a typed answer', async () => {
    const { api } = clientOf(Response.json([]))
    const sessions = await answerOf(api.GET('/api/sessions'))
    if (!Array.isArray(sessions)) throw new Error('It has a page.')
    expectTypeOf(sessions).toEqualTypeOf<Session[]>()
    expect(sessions).toEqual([])
  })
})

describe('an error', () => {
  it('of the API carries its code, its detail and the time to wait', async () => {
    const body = JSON.stringify({ type: 'urn:x', code: 'unavailable', status: 503, title: 'Away', detail: 'Try again later.' })
    const thrown = await thrownBy(problem(body, 503, { 'Retry-After': '5', 'X-Request-Id': 'r-1' }))
    expect(thrown).toMatchObject({ code: 'unavailable', status: 503, title: 'Away', detail: 'Try again later.' })
    expect(thrown).toMatchObject({ retryAfter: 5, issues: [], requestId: 'r-1' })
  })

  it('about a bad request lists all mistakes', async () => {
    const issues = [{ field: 'name', message: 'is required' }]
    const body = JSON.stringify({ type: 'urn:x', code: 'bad-request', status: 400, title: 'Bad', detail: 'name', issues })
    expect(await thrownBy(problem(body, 400, {}))).toMatchObject({ code: 'bad-request', retryAfter: null, issues })
  })

  it.each([
    ['HTML', '<html>Bad Gateway</html>'],
    ['other JSON', '{"error":"no"}'],
    ['nothing', ''],
  ])('of a proxy that answers %s has the code unexpected-answer', async (_, body) => {
    expect(await thrownBy(problem(body, 502, {}))).toMatchObject({ code: 'unexpected-answer', status: 502, retryAfter: null })
  })

  it('of the network is thrown unchanged', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'))
    const api = createClient({ baseUrl: 'http://api.test', apiKey: 'the key', fetch, repeats: false })
    await expect(answerOf(api.GET('/health'))).rejects.toThrow('fetch failed')
  })
})
