import { once } from 'node:events'
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterEach, describe, expect, test } from 'vitest'
import { HttpServer } from './http-server.ts'

type Answering = (incoming: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => void

let server: HttpServer
const clients: (Socket | ClientHttp2Session)[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  if (!server.isLeaving) await server.close(soon(0))
})

const soon = (ms: number) => new Deadline(systemClock, ms)

async function listen(listener: Answering, limits: { requestWithinMs?: number; headersWithinMs?: number } = {}): Promise<void> {
  server = await HttpServer.listen({ port: 0, listener, clock: systemClock, requestWithinMs: 60_000, ...limits })
}

/** Answers with the protocol and the size of the body. */
const sized: Answering = (incoming, response) => {
  let bytes = 0
  incoming.on('data', (chunk: Buffer) => (bytes += chunk.length))
  incoming.on('end', () => response.end(`${incoming.httpVersion} ${bytes}`))
}

/** Tells of each request, and leaves it unanswered. */
function held() {
  const arrived = Promise.withResolvers<ServerResponse | Http2ServerResponse>()
  return { listener: ((_, response) => arrived.resolve(response)) satisfies Answering, arrived: arrived.promise }
}

async function http1(agent: Agent | false = false, body = ''): Promise<{ status: number | undefined; text: string }> {
  const outgoing = request({ port: server.port, method: 'POST', agent }).end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, text: await text(response) }
}

function http2(): ClientHttp2Session {
  const session = connectHttp2(`http://127.0.0.1:${server.port}`)
  session.on('error', () => {})
  clients.push(session)
  return session
}

const post = (session: ClientHttp2Session, headers = {}) => session.request({ ':method': 'POST', ':path': '/', ...headers })

async function raw(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  clients.push(socket)
  await once(socket, 'connect')
  return socket
}

describe('the protocol of a connection', () => {
  test('is HTTP/1.1 or HTTP/2, on one port, with bodies of any size', async () => {
    await listen(sized)
    const body = 'x'.repeat(3_000_000)
    expect(await http1(false, body)).toEqual({ status: 200, text: '1.1 3000000' })
    expect(await text(post(http2()).end(body))).toBe('2.0 3000000')
  })

  test('is told when each byte comes by itself', async () => {
    await listen(sized)
    const socket = await raw()
    socket.setNoDelay(true)
    for (const byte of 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab') {
      await new Promise((resolve) => socket.write(byte, resolve))
    }
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK.*1\.1 2/s)
    const relay = await raw()
    const session = connectHttp2('http://127.0.0.1', { createConnection: () => relay })
    relay.setNoDelay(true)
    expect(await text(post(session).end('abc'))).toBe('2.0 3')
  })
})

describe('a slow client', () => {
  test.each([
    ['silent', ''],
    ['slow with its first line', 'P'],
    ['slow with its head', 'POST / HTTP/1.1\r\nHost:'],
    ['of HTTP/2 without a request', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('that is %s is cut off', async (_, says) => {
    await listen(sized, { headersWithinMs: 200 })
    const socket = await raw()
    socket.resume()
    if (says !== '') socket.write(says)
    await once(socket, 'close')
  })

  test('that is slow with its body is cut off, in both protocols', async () => {
    await listen(sized, { headersWithinMs: 200, requestWithinMs: 400 })
    const socket = await raw()
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /)
    const session = http2()
    const stream = post(session)
    stream.write('half')
    await once(stream, 'close')
    expect([stream.rstCode, session.closed]).toEqual([constants.NGHTTP2_CANCEL, false])
  })

  test('that is slow with its body is waited for until then', async () => {
    await listen(sized, { headersWithinMs: 100, requestWithinMs: 60_000 })
    const stream = post(http2())
    stream.write('half')
    await systemClock.sleep(300, 'deadline')
    expect(await text(stream.end('more'))).toBe('2.0 8')
  })
})

test('a head of more than 16 KiB is refused, in both protocols', async () => {
  await listen(sized)
  const header = { 'x-long': 'x'.repeat(20_000) }
  const outgoing = request({ port: server.port, headers: header }).end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(431)
  const session = http2()
  // The limit is a setting, which holds from the moment when the client has heard of it.
  await once(session, 'remoteSettings')
  const stream = post(session, header).end()
  await expect(once(stream, 'close')).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' })
  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
})

test('a client of HTTP/1.1 that does not wait for answers gets the first 32, and is told to ask for the others again', async () => {
  let served = 0
  await listen((_, response) => setImmediate(() => response.end(`answer ${++served};`)))
  const socket = await raw()
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200))
  const answers = (await text(socket)).split('HTTP/1.1 200 OK').slice(1)
  expect([served, answers.length]).toEqual([32, 32])
  expect(answers.map((answer) => answer.includes('Connection: close'))).toEqual([...Array(31).fill(false), true])
})

test('a client of HTTP/1.1 that waits for answers sends as many requests as it likes', async () => {
  await listen(sized)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let sent = 0; sent < 100; sent++) expect((await http1(agent, 'ab')).text).toBe('1.1 2')
  expect(server.underWay).toBe(0)
  agent.destroy()
})

describe('the end', () => {
  test('comes at once where nothing is under way, and leaves no socket', async () => {
    await listen(sized)
    const agent = new Agent({ keepAlive: true })
    await http1(agent)
    const session = http2()
    await text(post(session).end())
    const undecided = await raw()
    const closed = Promise.all([once(session, 'close'), once(undecided, 'close')])
    const startedAt = performance.now()
    expect(await server.close(soon(30_000))).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    await closed
    agent.destroy()
    clients.length = 0
    await expect.poll(() => process.getActiveResourcesInfo().filter((name) => /TCP/.test(name))).toEqual([])
  })

  test.each(['http/1.1', 'http/2'])('waits for a request of %s under way, and refuses new connections', async (protocol) => {
    const { listener, arrived } = held()
    await listen(listener)
    const agent = new Agent({ keepAlive: true })
    const answer = protocol === 'http/2' ? text(post(http2()).end()) : http1(agent).then((given) => given.text)
    const response = await arrived
    const { port } = server
    const closed = server.close(soon(30_000))
    expect(server.underWay).toBe(1)
    const late = connect(port, '127.0.0.1')
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
    response.end('done')
    expect([await answer, await closed, server.underWay]).toEqual(['done', 0, 0])
    agent.destroy()
  })

  test('waits for an answer that has begun', async () => {
    const { listener, arrived } = held()
    await listen(listener)
    const agent = new Agent({ keepAlive: true })
    const answer = http1(agent)
    const response = (await arrived) as ServerResponse
    response.write('begun, ')
    const closed = server.close(soon(30_000))
    response.end('done')
    expect([(await answer).text, await closed]).toEqual(['begun, done', 0])
    agent.destroy()
  })

  test('cuts off at its deadline what is left, and counts it', async () => {
    const { listener, arrived } = held()
    await listen(listener)
    const cut = http1().catch((error: NodeJS.ErrnoException) => error.code)
    await arrived
    expect(await server.close(soon(100))).toBe(1)
    expect(await cut).toBe('ECONNRESET')
  })
})
