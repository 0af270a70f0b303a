import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { ConnectProxy } from '../support/connect-proxy.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { rawApi } from '../support/raw-api.ts'

vi.setConfig({ testTimeout: 120_000 })

const PASSWORD = 'the password of the proxy'

let world: EngineWorld
let proxy: ConnectProxy

beforeAll(async () => {
  proxy = await ConnectProxy.start(`me:${PASSWORD}`)
  const runnerEnv = { ALLOW_INSIDE_ADDRESSES: '127.0.0.1', RECONNECT_NETWORK_FIRST_MS: '300', RECONNECT_NETWORK_LIMIT_MS: '1000' }
  world = await EngineWorld.start({ runnerEnv })
}, 120_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await proxy?.close()
})

async function useProxy(chat: Chat, password: string): Promise<void> {
  const config = { proxy: { server: proxy.address, username: 'me', password } }
  const answer = await rawApi(world)('PUT', `/api/sessions/${chat.name}`, { config })
  expect(answer).toMatchObject({ status: 200, body: { config: { proxy: { server: proxy.address, username: 'me' } } } })
  expect(JSON.stringify(answer)).not.toContain(password)
}

/** A medium in each direction asks the proxy for the host of files. */
async function mediaPassThrough(chat: Chat): Promise<void> {
  const before = proxy.asked.length
  const received = { to: chat.phone, kind: 'document', size: 1000, mimetype: 'application/pdf', filename: 'a.pdf' }
  await world.post(`/contacts/${chat.contact}/send-media`, received)
  const collection = receivedMediaPath(chat.sessionId)
  const stored = async () => world.google.documents.query({ collection, where: [['state', '==', 'stored']] })
  await eventually(async () => expect(await stored()).toHaveLength(1))
  expect(proxy.asked.length).toBe(before + 1)
  const file = { mimetype: 'application/pdf', filename: 'b.pdf', data: Buffer.from('a file').toString('base64') }
  const { status, body } = await rawApi(world)('POST', '/api/sendFile', {
    session: chat.name,
    chatId: `${chat.contact}@c.us`,
    file,
  })
  expect(status).toBe(201)
  await chat.untilStatus(body, 'delivered')
  expect(proxy.asked.length).toBe(before + 2)
}

/** Cuts the session's connection, and waits until it is there again. */
async function reconnect(chat: Chat): Promise<void> {
  const { logins } = await chat.account()
  await chat.fault('drop')
  await eventually(async () => expect((await chat.account()).logins).toBeGreaterThan(logins))
  await chat.works()
}

test('a session with a proxy connects through it and never without it, and its password is nowhere to be read', async () => {
  const chat = await world.linked('proxied')
  expect(proxy.asked).toEqual([])
  await useProxy(chat, PASSWORD)
  await reconnect(chat)
  const [asked] = proxy.asked
  expect(asked?.target).toBe(new URL((await world.whatsappAddress()).url).host)
  await chat.receive('through the proxy')
  await eventually(async () => expect(await chat.stored()).toContain('through the proxy'))
  await chat.untilStatus(await chat.send('and back'), 'delivered')
  await mediaPassThrough(chat)

  await proxy.close()
  const { logins } = await chat.account()
  await eventually(async () => expect((await world.api.session(chat.name)).state).toBe('BACKOFF'))
  await eventually(async () => expect((await chat.account()).connected).toBe(false))
  await proxy.open()
  await chat.works()
  expect((await chat.account()).logins).toBe(logins + 1)

  await useProxy(chat, 'another password')
  const before = proxy.asked.length
  await chat.fault('drop')
  await eventually(() => expect(proxy.asked.length).toBeGreaterThan(before + 1))
  await eventually(async () =>
    expect(await world.api.session(chat.name)).toMatchObject({
      state: 'BACKOFF',
      reason: 'proxy-refused',
      userAction: expect.stringContaining('config.proxy') as string,
    }),
  )
  expect((await chat.account()).logins).toBe(logins + 1)
  await useProxy(chat, PASSWORD)
  await chat.works()

  expect(JSON.stringify(await world.api.session(chat.name))).not.toContain(PASSWORD)
  expect(JSON.stringify(await chat.document())).not.toContain(PASSWORD)
  const logs = await world.logs()
  for (const text of [PASSWORD, Buffer.from(`me:${PASSWORD}`).toString('base64')]) expect(logs).not.toContain(text)
})
