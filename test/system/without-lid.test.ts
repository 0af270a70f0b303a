import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { peopleOf } from '../support/people.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld
const { begin, contactOf, reaches, untilStored, end } = peopleOf(() => world)

beforeAll(async () => {
  world = await EngineWorld.start()
})

afterAll(() => end())

const WITHOUT_LID = { contact: { lid: false } }
const ONCE = { attempts: 1, lastError: null }

const usyncsOf = (chat: Chat, since: number): number =>
  world.happened
    .slice(since)
    .filter(({ type, phone, tag, xmlns }) => type === 'frame' && phone === chat.phone && tag === 'iq' && xmlns === 'usync').length

/** The contact writes first, as it has to for stock Baileys, and is answered. */
async function greeted(chat: Chat): Promise<Chat> {
  await chat.receive('hello')
  await untilStored(chat, 'hello')
  await reaches(chat, [0], 'hello back')
  return chat
}

/** Sends 20 messages and receives 20. Returns the numbers of queries for each half. */
async function queriesOfChat(chat: Chat): Promise<{ sent: number; received: number }> {
  const since = world.happened.length
  for (let n = 1; n <= 20; n++) await reaches(chat, [0], `sent ${n}`)
  const half = world.happened.length
  await world.simulator.sendManyAsContact(chat.contact, chat.phone, 'received {n}', 20)
  await untilStored(chat, 'received 20')
  await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  return { sent: usyncsOf(chat, since) - usyncsOf(chat, half), received: usyncsOf(chat, half) }
}

describe('a contact without a LID', () => {
  test.concurrent('that never wrote gets the first message at the first attempt', async () => {
    const chat = await world.linked('first-word', WITHOUT_LID)
    const job = await reaches(chat, [0], 'hello')
    expect(await chat.job(job)).toMatchObject(ONCE)
    expect(await contactOf(chat)).toMatchObject({ sessionsOpened: 1, preKeysTaken: 1 })
    await chat.receive('hello back')
    await untilStored(chat, 'hello back')
    await reaches(chat, [0], 'and on')
    expect(await contactOf(chat)).toMatchObject({ sessionsOpened: 1, preKeysTaken: 1 })
  })

  test.concurrent('costs no query for a message, sent or received, once the chat has begun', async () => {
    const chat = await greeted(await world.linked('no-storm', WITHOUT_LID))
    expect(await queriesOfChat(chat)).toEqual({ sent: 0, received: 0 })
  })

  test.concurrent('that gets one later goes on in the same session', async () => {
    const chat = await begin(await world.linked('lid-later', WITHOUT_LID))
    await world.post(`/contacts/${chat.contact}/lid`, {})
    await chat.receive('from now on I have another name')
    await untilStored(chat, 'from now on I have another name')
    await reaches(chat, [0], 'nice to meet you')
    await world.simulator.addressContact(chat.contact, 'lid')
    await chat.receive('by LID')
    await untilStored(chat, 'by LID')
    await reaches(chat, [0], 'and on')
    expect(await contactOf(chat)).toMatchObject({ undecryptable: 0, needlessSessions: 0 })
  })

  test.concurrent.each(['none', 'without-type'])(
    'whose request for a message carries keys %s gets it in a readable form, and reads what follows',
    async (retryKeys) => {
      const chat = await greeted(await world.linked(`asks-${retryKeys}`, { contact: { lid: false, retryKeys } }))
      await world.simulator.forgetSessions(chat.contact)
      const lost = await chat.send('into the lost session')
      await chat.untilStatus(lost, 'delivered')
      await reaches(chat, [0], 'the one after it')
      expect(await contactOf(chat)).toMatchObject({ undecryptable: 1, lostByItself: 1, retryReceipts: 1 })
    },
  )
})

describe('an own account', () => {
  test.concurrent('without a LID writes and reads, to contacts with one and without', async () => {
    const chat = await world.linked('own-without', { phone: { lid: false }, ...WITHOUT_LID })
    expect(await chat.job(await reaches(chat, [0], 'hello'))).toMatchObject(ONCE)
    const other = await world.linked('own-without-2', { phone: { lid: false } })
    expect(await other.job(await reaches(other, [0], 'hello'))).toMatchObject(ONCE)
    expect(await queriesOfChat(chat)).toEqual({ sent: 0, received: 0 })
  })

  test.concurrent('with an empty list of own devices asks for it once', async () => {
    const chat = await begin(await world.linked('own-empty', { phone: { listsDevices: false } }))
    expect(await queriesOfChat(chat)).toEqual({ sent: 0, received: 0 })
  })
})
