import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeRoutes, withExamples } from '../../../functions/src/api/openapi.ts'
import { ROUTES } from '../../../functions/src/api/routes.ts'
import { problemSchema } from '../../../functions/src/api/schemas.ts'
import { assertDescribed } from './described-answers.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

describe('the table of routes', () => {
  it('has exactly the routes that the app serves', () => {
    expect(api.routes.toSorted()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted())
    expect(new Set(ROUTES.map(({ operationId }) => operationId)).size).toBe(ROUTES.length)
  })

  it.each(ROUTES)('describes the answers and the parameters of $operationId', ({ path, answers, request, summary }) => {
    expect(summary).not.toBe('')
    expect(Object.keys(answers)).not.toEqual([])
    for (const { description, schema } of Object.values(answers)) expect([description, schema]).not.toContain(undefined)
    expect(Object.keys(request?.params?.shape ?? {}).toSorted()).toEqual(
      [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name).toSorted(),
    )
    for (const schema of [request?.body, ...Object.values(request?.params?.shape ?? {})]) {
      if (schema) expect(schema.meta()?.['example']).toBeDefined()
    }
  })
})

it('no session can have a name with which a path below /api begins', async () => {
  const words = new Set(ROUTES.flatMap(({ path }) => /^\/api\/([\w-]+)(?:\/|$)/.exec(path)?.[1] ?? []))
  expect([...words]).toEqual(expect.arrayContaining(['messages', 'queue', 'sendBulk', 'whatsapp']))
  for (const name of words) {
    expect([name, await api.post('/api/sessions', { name })]).toMatchObject([
      name,
      { status: 400, body: { code: 'bad-request' } },
    ])
  }
})

it.each(['GET', 'POST'])('a session with the name of the page of the API has its routes: %s', async (method) => {
  const [path, body] = method === 'GET' ? ['chats', undefined] : ['presence', { presence: 'online' }]
  const send = () => api.send(method, `/api/docs/${path}`, body)
  expect(await send()).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
  expect((await api.open('/api/docs')).headers.get('content-type')).toContain('text/html')
})

describe('the comparison of answers with the table', () => {
  const headers = new Headers({ 'content-type': 'application/json' })
  const code = { value: '2@ref', expiresAt: '2026-11-01T10:00:00.000Z' }
  const answer = { status: 200, headers, body: code }

  it('accepts a described answer', () => assertDescribed('GET', '/api/main/auth/qr?format=raw', answer))

  it.each([
    ['a field that is not described', { ...answer, body: { ...code, more: 1 } }],
    ['a missing field', { ...answer, body: { value: '2@ref' } }],
    ['a field of another type', { ...answer, body: { ...code, expiresAt: 1 } }],
    ['another status', { ...answer, status: 201 }],
    ['another content type', { ...answer, headers: new Headers({ 'content-type': 'text/html' }) }],
    [
      'a problem that is not listed',
      {
        status: 404,
        headers: new Headers({ 'content-type': 'application/problem+json' }),
        body: { type: 'urn:x', code: 'unknown-action', status: 404, title: 'x', detail: 'x' },
      },
    ],
  ])('refuses %s', (_, wrong) => {
    expect(() => assertDescribed('GET', '/api/main/auth/qr?format=raw', wrong)).toThrow('differs from its description')
  })

  it('ignores the answer to HEAD, which has no body', () => {
    assertDescribed('HEAD', '/api/main/auth/qr?format=raw', { ...answer, body: '' })
  })

  it('refuses an answer from a route without an entry', () => {
    expect(() => assertDescribed('GET', '/api/secret', answer)).toThrow('no entry')
  })
})

describe('GET /api/openapi.json', () => {
  it('describes every route without a key', async () => {
    const { status, headers, body } = await api.get('/api/openapi.json', { 'X-Api-Key': '' })
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(body.openapi).toBe('3.1.0')
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    expect(described.toSorted()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted())
  })

  const described = JSON.parse(JSON.stringify(withExamples(describeRoutes(ROUTES))))

  /** The error that a response names. Routes share them. */
  const errorOf = (name: string): { description: string; content: Record<string, { example?: unknown }> } =>
    described.components.responses[name.split('/').at(-1) ?? '']

  it.each(ROUTES)('has roles, and examples of all answers and errors, for $operationId', ({ method, path, roles, answers }) => {
    const operation = described.paths[path.replaceAll(/:(\w+)/g, '{$1}')][method.toLowerCase()]
    expect(operation['x-roles']).toEqual(roles === 'anybody' ? ['anybody'] : roles)
    expect(operation.description).toContain(roles === 'anybody' ? 'no API key' : `\`${roles[0]}\``)
    for (const [status, { schema }] of Object.entries(answers)) {
      const { example } = operation.responses[status].content['application/json']
      expect([status, schema.safeParse(example).error?.message]).toEqual([status, undefined])
    }
    const errors = Object.entries<{ $ref: string }>(operation.responses).filter(([status]) => status >= '4')
    expect(errors.map(([status]) => status)).toContain('503')
    for (const [status, { $ref }] of errors) {
      const { content } = errorOf($ref)
      expect(problemSchema.parse(content['application/problem+json']?.example).statusCode).toBe(Number(status))
    }
    for (const parameter of operation.parameters ?? [])
      if (parameter.in === 'path') expect(parameter.schema.example ?? parameter.example).toBeDefined()
  })

  it('allows additional fields in answers but not in requests', () => {
    expect(described.components.schemas.Session.additionalProperties).toBeUndefined()
    expect(described.components.schemas.NewSession.additionalProperties).toBe(false)
  })

  it('describes times as texts, and numbers without the limits of JavaScript', () => {
    const { createdAt } = described.components.schemas.Session.properties
    expect(createdAt.anyOf).toEqual([{ type: 'string', format: 'date-time' }, { type: 'null' }])
    expect(JSON.stringify(described)).not.toContain(String(Number.MAX_SAFE_INTEGER))
  })

  it('lists the codes of problems by status, and names the key', () => {
    const { responses, security } = described.paths['/api/sendText'].post
    const error = errorOf(responses['422'].$ref)
    expect(error.description).toContain('`unsupported-chat`')
    expect(Object.keys(error.content)).toEqual(['application/problem+json'])
    expect(security).toEqual([{ ApiKey: [] }])
    expect(described.paths['/health'].get.security).toEqual([])
  })
})
