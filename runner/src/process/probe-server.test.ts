import { networkInterfaces } from 'node:os'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProbeServer } from './probe-server.ts'

const state: { startup: string | null; live: string | null } = { startup: 'Firestore does not answer.', live: null }

let server: ProbeServer
let url: string

beforeAll(async () => {
  server = await ProbeServer.listen(0, { startup: () => state.startup, live: () => state.live })
  url = `http://127.0.0.1:${server.port}`
})

afterAll(() => server.close())

const get = async (path: string, init: RequestInit = {}, base = url): Promise<[number, unknown]> => {
  const response = await fetch(`${base}${path}`, init)
  return [response.status, await response.json()]
}

test('each probe returns whether the process is well, and the reason if not', async () => {
  expect(await get('/startup')).toEqual([503, { status: 'unavailable', reason: 'Firestore does not answer.' }])
  expect(await get('/live')).toEqual([200, { status: 'ok' }])
  Object.assign(state, { startup: null, live: 'Stuck.' })
  expect(await get('/startup')).toEqual([200, { status: 'ok' }])
  expect(await get('/live')).toEqual([503, { status: 'unavailable', reason: 'Stuck.' }])
})

test('other paths and methods are not found', async () => {
  for (const path of ['/', '/health', '/live/', '/live?deep=1', '/startup/x', '/__proto__', '/toString', '/constructor']) {
    expect(await get(path), path).toEqual([404, { status: 'not-found' }])
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await get('/live', { method, body: method === 'OPTIONS' ? null : 'x' }))[0], method).toBe(404)
  }
})

test('a connection that does not speak HTTP is answered with 400 and closed', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('\u0000\u0001 no request\r\n\r\n'))
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect((await get('/startup'))[0]).toBe(200)
})

test('the server listens on every interface', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)
  // A machine without a network has only the loopback interface.
  if (outside) expect((await get('/startup', {}, `http://${outside.address}:${server.port}`))[0]).toBe(200)
})

test('a port in use is an error at once', async () => {
  await expect(ProbeServer.listen(server.port, { startup: () => null, live: () => null })).rejects.toThrow('EADDRINUSE')
})
