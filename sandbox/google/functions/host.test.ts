import { getRequestListener } from '@hono/node-server'
import { onDocumentWritten } from 'firebase-functions/firestore'
import { onRequest } from 'firebase-functions/https'
import { onSchedule } from 'firebase-functions/scheduler'
import { onTaskDispatched } from 'firebase-functions/tasks'
import { Hono } from 'hono'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityToken } from '../identity-token.ts'
import { hostFunctions, type Host } from './host.ts'

// A function like those of the product: Hono inside onRequest.
const app = new Hono()
app.get('/health', (context) => context.json({ ok: true }))
app.post('/echo', async (context) =>
  context.body(await context.req.text(), 200, { 'x-type': context.req.header('content-type') ?? '' }),
)
app.get('/stream', (context) => context.body(new ReadableStream({ start: sendThree })))
const listener = getRequestListener(app.fetch)

function sendThree(stream: ReadableStreamDefaultController) {
  for (const word of ['one ', 'two ', 'three']) stream.enqueue(new TextEncoder().encode(word))
  stream.close()
}

/** What the functions for tasks and schedules got. */
const dispatched: object[] = []

let host: Host
let server: Server
let url: string

beforeAll(async () => {
  host = hostFunctions({
    api: onRequest(async (request, response) => await listener(request, response)),
    hook: onRequest(
      (request, response) => void response.json({ url: request.url, body: request.body as unknown, ip: request.ip }),
    ),
    failing: onRequest(() => {
      throw new Error('a bug')
    }),
    watcher: onDocumentWritten('jobs/{id}', () => {}),
    retries: onTaskDispatched(
      { retryConfig: { maxAttempts: 5, minBackoffSeconds: 2 }, rateLimits: { maxConcurrentDispatches: 3 } },
      ({ data, id, retryCount }) => void dispatched.push({ data: data as unknown, id, retryCount }),
    ),
    nightly: onSchedule({ schedule: '30 3 * * *', timeZone: 'Europe/Berlin' }, ({ scheduleTime, jobName }) => {
      dispatched.push({ scheduleTime, jobName })
    }),
    constant: 42,
  })
  server = createServer(host.app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
  server.closeAllConnections()
})

test('functions for requests, tasks and schedules are mounted, and functions of other kinds are reported as ignored', () => {
  expect(host.mounted.sort()).toEqual(['api', 'failing', 'hook', 'nightly', 'retries'])
  expect(host.ignored).toEqual(['watcher'])
})

test('a Hono application inside onRequest is at the root, and receives every kind of body unchanged', async () => {
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ ok: true })
  const types = ['application/json', 'application/problem+json', 'text/plain', 'application/x-www-form-urlencoded', 'image/png']
  for (const type of types) {
    const body = type.endsWith('json') ? '{ "a" : 1 }' : 'a=1&b=ä'
    const response = await fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': type }, body })
    expect([type, await response.text(), response.headers.get('x-type')]).toEqual([type, body, type])
  }
})

test('a response may be streamed', async () => {
  expect(await (await fetch(`${url}/stream`)).text()).toBe('one two three')
})

test('a function other than `api` has a root of its own, a parsed body, and the address that the front end names', async () => {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' }
  const response = await fetch(`${url}/hook/path?q=1`, { method: 'POST', headers, body: '{"a":1}' })
  expect(await response.json()).toEqual({ url: '/path?q=1', body: { a: 1 }, ip: '203.0.113.7' })
})

test('broken JSON is answered with 400 before the function runs, an exception with 500', async () => {
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${url}/echo`, { method: 'POST', headers, body: '{' })).status).toBe(400)
  expect((await fetch(`${url}/failing`)).status).toBe(500)
})

test('a function for tasks names its queue, one for a schedule its time', () => {
  const settings = { maxAttempts: 5, minBackoffMs: 2000, maxConcurrentDispatches: 3 }
  expect(host.queues).toEqual([{ name: 'retries', region: 'us-central1', settings }])
  expect(host.schedules).toEqual([{ name: 'nightly', schedule: '30 3 * * *', timeZone: 'Europe/Berlin' }])
})

const post = (name: string, headers: Record<string, string>, body: object = {}) =>
  fetch(`${url}/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const tokenFor = (name: string) => ({ authorization: `Bearer ${identityToken('invoker@example.com', `${url}/${name}`)}` })

test('a task and a schedule reach their functions', async () => {
  dispatched.length = 0
  const task = { 'x-cloudtasks-taskname': 'one', 'x-cloudtasks-taskretrycount': '2' }
  expect((await post('retries', { ...tokenFor('retries'), ...task }, { data: { job: 'j' } })).status).toBe(204)
  const schedule = { 'x-cloudscheduler-jobname': 'nightly', 'x-cloudscheduler-scheduletime': '2026-11-01T03:30:00Z' }
  expect((await post('nightly', { ...tokenFor('nightly'), ...schedule })).status).toBe(200)
  expect(dispatched).toEqual([
    { data: { job: 'j' }, id: 'one', retryCount: 2 },
    { scheduleTime: '2026-11-01T03:30:00Z', jobName: 'nightly' },
  ])
})

test('nobody else reaches them: a call needs a token that was made for the function', async () => {
  dispatched.length = 0
  expect((await post('retries', {}, { data: {} })).status).toBe(403)
  expect((await post('retries', { authorization: 'Bearer nonsense' }, { data: {} })).status).toBe(403)
  expect((await post('retries', tokenFor('nightly'), { data: {} })).status).toBe(401)
  expect((await post('nightly', {})).status).toBe(403)
  expect(dispatched).toEqual([])
})
