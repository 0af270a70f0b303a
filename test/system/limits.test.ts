import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestJson } from '../support/json-request.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/** Limits that WhatsApp announces about an account, from its stanzas to the answer of the API. */

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start()
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const announced = async ({ name }: Chat) => (await world.api.session(name)).pacing?.announced

const lock = (chat: Chat, how: object = {}) => world.post(`/phones/${chat.phone}/reach-out-lock`, { seconds: 3600, ...how })

const lift = (chat: Chat, how: object = {}) =>
  requestJson(`${world.simulator.url}/phones/${chat.phone}/reach-out-lock`, { method: 'DELETE', json: how })

const expectLock = (chat: Chat, type = 'RESTRICT_ALL_COMPANIONS') =>
  eventually(async () => expect(await announced(chat)).toMatchObject({ reachOutLock: { type, until: expect.any(String) } }))

/** Links a session, and resolves when it has asked about locks, as it does after each login: it knows nothing of a later one. */
async function linkedAndAsked(name: string): Promise<Chat> {
  const chat = world.chat(name)
  const since = world.happened.length
  await world.linked(name, { as: chat })
  await world.happens(({ phone, xmlns }) => phone === chat.phone && xmlns === 'w:mex', since)
  return chat
}

test.concurrent('a lock is shown with its end, stays through a new connection, and is shown as lifted', async () => {
  const chat = await world.linked('lock')
  expect((await world.api.session(chat.name)).pacing).toBeNull()
  await lock(chat, { type: 'BIZ_QUALITY' })
  await expectLock(chat, 'BIZ_QUALITY')
  const before = await announced(chat)
  expect(Date.parse(before?.reachOutLock?.until ?? '') - Date.now()).toBeGreaterThan(3_500_000)
  const { logins } = await chat.account()
  await chat.fault('drop')
  await eventually(async () => expect((await chat.account()).logins).toBe(logins + 1))
  await chat.works()
  expect(await announced(chat)).toEqual(before)
  await lift(chat)
  await eventually(async () => expect((await announced(chat))?.reachOutLock?.until).toBeNull())
})

test.concurrent('a lock of which nobody told is found when a message is refused, and its end at the next login', async () => {
  const chat = await linkedAndAsked('untold')
  await lock(chat, { tells: false })
  const job = await chat.send('hello')
  await expectLock(chat)
  await eventually(async () => expect((await chat.job(job)).lastError?.code).toBe('whatsapp-463'))
  await lift(chat, { tells: false })
  await chat.fault('drop')
  await eventually(async () => expect((await announced(chat))?.reachOutLock?.until).toBeNull())
})

test.concurrent('a notice counts more than an older answer that comes with it', async () => {
  const chat = await linkedAndAsked('crossed')
  await lock(chat, { tells: false })
  await lift(chat, { crosses: true })
  const job = await chat.send('hello')
  await eventually(async () => expect((await chat.job(job)).lastError?.code).toBe('whatsapp-463'))
  await eventually(async () => expect((await announced(chat))?.reachOutLock?.until).toBeNull())
})

test.concurrent('a lock that was there before the login is found', async () => {
  const chat = await world.linked('early')
  await lock(chat, { tells: false })
  await chat.fault('drop')
  await expectLock(chat)
})

test.concurrent('a quota of new chats is shown', async () => {
  const chat = await world.linked('cap')
  await world.post(`/phones/${chat.phone}/message-cap`, { status: 'FIRST_WARNING', used: 8, total: 10, seconds: 3600 })
  await eventually(async () =>
    expect(await announced(chat)).toMatchObject({
      messageCap: { status: 'FIRST_WARNING', used: 8, total: 10, until: expect.any(String) },
    }),
  )
})

test.concurrent('under a lock, messages that begin a chat wait and say why; others go, and the end of the lock frees them', async () => {
  const chat = await world.linked('cold')
  await lock(chat, { type: 'BIZ_QUALITY' })
  await expectLock(chat, 'BIZ_QUALITY')
  const until = (await announced(chat))?.reachOutLock?.until
  const job = await chat.send('to a stranger')
  await eventually(async () =>
    expect(await chat.job(job)).toMatchObject({
      status: 'pending',
      hold: { reason: 'reach-out-lock', until: new Date(until ?? 0) },
    }),
  )
  const friend = await world.linked('friend')
  // Somebody who writes to an account gives it the token.
  await world.simulator.sendAsContact(friend.contact, chat.phone, 'hello')
  await world.post(`/contacts/${friend.contact}/token`, { to: chat.phone })
  const known = await chat.send('to a contact who knows us', friend.contact)
  await chat.untilStatus(known, 'delivered')
  expect(await chat.job(job)).toMatchObject({ status: 'pending', attempts: 0 })
  await lift(chat)
  await chat.untilStatus(job, 'delivered')
  expect((await chat.job(job)).attempts).toBe(1)
})
