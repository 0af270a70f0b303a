import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { freePort } from '../ports.ts'
import { TcpProxy } from './tcp-proxy.ts'

let echo: Server
let heard: string[]
let serverSockets: Set<Socket>
let proxy: TcpProxy
let clients: Client[]

/** A client that records what it receives, and how its connection ended. */
class Client {
  readonly socket: Socket
  said = ''
  error: NodeJS.ErrnoException | null = null
  closed = false

  constructor() {
    this.socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk) => (this.said += chunk.toString()))
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error))
    this.socket.on('close', () => (this.closed = true))
    clients.push(this)
  }

  say(text: string): void {
    this.socket.write(text)
  }

  async hears(text: string): Promise<void> {
    await vi.waitFor(() => expect(this.said).toBe(text), { timeout: 5_000, interval: 5 })
  }

  async ends(): Promise<void> {
    await vi.waitFor(() => expect(this.closed).toBe(true), { timeout: 5_000, interval: 5 })
  }
}

beforeEach(async () => {
  heard = []
  clients = []
  serverSockets = new Set()
  echo = createServer((socket) => {
    serverSockets.add(socket)
    socket.on('close', () => serverSockets.delete(socket))
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      heard.push(chunk.toString())
      socket.write(chunk)
    })
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const address = echo.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')
  proxy = await TcpProxy.start(await freePort(), address.port)
})

afterEach(async () => {
  for (const { socket } of clients) socket.destroy()
  await proxy.close()
  for (const socket of serverSockets) socket.destroy()
  echo.close()
})

const openClient = async (): Promise<Client> => {
  const client = new Client()
  client.say('hello ')
  await client.hears('hello ')
  return client
}

test('pass: bytes go both ways, and each side learns that the other has ended', async () => {
  const client = await openClient()
  client.say('x'.repeat(5_000_000))
  await vi.waitFor(() => expect(client.said.length).toBe(5_000_006), { timeout: 5_000 })
  client.socket.end()
  await client.ends()
  expect(client.error).toBeNull()
  await vi.waitFor(() => expect(serverSockets.size).toBe(0), { timeout: 15_000 })
  await vi.waitFor(() => expect(proxy.counts).toEqual({ accepted: 1, cut: 0, open: 0 }), { timeout: 15_000 })
})

test("pass: a server that ends or resets ends its client's connection", async () => {
  const [one, two] = [await openClient(), await openClient()]
  const [first, second] = [...serverSockets]
  first?.end()
  await one.ends()
  expect(one.error).toBeNull()
  second?.resetAndDestroy()
  await two.ends()
  expect(two.error?.code).toBe('ECONNRESET')
})

test('a missing server resets the client', async () => {
  echo.close()
  await once(echo, 'close')
  const client = new Client()
  await client.ends()
  expect(client.error?.code).toBe('ECONNRESET')
})

test('refuse: new connections are refused and open ones reset; afterwards everything is as before', async () => {
  const before = await openClient()
  await proxy.change({ how: 'refuse' })
  await before.ends()
  expect(before.error?.code).toBe('ECONNRESET')
  const during = new Client()
  await during.ends()
  expect(during.error?.code).toBe('ECONNREFUSED')
  await proxy.change({ how: 'pass' })
  await openClient()
})

test('hang: new and open connections are accepted but dead, also after the fault', async () => {
  const before = await openClient()
  await proxy.change({ how: 'hang' })
  const during = new Client()
  await once(during.socket, 'connect')
  for (const client of [before, during]) client.say('anybody?')
  // The server ends, and its client receives nothing of it.
  for (const socket of serverSockets) socket.end()
  await pause(200)
  await proxy.change({ how: 'pass' })
  before.say('now?')
  await openClient()
  expect([before.said, before.closed, during.said, during.closed]).toEqual(['hello ', false, '', false])
  expect(heard).toEqual(['hello ', 'hello '])
  before.socket.end()
  during.socket.destroy()
  await vi.waitFor(() => expect(proxy.counts.open).toBe(1), { timeout: 15_000 })
})

test('freeze: nothing arrives during the fault, and everything arrives in order after it', async () => {
  const before = await openClient()
  await proxy.change({ how: 'freeze' })
  const during = new Client()
  before.say('one ')
  during.say('other')
  await pause(200)
  before.say('two')
  expect([before.said, during.said, heard]).toEqual(['hello ', '', ['hello ']])
  await proxy.change({ how: 'pass' })
  await before.hears('hello one two')
  await during.hears('other')
})

test('slow: each chunk arrives late and in order, each way; afterwards no chunk overtakes it', async () => {
  const client = await openClient()
  await proxy.change({ how: 'slow', delayMs: 100 })
  const words = Array.from({ length: 50 }, (_, index) => `${index} `)
  let saidAt = 0
  for (const word of words) {
    await pause(5)
    saidAt = performance.now()
    client.say(word)
  }
  await client.hears(`hello ${words.join('')}`)
  const took = performance.now() - saidAt
  expect(took).toBeGreaterThan(195)
  // The delays overlap, because the fault is latency. A narrow line would take ten seconds.
  expect(took).toBeLessThan(4_000)
  client.say('late ')
  await proxy.change({ how: 'pass' })
  client.say('early')
  await client.hears(`hello ${words.join('')}late early`)
})

test('slow: a connection that ends delivers its last bytes first', async () => {
  const client = await openClient()
  await proxy.change({ how: 'slow', delayMs: 100 })
  client.socket.end('last words')
  await client.ends()
  expect(client.said).toBe('hello last words')
})

test('cut: connections die in the middle of responses, each after a number of bytes that the seed decides', async () => {
  const lengths = async (seed: number): Promise<number[]> => {
    const client = await openClient()
    await proxy.change({ how: 'cut', seed, leastBytes: 100, mostBytes: 1000 })
    const all: number[] = []
    for (const each of [client, new Client(), new Client(), new Client()]) {
      each.say('x'.repeat(2000))
      await each.ends()
      expect(each.error?.code).toBe('ECONNRESET')
      all.push(each.said.replace('hello ', '').length)
    }
    await proxy.change({ how: 'pass' })
    return all
  }
  const first = await lengths(7)
  expect(Math.min(...first)).toBeGreaterThanOrEqual(100)
  expect(Math.max(...first)).toBeLessThan(1000)
  expect(new Set(first).size).toBe(4)
  expect(await lengths(7)).toEqual(first)
  expect(await lengths(8)).not.toEqual(first)
  expect(proxy.counts.cut).toBe(12)
  await openClient()
})
