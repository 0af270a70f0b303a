import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AcceptedJob } from '../support/api-client.ts'
import { peopleOf } from '../support/people.ts'
import { type Chat, EngineWorld, eventually } from '../support/world.ts'

let world: EngineWorld
const { begin, noticed, reaches, end } = peopleOf(() => world)

beforeAll(async () => {
  world = await EngineWorld.start({ runnerEnv: { SEND_RETRY_DELAYS_MS: '0,300' } })
})

afterAll(() => end())

/** The server takes a message for our own phone alone, and says once that devices were missed: two attempts are not enough. */
const TWICE = { count: 2 }

const questions = (chat: Chat, since: number) =>
  world.happened
    .slice(since)
    .filter(({ type, phone, tag }) => type === 'frame' && phone === chat.phone && tag === 'iq')
    .filter(({ xmlns }) => xmlns === 'usync' || xmlns === 'encrypt')
    .map(({ child }) => child)

const expectTriedThrice = async (chat: Chat, job: AcceptedJob): Promise<void> => {
  const { attempts, lastError, timeline } = await chat.job(job)
  expect({ attempts, lastError }).toEqual({ attempts: 3, lastError: null })
  const tries = ['pending', 'processing', 'pending', 'processing', 'pending', 'processing']
  expect(timeline.map(({ status }) => status)).toEqual([...tries, 'sent', 'delivered'])
}

describe('a message', () => {
  test.concurrent('for a contact whose devices are not told is not sent to our own phone alone', async () => {
    const chat = await begin(await world.linked('devices-left-out'))
    await world.simulator.linkContactDevice(chat.contact)
    await noticed(chat, 'devices')
    await chat.fault('no-devices', TWICE)
    await expectTriedThrice(chat, await reaches(chat, [0, 1], 'when they are told'))
  })

  test.concurrent('for somebody new whose devices are not told neither', async () => {
    const chat = await begin(await world.linked('new-left-out'))
    const somebody = `5511${randomInt(100_000_000, 999_999_999)}`
    await world.simulator.createContact(somebody, 'Somebody new')
    await chat.fault('no-devices', TWICE)
    const job = await chat.send('hello', somebody)
    await chat.untilStatus(job, 'delivered')
    await expectTriedThrice(chat, job)
  })

  test.concurrent('leaves out no device whose keys are not told', async () => {
    const chat = await begin(await world.linked('keys-left-out'))
    await world.simulator.linkContactDevice(chat.contact)
    await noticed(chat, 'devices')
    // Baileys asks twice in each attempt: for everybody whose LID it has just heard, and for whom it has no session with.
    await chat.fault('no-bundles', { count: 4 })
    await expectTriedThrice(chat, await reaches(chat, [0, 1], 'when they are told'))
  })

  test.concurrent('to ourselves goes to our own phone', async () => {
    const chat = await begin(await world.linked('to-ourselves'))
    const job = await chat.send('a note', chat.phone)
    await eventually(async () => expect((await chat.job(job)).status).toBe('sent'))
    expect((await chat.job(job)).attempts).toBe(1)
  })

  test.concurrent('asks who its devices are once, and then not any more', async () => {
    const chat = await world.linked('asked-once')
    await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
    const since = world.happened.length
    await reaches(chat, [0], 'the first')
    // Who has the number; which devices, and the keys of those whose LIDs came with them.
    expect(questions(chat, since)).toEqual(['usync', 'usync', 'key'])
    await chat.receive('an answer')
    const known = world.happened.length
    await reaches(chat, [0], 'the second')
    await reaches(chat, [0], 'the third')
    expect(questions(chat, known)).toEqual([])
  })
})
