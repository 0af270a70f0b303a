import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { LiveSocket } from '../app/live-sockets.ts'
import { HttpServer } from './http-server.ts'
import { WebSockets } from './web-sockets.ts'

let server: HttpServer
let opened: LiveSocket[]

beforeEach(async () => {
  opened = []
  const webSockets = new WebSockets({
    admit: async (url, _headers, open) => {
      if (url.includes('refused')) return Response.json({ message: 'no' }, { status: 401 })
      const socket = open()
      if (socket) opened.push(socket)
      socket?.send('hello')
      return null
    },
    close: () => opened.map((socket) => socket.close(1001, 'ending')),
    destroy: () => opened.map((socket) => socket.terminate()),
  })
  const limits = { clock: systemClock, requestWithinMs: 60_000 }
  server = await HttpServer.listen({ port: 0, listener: (_, response) => void response.end('plain'), webSockets, ...limits })
})

afterEach(async () => {
  if (!server.isLeaving) await server.close(new Deadline(systemClock, 0))
})

const address = (path: string) => `127.0.0.1:${server.port}${path}`

test('a WebSocket opens by an upgrade, and is told when the server ends', async () => {
  const socket = new WebSocket(`ws://${address('/ws')}`)
  const [text] = (await once(socket, 'message')) as [Buffer]
  expect(String(text)).toBe('hello')
  const closed = once(socket, 'close')
  expect(await server.close(new Deadline(systemClock, 10_000))).toBe(0)
  expect((await closed)[0]).toBe(1001)
})

test('one that is refused gets the answer of HTTP, and another path or protocol none', async () => {
  const socket = new WebSocket(`ws://${address('/ws?refused')}`)
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(response.statusCode).toBe(401)
  socket.on('error', () => {}).terminate()
  const plain = await fetch(`http://${address('/ws')}`)
  expect(await plain.text()).toBe('plain')
  const other = new WebSocket(`ws://${address('/elsewhere')}`)
  const [, answer] = (await once(other, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(answer.statusCode).toBe(200)
  other.on('error', () => {}).terminate()
})

test('a WebSocket opens over HTTP/2 as well', async () => {
  const session = connectHttp2(`http://${address('')}`)
  await once(session, 'remoteSettings')
  expect(session.remoteSettings.enableConnectProtocol).toBe(true)
  const stream = session.request(
    { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/ws', ':scheme': 'http' },
    { endStream: false },
  )
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  expect(headers[':status']).toBe(200)
  const [frame] = (await once(stream, 'data')) as [Buffer]
  // A whole text of five bytes, not masked.
  expect(frame).toEqual(Buffer.from([0x81, 5, ...Buffer.from('hello')]))
  session.destroy()
})
