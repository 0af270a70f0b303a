import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpsServer, get, type Server as HttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { SessionProxy } from '@holdfast/core/session/proxy-settings'
import { proxyAgent } from '../../runner/src/network/proxy-tunnel.ts'
import { ConnectProxy } from '../support/connect-proxy.ts'
import { makeCertificate } from '../support/google-recorder/certificates.ts'

const HOST = 'web.example.com'

let proxy: ConnectProxy
let server: HttpsServer
let ca: Buffer
const folder = mkdtempSync(join(tmpdir(), 'holdfast-tunnel-'))

beforeAll(async () => {
  const { key, cert, caFile } = makeCertificate(folder)
  ca = readFileSync(caFile)
  proxy = await ConnectProxy.start('me:secret')
  server = createHttpsServer({ key, cert }, (_, answer) => answer.end('hello from behind'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  server.close()
  await proxy.close()
})

const portOf = (address: string | AddressInfo | null): number => (address as AddressInfo).port

/** Asks the server through a proxy. Resolves with the body of its answer. */
async function ask(through: Partial<SessionProxy> & { readonly port: number }, host = HOST): Promise<string> {
  const to: SessionProxy = { scheme: 'http', host: '127.0.0.1', username: 'me', password: 'secret', ...through }
  const open = (at: { readonly host: string; readonly port: number }) =>
    new Promise<Socket>((done, fail) => {
      const socket: Socket = connect(at.port, at.host, () => done(socket)).once('error', fail)
    })
  const agent = proxyAgent(to, { isSecure: true, timeoutMs: 1000, connect: open })
  const request = get({ host, port: portOf(server.address()), agent, ca })
  const [answer] = (await once(request, 'response')) as [NodeJS.ReadableStream]
  return text(answer)
}

const port = (): number => Number(proxy.address.split(':')[1])

describe('a tunnel through a proxy', () => {
  test('carries TLS with the host behind it, whose certificate is checked', async () => {
    expect(await ask({ port: port() })).toBe('hello from behind')
    expect(proxy.asked.at(-1)?.target).toBe(`${HOST}:${portOf(server.address())}`)
    await expect(ask({ port: port() }, 'web.example.org')).rejects.toThrow('altnames')
  })

  test('is refused by the proxy without its password, which no error names', async () => {
    const refused = await ask({ port: port(), password: 'guessed' }).catch(String)
    expect(refused).toContain('The proxy answered 407')
    expect(refused).not.toContain('guessed')
  })

  test.each<[string, (socket: Socket) => void, string]>([
    ['says nothing', () => undefined, 'did not answer within 1000 ms'],
    [
      'speaks something else',
      (socket: Socket) => void socket.write('220 mail.example.com ESMTP\r\n\r\n'),
      'something else than HTTP',
    ],
    ['sends a head without an end', (socket: Socket) => void socket.write('x'.repeat(20_000)), 'something else than HTTP'],
    ['hangs up', (socket: Socket) => void socket.end(), 'closed the connection'],
  ])('ends with an error when the proxy %s', async (_, speak, words) => {
    const other = createServer((socket) => {
      socket.on('error', () => undefined)
      speak(socket)
    })
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    await expect(ask({ port: portOf(other.address()) })).rejects.toThrow(words)
  })
})
