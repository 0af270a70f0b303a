import { raiseAlert } from '@holdfast/core/operations/alerts'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import * as graphql from 'graphql'
import { type GraphQLOutputType, getNamedType, isObjectType } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { QUERY_FIELDS, SUBSCRIPTION_FIELDS } from '../../../functions/src/api/graphql/fields.ts'
import { schemaOf } from '../../../functions/src/api/graphql/schema.ts'
import { ServerSentEvents } from '../../support/server-sent-events.ts'
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.ts'

/** The end point for other programs shows what the routes show, with the same rights, and refuses what costs too much. */

const SCHEMA = schemaOf(graphql)

let api: ApiUnderTest
const open: ServerSentEvents[] = []
let actionId = ''

beforeAll(async () => {
  api = await startApi()
  for (const name of ['main', 'branch']) expect(await api.post('/api/sessions', { name })).toMatchObject({ status: 201 })
  await api.post('/api/tenants', { id: 'other' })
  await api.post('/api/sessions', { name: 'foreign' }, { 'X-Tenant': 'other' })
  await api.heartbeat('runner-1', {}, { deadAfterMs: 600_000 })
  await api.post('/api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' })
  for (const [tenant, session] of [
    ['default', 'main'],
    ['default', 'branch'],
    ['other', 'foreign'],
  ] as const) {
    const alert = { type: 'disconnected', tenant, scope: `${tenant}.${session}`, severity: 'warning' } as const
    await raiseAlert(api.documents, { ...alert, sentence: 'It is down.', userAction: null })
  }
  actionId = (await api.post('/api/sessions/main/restart')).body.action.id
})
afterEach(async () => {
  for (const stream of open.splice(0)) await stream[Symbol.asyncDispose]()
})
afterAll(() => api[Symbol.asyncDispose]())

const ask = (calls: Pick<ApiUnderTest, 'post'>, query: string, variables?: object): Promise<Answer> =>
  calls.post('/api/graphql', { query, ...(variables ? { variables } : {}) })

/** Everything that a type has. */
function allOf(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const fields = Object.values(named.getFields()).map(({ name, type: inner }) => `${name} ${allOf(inner)}`)
  return `{ ${fields.join(' ')} }`
}

const typeOf = (field: string, root = SCHEMA.getQueryType()) => root?.getFields()[field]?.type as GraphQLOutputType

/** GraphQL has null where the API leaves a field out, and entries where it has keys. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isMap = value.every((one) => typeof one === 'object' && one !== null && 'key' in one && 'value' in one)
    if (isMap) return comparable(Object.fromEntries(value.map(({ key, value: of }) => [key, of])))
    return value.map(comparable)
  }
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([field, of]) => of !== null && !PASSING.has(field))
  return Object.fromEntries(kept.map(([field, of]) => [field, comparable(of)]))
}

/** They change between two requests. */
const PASSING = new Set([
  'uptime',
  'measuredAt',
  'ageMs',
  'cpu',
  'memory',
  'eventLoopLagMs',
  'resources',
  'silentForMs',
  'availability',
])

describe.each<[string, Partial<Principal>]>([
  ['the operator', {}],
  ['a key for one session', { key: 'one', role: 'admin', sessions: ['main'] }],
  ['a key that reads', { key: 'reads', role: 'read' }],
  ['a key of another tenant', { key: 'foreign', role: 'admin', tenant: 'other' }],
  ['a key of a tenant without anything', { key: 'nobody', role: 'admin', tenant: 'empty' }],
])('%s', (_, principal) => {
  it.each(Object.entries(QUERY_FIELDS))('gets from %s what the route answers, and its refusals', async (field, route) => {
    const calls = api.as(principal)
    const [given = '', path = route.path] =
      {
        session: ['(name: "main")', '/api/sessions/main'],
        // Without any of its parameters the route answers with the whole list.
        sessionPage: ['(limit: 1)', '/api/sessions?limit=1'],
        recovery: [`(id: "${actionId}")`, `/api/recoveries/${actionId}`],
      }[field] ?? []
    const [graph, rest] = [await ask(calls, `{ ${field}${given} ${allOf(typeOf(field))} }`), await calls.get(path)]
    expect(graph.status).toBe(200)
    if (rest.status === 200) {
      expect(graph.body.errors).toBeUndefined()
      expect(comparable(graph.body.data[field])).toEqual(comparable(rest.body))
    } else {
      expect(graph.body.data).toEqual({ [field]: null })
      expect(graph.body.errors).toMatchObject([
        { path: [field], message: rest.body.detail, extensions: { code: rest.body.code } },
      ])
    }
  })
})

it('answers several things at once, with variables, by POST and by GET', async () => {
  const query =
    'query ($name: String!, $limit: Int) { session(name: $name) { name wanted } alerts(limit: $limit) { alerts { type } cursor } }'
  const { body } = await ask(api, query, { name: 'main', limit: 1 })
  expect(body.data).toMatchObject({ session: { name: 'main', wanted: 'online' }, alerts: { alerts: [{ type: 'disconnected' }] } })
  expect(body.data.alerts.cursor).not.toBeNull()
  const parameters = new URLSearchParams({ query, variables: JSON.stringify({ name: 'main', limit: 1 }) })
  expect((await api.get(`/api/graphql?${parameters.toString()}`)).body).toEqual(body)
})

it('shows the other things when one is missing', async () => {
  const { body } = await ask(api, '{ session(name: "nothing") { name } queue { sessions { key } } }')
  expect(body.data).toMatchObject({ session: null, queue: { sessions: expect.anything() } })
  expect(body.errors).toMatchObject([{ path: ['session'], extensions: { code: 'unknown-session', status: 404 } }])
})

/** The same fields again and again, by fragments of fragments. */
const BOMB = [
  'query { ...F0 }',
  ...Array.from({ length: 30 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`),
  'fragment F30 on Query { health { status } }',
].join('\n')

/** A thousand fields with few words. */
const FIELDS = [
  `{ ${[1, 2, 3, 4, 5, 6].map((n) => `q${n}: health { ...F }`).join(' ')} }`,
  `fragment F on Health { ${Array.from({ length: 200 }, (_, n) => `a${n}: status`).join(' ')} }`,
].join('\n')

const INTROSPECTION = [
  `{ ${Array.from({ length: 9 }, (_, n) => `a${n}: __schema { ...S }`).join(' ')} }`,
  'fragment S on __Schema { types { fields { ...F type { fields { ...F } } } } }',
  `fragment F on __Field { ${Array.from({ length: 40 }, (_, n) => `x${n}: description`).join(' ')} }`,
].join('\n')

const many = (count: number): string => `{ ${Array.from({ length: count }, (_, n) => `q${n}: health { status }`).join(' ')} }`

it.each([
  ['is no GraphQL', '{ sessions', 'bad-request', 'Syntax Error'],
  ['asks for what there is not', '{ nothing }', 'bad-request', 'Cannot query field "nothing"'],
  ['changes something', 'mutation { restart }', 'bad-request', 'mutation'],
  ['has two operations', 'query A { health { status } } query B { health { status } }', 'bad-request', 'operationName'],
  ['asks for too much at once', many(11), 'too-large', '11 things at once'],
  ['is a bomb of fields', FIELDS, 'too-large', 'more than 1000 fields'],
  ['asks for the schema again and again', INTROSPECTION, 'too-large', 'too much of the schema'],
  ['asks for the type of one thing twice', '{ queue { a: __typename b: __typename } }', 'too-large', '__typename'],
  ['has too many words', `{ ${'health { status } '.repeat(700)} }`, 'bad-request', 'tokens'],
  ['gives a wrong argument', '{ alerts(limit: 0) { cursor } }', 'bad-request', 'at least 1'],
])('refuses a query that %s', async (_, query, code, why) => {
  const { status, body } = await ask(api, query)
  expect(status).toBe(200)
  expect(Object.values(body.data ?? {})).toEqual(body.data ? [null] : [])
  expect(body.errors[0]).toMatchObject({ message: expect.stringContaining(why), extensions: { code } })
})

it('takes fragments of fragments for what they are', async () => {
  expect((await ask(api, BOMB)).body).toEqual({ data: { health: { status: expect.any(String) } } })
})

it('describes itself to generators', async () => {
  const { body } = await ask(api, graphql.getIntrospectionQuery())
  expect(body.errors).toBeUndefined()
  expect(graphql.printSchema(graphql.buildClientSchema(body.data))).toBe(graphql.printSchema(SCHEMA))
})

it('counts each thing that is asked for as a request', async () => {
  const calls = api.as({ key: 'counted', role: 'read', requestsPerMinute: 5 })
  // The minute may end in between.
  await vi.waitFor(async () => {
    const { body } = await ask(calls, many(10))
    expect(body.errors).toEqual(
      expect.arrayContaining([expect.objectContaining({ extensions: { code: 'rate-limited', status: 429 } })]),
    )
  })
})

it('keeps the cause of an unexpected error for the log', async () => {
  // A caller that cannot be: whoever asks what it may know finds a fault of the program.
  const { body } = await ask(api.as({ key: 'broken', sessions: null as never }), '{ sessions { name } }')
  expect(body.errors).toMatchObject([
    { message: expect.stringMatching(/^The log has the cause/), extensions: { code: 'internal-error' } },
  ])
})

describe('a subscription', () => {
  async function follow(field: string, calls: Pick<ApiUnderTest, 'open'> = api): Promise<ServerSentEvents> {
    const query = `subscription { ${field} ${allOf(typeOf(field, SCHEMA.getSubscriptionType()))} }`
    const { status, headers, body } = await calls.open(`/api/graphql?${new URLSearchParams({ query }).toString()}`)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    if (!body) throw new Error('The answer has no body.')
    const stream = new ServerSentEvents(body)
    open.push(stream)
    return stream
  }

  const statesOf = (stream: ServerSentEvents, field: string) =>
    stream.of('next').map(({ data }) => {
      expect(data.errors).toBeUndefined()
      return data.data[field]
    })

  it.each(Object.keys(SUBSCRIPTION_FIELDS))('%s shows the present state', async (field) => {
    const stream = await follow(field)
    await expect.poll(() => statesOf(stream, field)).not.toEqual([])
  })

  it('shows each change of a session, and that it is gone', async () => {
    const stream = await follow('sessionChanged')
    const ofShop = () => statesOf(stream, 'sessionChanged').filter(({ id }) => id === 'shop')
    await expect
      .poll(() => statesOf(stream, 'sessionChanged').map(({ id }) => id))
      .toEqual(expect.arrayContaining(['main', 'branch']))
    await api.post('/api/sessions', { name: 'shop', start: false })
    await expect.poll(() => ofShop().at(-1)).toMatchObject({ gone: false, session: { name: 'shop', status: 'STOPPED' } })
    await api.send('DELETE', '/api/sessions/shop')
    await expect.poll(() => ofShop().at(-1)).toEqual({ id: 'shop', gone: true, session: null })
  })

  it.each(Object.keys(SUBSCRIPTION_FIELDS))('%s tells a caller with one session of nothing else', async (field) => {
    const calls = api.as({ key: `one of ${field}`, role: 'read', sessions: ['main'] })
    if (field === 'runnerChanged') {
      const query = 'subscription { runnerChanged { id } }'
      const { body } = await ask(calls, query)
      return expect(body.errors).toMatchObject([{ extensions: { code: 'forbidden' } }])
    }
    const stream = await follow(field, calls)
    await expect.poll(() => stream.of('next')).not.toEqual([])
    expect(stream.text).not.toMatch(/branch|foreign/)
  })

  it('is refused with wrong variables, and with a field that may be left out', async () => {
    const missing = await ask(api, 'subscription ($x: Boolean!) { sessionChanged { id @include(if: $x) } }')
    expect(missing.body.errors[0].message).toContain('$x')
    const skipped = await ask(api, 'subscription { healthChanged @skip(if: true) { id } }')
    expect(skipped.body.errors[0].message).toContain('no directives')
  })

  it('follows one thing only, and no runner for who is no operator', async () => {
    const two = await ask(api, 'subscription { healthChanged { gone } queueChanged { gone } }')
    expect(two.body.errors[0].message).toContain('must select only one')
  })
})

it('leaves no trace in the audit log, because it changes nothing', async () => {
  await ask(api, '{ health { status } }')
  expect(JSON.stringify((await api.get('/api/audit')).body)).not.toContain('queryGraph')
  expect(await api.documents.read(tenantPath('empty'))).toBeNull()
})
