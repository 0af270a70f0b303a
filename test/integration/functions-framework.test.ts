import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '../../functions/src/api/routes.ts'
import { freePort } from '../../sandbox/ports.ts'

/** The API in Google's own functions framework, which stands in front of it in the cloud and reads requests first. */

const FRAMEWORK = fileURLToPath(new URL('../../node_modules/.bin/functions-framework', import.meta.url))
const FUNCTIONS = fileURLToPath(new URL('../../functions', import.meta.url))
const API_KEY = 'a key of 16 or more characters'
const SECRET = 'the text of a message'

let framework: ChildProcess
let port: number
let logged = ''

beforeAll(async () => {
  port = await freePort()
  const args = [FRAMEWORK, '--target=api', `--source=${FUNCTIONS}`, `--port=${port}`]
  framework = spawn(process.execPath, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const { promise: serves, resolve } = Promise.withResolvers<void>()
  const hear = (chunk: Buffer): void => {
    logged += chunk.toString()
    if (logged.includes('URL: ')) resolve()
  }
  for (const stream of [framework.stdout, framework.stderr]) stream?.on('data', hear)
  await serves
}, 60_000)

afterAll(async () => {
  const exited = once(framework, 'exit')
  framework.kill('SIGKILL')
  await exited
})

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  GOOGLE_CLOUD_PROJECT: 'demo-framework',
  FIRESTORE_EMULATOR_HOST: process.env['SHARED_FIRESTORE'],
  STORAGE_BUCKET: 'demo-framework',
  API_SERVICE_URL: 'https://api.example.com',
  METADATA_SERVER_DETECTION: 'none',
  SESSION_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  API_KEY,
})

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  readonly isChunked?: boolean
}

/** Sends a request exactly as it is described. */
async function send({ method = 'POST', path = '/api/sendText', headers = {}, body = '', isChunked = false }: Sent) {
  const length = isChunked || body.length === 0 ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const all = { 'X-Api-Key': API_KEY, 'Content-Type': 'application/json', ...length, ...headers }
  // With `Connection: close` the server would close it over the rest of a body that it refuses, before the answer is read.
  const agent = new Agent({ keepAlive: true })
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers: all, agent })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  // The connection may end over the rest of a body that is refused, behind the answer.
  outgoing.on('error', () => {})
  if (isChunked) outgoing.write(body)
  outgoing.end(isChunked ? undefined : body)
  const [response] = await answered
  const content = await text(response)
  agent.destroy()
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    body: JSON.parse(content) as { code: string; detail: string },
  }
}

const PROBLEM = 'application/problem+json'

describe('a body', () => {
  test('that is no JSON is answered as every other error, and is not logged', async () => {
    const answer = await send({ body: `{"text": "${SECRET}` })
    expect(answer).toMatchObject({ status: 400, type: PROBLEM, body: { code: 'bad-request', detail: 'The body is not JSON.' } })
    expect(logged).not.toContain(SECRET)
  })

  test.each<[string, Sent]>([
    ['compressed, or says so', { body: '{}', headers: { 'Content-Encoding': 'gzip' } }],
    ['in an unknown encoding', { body: '{}', headers: { 'Content-Encoding': 'secret' } }],
    ['in an unknown character set', { body: '{"a":', headers: { 'Content-Type': 'application/json; charset=latin9' } }],
    ['a broken form', { body: 'a=%', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
    ['a broken cloud event', { body: '{', headers: { 'Content-Type': 'application/cloudevents+json' } }],
    ['no JSON, in chunks', { body: '{', isChunked: true }],
  ])('that is %s is a problem', async (_, sent) => {
    expect(await send(sent)).toMatchObject({ status: 400, type: PROBLEM, body: { code: 'bad-request' } })
  })

  test('of more than 1 MiB is too large, in chunks too', async () => {
    const body = Buffer.alloc(2 * 1024 * 1024, ' ')
    for (const isChunked of [false, true]) {
      expect(await send({ body, isChunked })).toMatchObject({ status: 413, type: PROBLEM, body: { code: 'too-large' } })
    }
  })

  test('that only the server takes is too large, and the answer names the server', async () => {
    const answer = await send({ path: '/api/sendBulk', body: Buffer.alloc(9 * 1024 * 1024, ' ') })
    const detail = 'The body can have at most 8 MiB. Send a larger one to https://api.example.com, which takes up to 64 MiB.'
    expect(answer).toMatchObject({ status: 413, type: PROBLEM, body: { code: 'too-large', detail } })
    expect(await send({ body: '{' })).toMatchObject({ status: 400, type: PROBLEM })
  })

  test('of a caller without a key is not asked for', async () => {
    const sent = { body: Buffer.alloc(2 * 1024 * 1024, ' '), headers: { 'X-Api-Key': 'none' } }
    expect(await send(sent)).toMatchObject({ status: 401, type: PROBLEM })
  })

  test('that is well-formed arrives, whatever its type says', async () => {
    for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
      const body = JSON.stringify({ session: 'no-such', chatId: '5511999990000@c.us', text: 'Olá' })
      const answer = await send({ body, headers: { 'Content-Type': type } })
      expect([type, answer.status, answer.body.code]).toEqual([type, 404, 'unknown-session'])
    }
  })
})

const posts = ROUTES.filter(({ method }) => method === 'POST' || method === 'PUT').map(
  ({ method, path }) => [method, path.replaceAll(/:\w+/g, 'unknown')] as const,
)

/** They answer 503, because there are no queue and no bucket here. */
const WITHOUT_THEIR_SERVICE = ['/api/alerts/test', '/api/cleanup-backups']

test.each(posts)('%s %s answers a body in chunks, and a missing one without a length', async (method, path) => {
  for (const sent of [{ isChunked: true, body: '{}' }, { isChunked: true, body: '' }, {}]) {
    const { status, type } = await send({ method, path, ...sent })
    if (!WITHOUT_THEIR_SERVICE.includes(path)) expect(status).toBeLessThan(500)
    expect(status).not.toBe(500)
    if (status && status >= 400) expect(type).toBe(PROBLEM)
  }
})

test.each(['/api/sessions/%E0%A4%A', '/%', '/api/%zz?a=b'])('a path with a wrong escape is a problem: %s', async (path) => {
  expect(await send({ method: 'GET', path, headers: { 'Content-Type': '' } })).toMatchObject({ status: 404, type: PROBLEM })
})
