import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Bucket } from '@google-cloud/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../../platform/ports.ts'
import { Crc32c } from '../../platform/crc32c.ts'
import { ObjectBytes } from './object-bytes.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

/** The answers to the requests, in their order. */
let answers: Answer[]
let asked: string[]
let removed: string[]
let pauses: number[]
let server: Server

beforeEach(async () => {
  answers = []
  asked = []
  removed = []
  pauses = []
  server = createServer((request, response) => {
    const { range = '', authorization = '' } = request.headers
    asked.push([request.method, request.url, range, authorization].join(' ').trim())
    answers.shift()?.(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function bytesOf({ customEndpoint = true, silenceMs = 20_000 } = {}): ObjectBytes {
  let credentials = { access_token: 'token', expiry_date: Date.now() + 3_600_000 }
  const storage = {
    apiEndpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    customEndpoint,
    authClient: {
      getRequestHeaders: async () => {
        if (credentials.expiry_date < Date.now()) credentials = { access_token: 'renewed', expiry_date: Date.now() + 3_600_000 }
        return new Headers({ authorization: `Bearer ${credentials.access_token}` })
      },
      getClient: async () => ({
        get credentials() {
          return credentials
        },
        setCredentials: (given: typeof credentials) => void (credentials = given),
      }),
    },
  }
  const file = (name: string) => ({
    delete: async ({ ifGenerationMatch }: { ifGenerationMatch: string }) => void removed.push(`${name} ${ifGenerationMatch}`),
  })
  const clock = { sleep: async (delayMs: number) => void pauses.push(delayMs) } as unknown as Clock
  const random = { fraction: () => 1, bytes: () => Buffer.alloc(0) }
  return new ObjectBytes({
    bucket: { name: 'b', storage, file } as unknown as Bucket,
    clock,
    random,
    silenceMs,
    readSilenceMs: silenceMs,
  })
}

const says =
  (status: number, body = ''): Answer =>
  (_, response) =>
    response.writeHead(status).end(body)

const read = (end: number, bytes = bytesOf()) => buffer(bytes.read('folder/name', { start: 2, end }, () => {}))

async function* parts(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text)
}

const stores =
  (checksum?: string): Answer =>
  async (request, response) => {
    const sum = new Crc32c()
    sum.update(await buffer(request))
    response.end(JSON.stringify({ crc32c: checksum ?? sum.toString(), generation: '7' }))
  }

test('a part that cannot be had at once is asked for again, after longer and longer pauses', async () => {
  answers = [says(503), says(429), (request) => request.destroy(), says(206, 'cd')]
  expect((await read(4)).toString()).toBe('cd')
  expect(asked).toEqual(Array.from({ length: 4 }, () => 'GET /storage/v1/b/b/o/folder%2Fname?alt=media bytes=2-3'))
  expect(pauses).toEqual([1000, 2000, 4000])
})

test('a store that stays away is given up, and what it says no to is not asked for again', async () => {
  answers = Array.from({ length: 5 }, () => says(500, 'Sorry.'))
  await expect(read(4)).rejects.toMatchObject({ code: 500, message: 'Sorry.' })
  expect(asked).toHaveLength(4)
  answers = [says(404, JSON.stringify({ error: { code: 404, message: 'The specified bucket does not exist.' } }))]
  await expect(read(4)).rejects.toMatchObject({ code: 404, message: 'The specified bucket does not exist.' })
  expect(asked).toHaveLength(5)
})

test('an answer that is not the part is never taken for it', async () => {
  answers = Array.from({ length: 4 }, () => says(200, 'abcd'))
  await expect(read(4)).rejects.toThrow('answered 200')
})

test('bytes that stand still in the middle are asked for on another connection', async () => {
  answers = [(_, response) => void response.writeHead(206, { 'content-length': 4 }).write('ab'), says(206, 'cd')]
  expect((await read(6, bytesOf({ silenceMs: 50 }))).toString()).toBe('abcd')
  expect(asked[1]).toContain('bytes=4-5')
  expect(pauses).toEqual([])
})

test('bytes are stored with one request, whose answer proves that they are the same', async () => {
  answers = [stores()]
  await bytesOf().create('folder/name', parts('ab', 'c'.repeat(300_000)))
  const query = 'uploadType=media&name=folder%2Fname&ifGenerationMatch=0&fields=crc32c%2Cgeneration'
  expect(asked).toEqual([`POST /upload/storage/v1/b/b/o?${query}`])
  expect(removed).toEqual([])
})

test('an object with other bytes than those that were sent is removed', async () => {
  answers = [stores('AAAAAA==')]
  await expect(bytesOf().create('folder/name', parts('ab'))).rejects.toThrow('other bytes')
  expect(removed).toEqual(['folder/name 7'])
})

test('a store that does not answer to the bytes, or refuses them before it has all, is not waited for', async () => {
  answers = [() => {}]
  await expect(bytesOf({ silenceMs: 50 }).create('x', parts('ab'))).rejects.toThrow('Timeout')
  answers = [says(412, 'No.')]
  const endless = async function* () {
    for (;;) yield Buffer.alloc(100_000)
  }
  await expect(bytesOf().create('x', endless())).rejects.toMatchObject({ code: 412 })
})

test('the credentials go to Google, and to no stand-in', async () => {
  answers = [says(206, 'cd'), stores(), says(206, 'cd')]
  const google = bytesOf({ customEndpoint: false })
  await read(4, google)
  await google.create('x', parts('ab'))
  await read(4)
  expect(asked.map((line) => line.endsWith('Bearer token'))).toEqual([true, true, false])
})

test('a token that is refused is renewed: a read goes on with it, and bytes to store with the next request', async () => {
  answers = [says(401), says(206, 'cd')]
  expect((await read(4, bytesOf({ customEndpoint: false }))).toString()).toBe('cd')
  expect(asked.map((request) => request.split(' ').at(-1))).toEqual(['token', 'renewed'])
  const bytes = bytesOf({ customEndpoint: false })
  answers = [says(401), stores()]
  await expect(bytes.create('x', parts('ab'))).rejects.toMatchObject({ code: 401 })
  await bytes.create('x', parts('ab'))
  expect(asked.map((request) => request.split(' ').at(-1))).toEqual(['token', 'renewed', 'token', 'renewed'])
})

test('a token that is refused twice is no reason to ask for ever', async () => {
  answers = [says(401), says(401, 'Go away.')]
  await expect(read(4, bytesOf({ customEndpoint: false }))).rejects.toMatchObject({ code: 401, message: 'Go away.' })
})
