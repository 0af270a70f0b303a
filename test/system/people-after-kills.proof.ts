import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { peopleOf } from '../support/people.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'

// Each of these tests takes many steps in many processes.
vi.setConfig({ testTimeout: 180_000 })

let world: EngineWorld
const { contactOf, reaches, stored, untilStored, begin, info, spoil, noticed, end } = peopleOf(() => world)

beforeAll(async () => {
  world = await EngineWorld.start()
})

afterAll(() => end())

describe('when the runner is killed', () => {
  beforeEach(() => world.stopSessions())

  const kill = () => world.sandbox.runner('runner-1').kill()

  test('again and again between messages, all logins together take one pre-key of the contact', async () => {
    const chat = await world.linked('pre-keys')
    for (let life = 0; life < 3; life++) {
      await reaches(chat, [0], `in life ${life}`)
      kill()
    }
    await chat.works()
    expect(await contactOf(chat)).toMatchObject({ preKeysTaken: 1, needlessSessions: 0 })
  })

  test('a contact without a LID, and an own account without a list of devices, cost no query in the next life', async () => {
    const chat = await begin(await world.linked('nameless', { phone: { listsDevices: false }, contact: { lid: false } }))
    kill()
    await chat.works()
    const since = world.happened.length
    await reaches(chat, [0], 'after the kill')
    await chat.receive('welcome back')
    await untilStored(chat, 'welcome back')
    const queries = world.happened.slice(since).filter(({ type, phone }) => type === 'frame' && phone === chat.phone)
    expect(queries.filter(({ child }) => child === 'usync' || child === 'key')).toEqual([])
  })

  test("right after it acknowledged a contact's new device, that device is reached all the same", async () => {
    const chat = await begin(await world.linked('struck-devices'))
    const since = world.happened.length
    await world.simulator.linkContactDevice(chat.contact)
    await noticed(chat, 'devices', since)
    kill()
    await chat.works()
    await reaches(chat, [0, 1], 'to both')
  })

  test("right after it acknowledged a contact's new identity, no message stays unreadable", async () => {
    const chat = await begin(await world.linked('struck-identity'))
    const since = world.happened.length
    await world.simulator.reinstallContact(chat.contact)
    await noticed(chat, 'encrypt', since)
    kill()
    await reaches(chat, [0], 'do you know me?')
    await chat.receive('with my new keys')
    await untilStored(chat, 'with my new keys')
  })

  test('right after it asked for a message again, the message arrives and is stored once', async () => {
    const chat = await begin(await world.linked('struck-retry'))
    const asked = world.happens(({ type, phone }) => type === 'retry-receipt' && phone === chat.phone)
    const id = await spoil(chat, { kind: 'truncated', retry: 'good', text: 'whole' })
    await asked
    kill()
    await untilStored(chat, 'whole')
    expect((await stored(chat)).filter((message) => message.id === id)).toHaveLength(1)
    await eventually(async () => expect((await info(chat)).session.records['undecrypted'] ?? 0).toBe(0))
  })

  test("in the middle of a group's messages, each message is stored exactly once", async () => {
    const chat = await begin(await world.linked('struck-group'))
    const group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
    const sent: string[] = []
    for (let strike = 0; strike < 2; strike++) {
      const receipted = world.happens(
        ({ type, phone, id }) => type === 'receipt' && phone === chat.phone && sent.includes(String(id)),
        world.happened.length,
      )
      // The group has a new key each time, so that the kill may come between the key and the message.
      await world.post(`/groups/${group}/rotate`, { contact: chat.contact })
      sent.push(...(await world.simulator.sendToGroupAsContact(group, chat.contact, `strike ${strike} {n}`, 5)))
      await receipted
      kill()
    }
    await eventually(async () => {
      const ids = (await stored(chat)).filter(({ chatId }) => chatId === group).map(({ id }) => id)
      expect(new Set(ids)).toEqual(new Set(sent))
      expect(ids).toHaveLength(sent.length)
    })
    await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  })

  test('after a message was sent, the next owner sends it again to a contact that asks for it', async () => {
    const chat = await begin(await world.linked('struck-ask'))
    const job = await reaches(chat, [0], 'sent by another life')
    kill()
    await world.simulator.askAgain(chat.contact, job.messageId)
    await eventually(async () => expect((await chat.received()).find(({ id }) => id === job.messageId)?.copies).toBe(2))
  })

  test('while it reads a backlog of messages, calls and notifications, the whole backlog is taken in', async () => {
    const chat = await begin(await world.linked('struck-backlog'))
    const group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
    await world.sandbox.stopRunner('runner-1')
    await world.simulator.sendManyAsContact(chat.contact, chat.phone, 'chat {n}', 40)
    await world.simulator.sendToGroupAsContact(group, chat.contact, 'group {n}', 40)
    await world.simulator.linkContactDevice(chat.contact)
    await world.simulator.sendAsContact(chat.contact, chat.phone, 'from the companion', { device: 1 })
    await world.simulator.endCall(chat.phone, await world.simulator.call(chat.contact, chat.phone), 'timeout')
    await spoil(chat, { kind: 'garbage' })
    await world.sandbox.startRunner('runner-1')
    const backlog = world.happens(({ type, phone }) => type === 'receipt' && phone === chat.phone, world.happened.length)
    await backlog
    kill()
    await eventually(async () => expect(await stored(chat)).toHaveLength(1 + 40 + 40 + 1))
    await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
    await reaches(chat, [0, 1], 'to both')
  })
})
