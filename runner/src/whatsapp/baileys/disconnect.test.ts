import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { initAuthCreds, makeWASocket, type BinaryNode, type WASocket } from '@whiskeysockets/baileys'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import { disconnectOf } from './disconnect.ts'

const NOW = Date.UTC(2026, 10, 22)

let server: Server
let sockets: WASocket[]

/** Starts a server that accepts connections and sends nothing. */
beforeEach(async () => {
  sockets = []
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  for (const socket of sockets) void socket.end(undefined)
  await new Promise((resolve) => server.close(resolve))
})

function dial(port = (server.address() as AddressInfo).port): WASocket {
  const socket = makeWASocket({
    auth: { creds: initAuthCreds(), keys: { get: async () => ({}), set: async () => {} } },
    logger: createLogger('baileys', 'silent'),
    waWebSocketUrl: `ws://127.0.0.1:${port}`,
  })
  sockets.push(socket)
  return socket
}

/** The disconnect that is read from the error at the end of the socket. */
const endOf = (socket: WASocket): Promise<Disconnect> =>
  new Promise((resolve) => {
    socket.ev.on('connection.update', ({ connection, lastDisconnect }) => {
      if (connection === 'close') resolve(disconnectOf(lastDisconnect?.error, NOW))
    })
  })

/** Lets Baileys handle a stanza that ends its socket. */
function endWith(stanza: BinaryNode): Promise<Disconnect> {
  const socket = dial()
  const end = endOf(socket)
  socket.ws.emit(`CB:${stanza.tag}`, stanza)
  return end
}

const streamError = (attrs: Record<string, string>, ...content: BinaryNode[]) => endWith({ tag: 'stream:error', attrs, content })

const conflict = (type: string): BinaryNode => ({ tag: 'conflict', attrs: { type } })

const failure = (attrs: Record<string, string>) => endWith({ tag: 'failure', attrs })

describe('a stream error', () => {
  test.each([503, 515, 516])('with code %s has this code', async (code) => {
    expect(await streamError({ code: String(code) })).toEqual({ code })
  })

  test('without a code, or of an unknown kind, has Baileys’ code 500', async () => {
    expect(await streamError({})).toEqual({ code: 500 })
    expect(await streamError({}, { tag: 'xml-not-well-formed', attrs: {} })).toEqual({ code: 500 })
  })

  test('about a conflict names its type', async () => {
    expect(await streamError({}, conflict('replaced'))).toEqual({ code: 440, conflict: 'replaced' })
    expect(await streamError({ code: '401' }, conflict('device_removed'))).toEqual({ code: 401, conflict: 'device_removed' })
    expect(await streamError({ code: '401' }, conflict('replaced'))).toEqual({ code: 401, conflict: 'replaced' })
  })
})

describe('a failed login', () => {
  test.each([400, 401, 403, 405, 406, 411, 503])('with reason %s has it as its code', async (code) => {
    expect(await failure({ reason: String(code), location: 'lla' })).toEqual({ code })
  })

  test('because of a ban has the duration of the ban when WhatsApp gives it in seconds', async () => {
    expect(await failure({ reason: '402', code: '101', expire: '3600' })).toEqual({ code: 402, banMs: 3_600_000 })
    expect(await failure({ reason: '402' })).toEqual({ code: 402 })
  })

  test('because of a ban has the duration of the ban when WhatsApp gives its end as a time', () => {
    const error = { output: { statusCode: 402 }, data: { reason: '402', expire: String(NOW / 1000 + 60) } }
    expect(disconnectOf(error, NOW)).toEqual({ code: 402, banMs: 60_000 })
  })

  test.each(['soon', '0', '-5', '1e300', String(NOW / 1000 - 60), ''])(
    'because of a ban has no duration when WhatsApp gives %j',
    (expire) => {
      expect(disconnectOf({ output: { statusCode: 402 }, data: { expire } }, NOW)).toEqual({ code: 402 })
    },
  )
})

describe('a broken transport', () => {
  test('is distinguished from a disconnect by WhatsApp, whatever its code', async () => {
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await endOf(dial(port))).toEqual({ code: 408, transport: 'broken' })
    server = createServer().listen(0)
  })

  test('without a system error has Baileys’ code 500 and is recognized all the same', async () => {
    const socket = dial()
    const end = endOf(socket)
    socket.ws.emit('error', Object.assign(new Error('Invalid WebSocket frame'), { code: 'WS_ERR_INVALID_OPCODE' }))
    expect(await end).toEqual({ code: 500, transport: 'broken' })
  })

  test.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 500],
    ['SELF_SIGNED_CERT_IN_CHAIN', 500],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 500],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 500],
    ['CERT_HAS_EXPIRED', 500],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 408],
  ])('with the certificate error %s is untrusted, although Baileys’ code is %s', async (name, code) => {
    const socket = dial()
    const end = endOf(socket)
    socket.ws.emit('error', Object.assign(new Error('a certificate'), { code: name }))
    expect(await end).toEqual({ code, transport: 'untrusted' })
  })

  test('that was only closed has Baileys’ code 428, as an end by the server', async () => {
    const socket = dial()
    const end = endOf(socket)
    socket.ws.emit('close')
    expect(await end).toEqual({ code: 428 })
  })
})

test('an end that we requested, or an error from elsewhere than Baileys, has no code', async () => {
  const socket = dial()
  const end = endOf(socket)
  void socket.end(undefined)
  expect(await end).toEqual({ code: undefined })
  expect(disconnectOf(new TypeError('of somewhere'), NOW)).toEqual({ code: undefined })
})
