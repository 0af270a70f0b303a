import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:http2'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'

/** The API as a process of its own, as its image runs it. */

const SERVER = fileURLToPath(new URL('../../functions/src/server.ts', import.meta.url))
const API_KEY = 'a key of 16 or more characters'
const MIB = 1024 * 1024

interface Running {
  readonly process: ChildProcess
  readonly port: number
  /** Resolves with the exit code when the process has ended. */
  readonly ended: Promise<number | null>
  readonly log: () => string
}

const running: ChildProcess[] = []

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function spawned(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [SERVER], {
    env: {
      ...process.env,
      GOOGLE_CLOUD_PROJECT: 'demo-server',
      FIRESTORE_EMULATOR_HOST: process.env['SHARED_FIRESTORE'],
      STORAGE_BUCKET: 'demo-server',
      METADATA_SERVER_DETECTION: 'none',
      SESSION_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      API_KEY,
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  return child
}

async function start(env: Record<string, string> = {}): Promise<Running> {
  const child = spawned(env)
  let log = ''
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const { promise: ready, resolve } = Promise.withResolvers<number>()
  createInterface(child.stdout).on('line', (line) => {
    const { ready: isReady, port } = JSON.parse(line) as { ready?: boolean; port?: number }
    if (isReady === true) resolve(port ?? 0)
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { process: child, port: await ready, ended, log: () => log }
}

interface Answer {
  readonly status: number | undefined
  readonly body: { readonly code?: string; readonly detail?: string }
}

interface Sending {
  readonly agent?: Agent | false
  /** Without a length. */
  readonly chunked?: boolean
}

async function http1(port: number, path: string, body = '', { agent = false, chunked = false }: Sending = {}): Promise<Answer> {
  const headers = { 'X-Api-Key': API_KEY, ...(chunked ? {} : { 'Content-Length': Buffer.byteLength(body) }) }
  const outgoing = request({ port, path, method: body === '' ? 'GET' : 'POST', headers, agent })
  // The server may close the connection over a body that it has refused.
  outgoing.on('error', () => {})
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, body: JSON.parse(await text(response)) as Answer['body'] }
}

async function http2(port: number, path: string, body = ''): Promise<Answer> {
  const session = connect(`http://127.0.0.1:${port}`).on('error', () => {})
  const stream = session.request({ ':method': body === '' ? 'GET' : 'POST', ':path': path, 'x-api-key': API_KEY })
  const answered = once(stream, 'response') as Promise<[{ ':status'?: number }]>
  if (body !== '') stream.end(body)
  const [headers] = await answered
  const answer = { status: headers[':status'], body: JSON.parse(await text(stream)) as Answer['body'] }
  session.close()
  return answer
}

/** A valid request of this size: one text to a session that does not exist. */
function bulkOf(bytes: number): string {
  const message = { session: 'no-such', chatId: '5511999990000@c.us', text: 'x'.repeat(60_000) }
  const one = JSON.stringify(message)
  return `{"messages":[${Array(Math.floor(bytes / (one.length + 1)))
    .fill(one)
    .join(',')}]}`
}

test('the server answers both protocols, takes a body that no function gets, and refuses one that is too large', async () => {
  const { port, process: child, ended, log } = await start()
  for (const send of [http1, http2] as const) {
    expect(await send(port, '/live')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await send(port, '/ready')).toMatchObject({ status: 200 })
    expect(await send(port, '/api/tenants')).toMatchObject({ status: 200 })
  }
  const large = bulkOf(40_000_000)
  const answers = [await http2(port, '/api/sendBulk', large), await http1(port, '/api/sendBulk', large, { chunked: true })]
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { accepted: 0 } })
  const tooLarge = { status: 413, body: { code: 'too-large', detail: 'The body can have at most 64 MiB.' } }
  expect(await http2(port, '/api/sendBulk', 'x'.repeat(65 * MIB))).toMatchObject(tooLarge)
  // Nothing of a body with a length is waited for.
  const outgoing = request({
    port,
    path: '/api/sendBulk',
    method: 'POST',
    headers: { 'X-Api-Key': API_KEY, 'Content-Length': 65 * MIB },
  })
  outgoing.on('error', () => {})
  outgoing.flushHeaders()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect({ status: response.statusCode, body: JSON.parse(await text(response)) }).toMatchObject(tooLarge)
  child.kill('SIGTERM')
  expect([await ended, log()]).toEqual([0, expect.stringMatching(/Leaving because of SIGTERM.*Left in order/s)])
})

describe('on SIGTERM the server', () => {
  test('finishes a request under way, takes no new one, and ends an idle connection', async () => {
    const { port, process: child, ended } = await start()
    const agent = new Agent({ keepAlive: true })
    await http1(port, '/live', '', { agent })
    const body = JSON.stringify({ session: 'no-such', chatId: '5511999990000@c.us', text: 'Hello' })
    const headers = { 'X-Api-Key': API_KEY, 'Content-Length': Buffer.byteLength(body), Expect: '100-continue' }
    const outgoing = request({ port, path: '/api/sendText', method: 'POST', headers, agent: false })
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    child.kill('SIGTERM')
    await expect
      .poll(() =>
        http1(port, '/live').then(
          () => 'answered',
          (error: NodeJS.ErrnoException) => error.code,
        ),
      )
      .toBe('ECONNREFUSED')
    outgoing.end(body)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect([response.statusCode, response.headers.connection]).toEqual([404, 'close'])
    expect(await text(response)).toContain('unknown-session')
    expect(await ended).toBe(0)
    agent.destroy()
  })

  test('cuts off a request whose body does not come, and says so', async () => {
    const { port, process: child, ended, log } = await start()
    const outgoing = request({
      port,
      path: '/api/sendText',
      method: 'POST',
      headers: { 'X-Api-Key': API_KEY, Expect: '100-continue' },
    })
    outgoing.on('error', () => {})
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    child.kill('SIGTERM')
    expect([await ended, log()]).toEqual([1, expect.stringContaining('1 request(s) did not finish in time')])
  })
})

test('a slow body is answered and ends its connection', async () => {
  const { port, log } = await start({ REQUEST_WITHIN_MS: '1000' })
  const outgoing = request({
    port,
    path: '/api/sendText',
    method: 'POST',
    headers: { 'X-Api-Key': API_KEY, 'Content-Length': 100 },
  })
  outgoing.on('error', () => {})
  outgoing.write('{"text": "half')
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(408)
  expect(log()).not.toContain('A request failed')
})

test('a wrong configuration ends the process with 78 and says what to set', async () => {
  const child = spawned({ PORT: 'http', API_KEY: 'short' })
  const output = text(child.stdout)
  const [code] = (await once(child, 'close')) as [number]
  expect([code, await output]).toEqual([78, expect.stringMatching(/API_KEY: must have at least 16.*PORT: must be a number/s)])
})
