import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { hostsOf, knock, outcomeOf, resolves, type Target, targetOf } from './probe.ts'
import { Prober } from './prober.ts'

const monotonic = () => systemClock.monotonic()
const never = new AbortController().signal

let server: Server
/** Sockets that are open at the server's side. */
let open: Set<Socket>
let onConnection: (socket: Socket) => void

beforeEach(async () => {
  open = new Set()
  onConnection = () => {}
  server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  for (const socket of open) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

const at = (until: Target['until'], port = (server.address() as { port: number }).port): Target => ({
  host: '127.0.0.1',
  port,
  until,
})

/** Lets every accepted connection be read, so that the server hears its end. */
const reading = (socket: Socket) => socket.resume()
const answering = (socket: Socket) => socket.once('data', () => socket.write('HTTP/1.1 426 Upgrade Required\r\n\r\n'))

const allClosed = async () => {
  while (open.size > 0) await once([...open][0] as Socket, 'close')
}

describe('a probe', () => {
  test('ends when the connection stands, and closes it', async () => {
    onConnection = reading
    await knock(at('connected'), never)
    await allClosed()
  })

  test('of a server without TLS asks for an answer, because a network that swallows bytes accepts connections too', async () => {
    onConnection = answering
    await knock(at('answered'), never)
    await allClosed()
    onConnection = reading
    const leaves = AbortSignal.timeout(300)
    expect(await outcomeOf(knock(at('answered'), leaves), monotonic)).toMatchObject({ ok: false, error: 'ETIMEDOUT' })
    await allClosed()
  })

  test('of a server with TLS ends only with a certificate that this machine trusts', async () => {
    onConnection = (socket) => reading(socket).end('no TLS at all')
    const { ok, error } = await outcomeOf(knock(at('trusted'), never), monotonic)
    expect(ok).toBe(false)
    expect(error).toMatch(/^[A-Z_]+$/)
    await allClosed()
  })

  test('says why it failed, by a code', async () => {
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    expect(await outcomeOf(knock(at('connected', port), never), monotonic)).toEqual({
      ok: false,
      ms: null,
      error: 'ECONNREFUSED',
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onConnection = (socket) => socket.resetAndDestroy()
    expect(await outcomeOf(knock(at('answered'), never), monotonic)).toMatchObject({ ok: false, error: 'ECONNRESET' })
  })

  test('that is cancelled leaves nothing behind', async () => {
    const leaving = new AbortController()
    leaving.abort()
    expect(await outcomeOf(knock(at('answered'), leaving.signal), monotonic)).toMatchObject({ ok: false, error: 'ETIMEDOUT' })
    await allClosed()
  })
})

test('a name resolves or does not; an address needs no resolver', async () => {
  await resolves('127.0.0.1', never)
  await resolves('localhost', never)
  expect((await outcomeOf(resolves('no-such-name.invalid', AbortSignal.timeout(20_000)), monotonic)).ok).toBe(false)
})

test('the target of a WebSocket is its host, with TLS where the address has it', () => {
  expect(targetOf(new URL('wss://web.whatsapp.com/ws/chat'))).toEqual({ host: 'web.whatsapp.com', port: 443, until: 'trusted' })
  expect(targetOf(new URL('ws://127.0.0.1:9/ws/chat'))).toEqual({ host: '127.0.0.1', port: 9, until: 'answered' })
  expect(targetOf(new URL('ws://[::1]:9/'))).toMatchObject({ host: '::1' })
})

test.each([
  ['none', []],
  ['example.org:443', [{ host: 'example.org', port: 443 }]],
  [
    'a:1, [::1]:2',
    [
      { host: 'a', port: 1 },
      { host: '::1', port: 2 },
    ],
  ],
  ['example.org', null],
  ['https://example.org:443', null],
  ['example.org:0', null],
  ['example.org:443,', null],
  ['', null],
])('the hosts in %j', (text, hosts) => {
  expect(hostsOf(text)).toEqual(hosts)
})

describe('a look at the network', () => {
  const look = (options: Partial<ConstructorParameters<typeof Prober>[0]>) =>
    new Prober({ clock: systemClock, whatsapp: at('answered'), neutral: [], limitMs: 5000, ...options })

  test('asks all targets at once', async () => {
    onConnection = answering
    const outcomes = await look({ neutral: [at('connected')] }).look()
    expect(outcomes).toMatchObject({ dns: { ok: true }, whatsapp: { ok: true }, neutral: { ok: true } })
    await allClosed()
  })

  test('asks no neutral host where none is set', async () => {
    onConnection = answering
    expect(Object.keys(await look({}).look())).toEqual(['dns', 'whatsapp'])
  })

  test('is content with one neutral host of several, and leaves the others', async () => {
    onConnection = answering
    const { neutral } = await look({ neutral: [at('connected', 1), at('connected')] }).look()
    expect(neutral?.ok).toBe(true)
    await allClosed()
  })

  test('ends at its limit, with no socket left', async () => {
    onConnection = reading
    const outcomes = await look({ limitMs: 200 }).look()
    expect(outcomes.whatsapp).toEqual({ ok: false, ms: null, error: 'ETIMEDOUT' })
    await allClosed()
  })

  test('ends when the runner leaves, with no socket left', async () => {
    const prober = look({ limitMs: 60_000 })
    onConnection = (socket) => {
      reading(socket)
      prober.stop()
    }
    expect((await prober.look()).whatsapp?.ok).toBe(false)
    await allClosed()
  })
})
