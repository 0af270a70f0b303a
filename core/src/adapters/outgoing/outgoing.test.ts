import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SafeHttp } from './http.ts'
import { outsideOr } from './inside-addresses.ts'
import { SafeMails } from './mails.ts'

const LOOPBACK = ['127.0.0.0/8', '::1']

let ca: string
let key: string
const servers: Server[] = []
const clients: SafeHttp[] = []
/** What reached a server: requests, and connections that said something. */
const reached: string[] = []

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'outgoing-'))
  const names = ['-addext', 'subjectAltName=DNS:localhost,DNS:inside.example,IP:127.0.0.1,IP:::1']
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem', '-out', 'ca.pem']
  execFileSync('openssl', ['req', '-x509', ...fresh, '-days', '2', '-subj', '/CN=localhost', ...names], {
    cwd: folder,
    stdio: 'pipe',
  })
  ca = readFileSync(join(folder, 'ca.pem'), 'utf8')
  key = readFileSync(join(folder, 'key.pem'), 'utf8')
  rmSync(folder, { recursive: true })
})

afterEach(async () => {
  reached.length = 0
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

afterAll(() => {
  for (const server of servers) server.close()
})

const client = (allowed: readonly string[], options: object = {}): SafeHttp => {
  const made = new SafeHttp({ mayConnect: outsideOr(allowed), ca, ...options })
  clients.push(made)
  return made
}

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const answering: RequestListener = (request, response) => {
  reached.push(request.url ?? '')
  if (request.url === '/redirect') return void response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  if (request.url === '/large') return void response.end(Buffer.alloc(100_000))
  if (request.url === '/silent') return
  response.end(`hello ${request.headers['x-name'] as string}`)
}

const httpPort = () => listening(createHttpServer(answering))

const httpsPort = () => listening(createHttpsServer({ key, cert: ca }, answering))

describe('an outgoing request', () => {
  it('reaches an allowed address, by http and by https', async () => {
    const http = client(LOOPBACK)
    for (const url of [`http://127.0.0.1:${await httpPort()}/`, `https://localhost:${await httpsPort()}/`]) {
      const answer = await http.request({ method: 'POST', url, headers: { 'x-name': 'Ada' }, body: '{}' })
      expect([answer.status, answer.body.toString()]).toEqual([200, 'hello Ada'])
    }
  })

  it.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://0.0.0.0:PORT/',
    'http://[::]:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://169.254.169.254/computeMetadata/v1/',
    'http://10.0.0.1/',
    'http://172.16.9.9/',
    'http://192.168.1.1/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
  ])('to %s is refused', async (url) => {
    const port = String(await httpPort())
    const request = client([]).request({ method: 'GET', url: url.replace('PORT', port) })
    await expect(request).rejects.toMatchObject({ code: 'address-refused' })
    expect(reached).toEqual([])
  })

  it.each(['https://127.0.0.1:PORT/', 'https://localhost:PORT/', 'https://[::ffff:127.0.0.1]:PORT/', 'https://2130706433:PORT/'])(
    'to %s is refused before TLS begins',
    async (url) => {
      const port = String(await httpsPort())
      const request = client([]).request({ method: 'GET', url: url.replace('PORT', port) })
      await expect(request).rejects.toMatchObject({ code: 'address-refused' })
      expect(reached).toEqual([])
    },
  )

  it('is refused when one address of a name is inside, and when a name turns to an address inside', async () => {
    const port = await httpPort()
    const outside = { address: '93.184.215.14', family: 4 }
    const inside = { address: '127.0.0.1', family: 4 }
    for (const addresses of [[inside], [outside, inside]]) {
      const resolve = (_: string, done: (error: null, found: object[]) => void) => done(null, addresses)
      const request = client([], { resolve }).request({ method: 'GET', url: `http://inside.example:${port}/` })
      await expect(request).rejects.toMatchObject({ code: 'address-refused' })
    }
    expect(reached).toEqual([])
  })

  it('connects to the address that was checked: the name is looked up once', async () => {
    const port = await httpPort()
    let lookups = 0
    const resolve = (_: string, done: (error: null, found: object[]) => void) => {
      lookups++
      done(null, [{ address: '127.0.0.1', family: 4 }])
    }
    const http = client(LOOPBACK, { resolve })
    expect((await http.request({ method: 'GET', url: `http://inside.example:${port}/` })).status).toBe(200)
    expect(lookups).toBe(1)
  })

  it('follows no redirect', async () => {
    const url = `http://127.0.0.1:${await httpPort()}/redirect`
    expect((await client(LOOPBACK).request({ method: 'GET', url })).status).toBe(302)
    expect(reached).toEqual(['/redirect'])
  })

  it('ends when the answer is too large, or too late', async () => {
    const base = `http://127.0.0.1:${await httpPort()}`
    const http = client(LOOPBACK, { limits: { totalMs: 300 } })
    await expect(http.request({ method: 'GET', url: `${base}/large` })).rejects.toMatchObject({ code: 'no-answer' })
    await expect(http.request({ method: 'GET', url: `${base}/silent` })).rejects.toMatchObject({ code: 'no-answer' })
  })

  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'no address',
    'https://user:secret@example.com/',
    'http://example.com:25/',
  ])('to %s is refused without a lookup', async (url) => {
    const resolve = () => expect.unreachable()
    await expect(client([], { resolve }).request({ method: 'GET', url })).rejects.toMatchObject({ code: 'address-refused' })
  })

  it('trusts no other certificate', async () => {
    const url = `https://127.0.0.1:${await httpsPort()}/`
    const http = new SafeHttp({ mayConnect: outsideOr(LOOPBACK) })
    clients.push(http)
    await expect(http.request({ method: 'GET', url })).rejects.toMatchObject({ code: 'no-answer' })
  })
})

describe('a mail', () => {
  const mail = { from: 'a@example.com', to: ['b@example.com'], subject: 'One', text: 'Two', messageId: 'one@holdfast' }

  it('is refused when its server is inside, and nothing is said to the server', async () => {
    const port = await listening(createTcpServer((socket) => void socket.once('data', () => reached.push('data'))))
    const mails = new SafeMails({ mayConnect: outsideOr([]) })
    for (const host of ['127.0.0.1', 'localhost']) {
      const server = { host, port, tls: 'none', user: null, password: null } as const
      await expect(mails.send(server, mail)).rejects.toMatchObject({ code: 'address-refused' })
    }
    expect(reached).toEqual([])
  })

  it('waits no longer than its limit for a server that is gone', async () => {
    const port = await listening(createTcpServer((socket) => void socket.destroy()))
    const mails = new SafeMails({ mayConnect: outsideOr(LOOPBACK) })
    const server = { host: '127.0.0.1', port, tls: 'none', user: null, password: null } as const
    await expect(mails.send(server, mail)).rejects.toMatchObject({ code: 'no-answer' })
  })
})
