import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import { queueForGroup } from '../support/group-job.ts'
import { peopleOf } from '../support/people.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld
const { begin, contactOf, noticed, reaches, unreadable, end } = peopleOf(() => world)

beforeAll(async () => {
  world = await EngineWorld.start({ runnerEnv: { SEND_RETRY_DELAYS_MS: '0,300' } })
})

afterAll(() => end())

/**
 * The fault lasts for two attempts. The server accepts a message to our own phone alone, and names the missed devices only once,
 * so that two failures are needed.
 */
const TWICE = { count: 2 }

const queriesOf = (chat: Chat, since: number) =>
  world.happened
    .slice(since)
    .filter(({ type, phone, tag }) => type === 'frame' && phone === chat.phone && tag === 'iq')
    .filter(({ xmlns }) => xmlns === 'usync' || xmlns === 'encrypt')
    .map(({ child }) => child)

const expectTriedThrice = async (chat: Chat, job: Pick<AcceptedMessage, 'jobId' | 'messageId'>): Promise<void> => {
  const { attempts, lastError, timeline } = await chat.job(job)
  expect({ attempts, lastError }).toEqual({ attempts: 3, lastError: null })
  const tries = ['pending', 'processing', 'pending', 'processing', 'pending', 'processing']
  expect(timeline.map(({ status }) => status)).toEqual([...tries, 'sent', 'delivered'])
}

describe('a message', () => {
  test.concurrent('to a contact whose devices are missing from the answer is not sent to our own phone alone', async () => {
    const chat = await begin(await world.linked('devices-left-out'))
    await world.simulator.linkContactDevice(chat.contact)
    await noticed(chat, 'devices')
    await chat.fault('no-devices', TWICE)
    await expectTriedThrice(chat, await reaches(chat, [0, 1], 'when they are told'))
  })

  test.concurrent('to a new contact whose devices are missing from the answer is not sent to our own phone alone', async () => {
    const chat = await begin(await world.linked('new-left-out'))
    const somebody = `5511${randomInt(100_000_000, 999_999_999)}`
    await world.simulator.createContact(somebody, 'Somebody new')
    await chat.fault('no-devices', TWICE)
    const job = await chat.send('hello', somebody)
    await chat.untilStatus(job, 'delivered')
    await expectTriedThrice(chat, job)
  })

  test.concurrent('leaves out no device whose keys are missing from the answer', async () => {
    const chat = await begin(await world.linked('keys-left-out'))
    await world.simulator.linkContactDevice(chat.contact)
    await noticed(chat, 'devices')
    // Baileys requests keys twice in each attempt: for each LID that it has just learned, and for each device without a session.
    await chat.fault('no-bundles', { count: 4 })
    await expectTriedThrice(chat, await reaches(chat, [0, 1], 'when they are told'))
  })

  test.concurrent('to ourselves goes to our own phone', async () => {
    const chat = await begin(await world.linked('to-ourselves'))
    const job = await chat.send('a note', chat.phone)
    await eventually(async () => expect((await chat.job(job)).status).toBe('sent'))
    expect((await chat.job(job)).attempts).toBe(1)
  })

  test.concurrent("queries the contact's devices once, and not again for later messages", async () => {
    const chat = await world.linked('asked-once')
    await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
    const since = world.happened.length
    await reaches(chat, [0], 'the first')
    // The queries are: whether the number exists, its devices, and the keys of those devices.
    expect(queriesOf(chat, since)).toEqual(['usync', 'usync', 'key'])
    await chat.receive('an answer')
    const known = world.happened.length
    await reaches(chat, [0], 'the second')
    await reaches(chat, [0], 'the third')
    expect(queriesOf(chat, known)).toEqual([])
  })
})

describe('a message to a group', () => {
  /** Returns a connected session, and a group of it and its contact. */
  async function inGroup(name: string, others: string[] = []): Promise<{ chat: Chat; group: string }> {
    const chat = await begin(await world.linked(name))
    const group = await world.simulator.createGroup(`Group of ${name}`, [chat.phone, chat.contact, ...others])
    return { chat, group }
  }

  /** Sends a text, and resolves when exactly these devices of the contact have read it. */
  async function reachesGroup(
    chat: Chat,
    group: string,
    devices: number[],
    text: string,
  ): Promise<Pick<AcceptedMessage, 'jobId' | 'messageId'>> {
    const job = await queueForGroup(world, chat, group, text)
    await chat.untilStatus(job, 'delivered')
    await eventually(async () => {
      const read = (await contactOf(chat)).received.find(({ id }) => id === job.messageId)
      expect(read).toMatchObject({ text, group, devices })
    })
    return job
  }

  const retriesOf = async (chat: Chat) => (await contactOf(chat)).retryReceipts

  test.concurrent('reaches its members, with the sender key in the first message and without it in the second', async () => {
    const { chat, group } = await inGroup('in-a-group')
    const first = await reachesGroup(chat, group, [0], 'hello all')
    const since = world.happened.length
    const second = await reachesGroup(chat, group, [0], 'how are you')
    expect(queriesOf(chat, since)).toEqual([])
    for (const job of [first, second]) expect(await chat.job(job)).toMatchObject({ attempts: 1, lastError: null })
    expect(await retriesOf(chat)).toBe(0)
  })

  test.concurrent('is not sent without recipients when the server names no members', async () => {
    const { chat, group } = await inGroup('members-left-out')
    await chat.fault('no-participants', TWICE)
    await expectTriedThrice(chat, await reachesGroup(chat, group, [0], 'when they are told'))
  })

  test.concurrent("is not sent without recipients when the members' devices are missing from the answer", async () => {
    const { chat, group } = await inGroup('group-devices-left-out')
    await chat.fault('no-devices', TWICE)
    await expectTriedThrice(chat, await reachesGroup(chat, group, [0], 'when they are told'))
  })

  test.concurrent("leaves out no member's device whose keys are missing from the answer", async () => {
    const { chat, group } = await inGroup('group-keys-left-out')
    await world.simulator.linkContactDevice(chat.contact)
    await noticed(chat, 'devices')
    // Baileys requests keys twice in each attempt, as above.
    await chat.fault('no-bundles', { count: 4 })
    await expectTriedThrice(chat, await reachesGroup(chat, group, [0, 1], 'when they are told'))
    expect(await retriesOf(chat)).toBe(0)
  })

  test.concurrent('that the account has left fails at once, and holds back no other chat', async () => {
    const { chat, group } = await inGroup('left')
    await reachesGroup(chat, group, [0], 'while in it')
    await world.simulator.changeParticipants(group, { remove: [chat.phone] })
    const job = await queueForGroup(world, chat, group, 'too late')
    await chat.untilStatus(job, 'failed')
    expect(await chat.job(job)).toMatchObject({ attempts: 1, lastError: { code: 'not-in-group' } })
    await reaches(chat, [0], 'to the contact')
  })

  test.concurrent('that the server refused once carries the sender key again in the second attempt', async () => {
    const { chat, group } = await inGroup('group-refused')
    await chat.fault('nack', { code: 503 })
    const job = await reachesGroup(chat, group, [0], 'in the end')
    expect(await chat.job(job)).toMatchObject({ attempts: 2, lastError: null })
    expect(await retriesOf(chat)).toBe(0)
  })

  test.concurrent('does not wait for a member whose device never has keys', async () => {
    const somebody = `5511${randomInt(100_000_000, 999_999_999)}`
    await world.simulator.createContact(somebody, 'Somebody without keys')
    const { chat, group } = await inGroup('group-no-keys', [somebody])
    await chat.fault('no-keys', { count: 1000 })
    for (const text of ['to those who can read it', 'and the next one']) {
      const job = await reachesGroup(chat, group, [0], text)
      unreadable.push(job.messageId)
      expect(await chat.job(job)).toMatchObject({ attempts: 1, lastError: null })
    }
    expect(await retriesOf(chat)).toBe(0)
  })
})
