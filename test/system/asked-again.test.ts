import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueForGroup } from '../support/group-job.ts'
import { peopleOf } from '../support/people.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

// A contact that cannot read a message asks for it again. The copy that answers may be refused, or get lost with its runner.

let world: EngineWorld
const { begin, contactOf, reaches, info, end } = peopleOf(() => world)

beforeAll(async () => {
  world = await EngineWorld.start({ movableClock: true })
})

afterAll(() => end())

const copiesOf = (id: string): number => world.happened.filter((event) => event.type === 'message' && event['id'] === id).length

/** The number of times that the contact has read the message. */
const readsOf = (id: string): number =>
  world.happened.filter((event) => event.type === 'contact-received' && event['id'] === id).length

const refusalsOf = (id: string): number =>
  world.happened.filter((event) => event.type === 'acked' && event['id'] === id && event['error'] !== undefined).length

/** Resolves when nobody waits for another copy. */
const isSettled = (chat: Chat) =>
  eventually(async () => expect((await info(chat)).session.records['asked-again'] ?? 0).toBe(0), 60_000)

/** Resolves when exactly these devices of the contact have read the message, and nobody waits for another copy. */
async function reads(chat: Chat, messageId: string, devices: number[]): Promise<void> {
  await eventually(async () => {
    const read = (await contactOf(chat)).received.find(({ id }) => id === messageId)
    expect(read?.devices.toSorted()).toEqual(devices)
  })
  await isSettled(chat)
}

/** Sends a message that the contact cannot read, so that it asks for it again. The server refuses that many copies for it. */
async function sendUnreadable(chat: Chat, refusals: number) {
  await world.simulator.forgetSessions(chat.contact)
  await chat.fault('nack', { code: 479, count: refusals, after: 1 })
  return chat.send('into the lost session')
}

test('a message that a contact asks for again is sent again when WhatsApp refuses the copy, and is read once', async () => {
  const chat = await begin(await world.linked('refused-copy'))
  const lost = await sendUnreadable(chat, 1)
  await chat.untilStatus(lost, 'delivered')
  await isSettled(chat)
  expect([copiesOf(lost.messageId), readsOf(lost.messageId)]).toEqual([3, 1])
  expect(await contactOf(chat)).toMatchObject({ undecryptable: 1, retryReceipts: 1 })
  expect(await chat.job(lost)).toMatchObject({ attempts: 1, lastError: null })
})

test('each of two devices that ask for a message again gets it once, although both copies were refused', async () => {
  const chat = await world.linked('two-devices')
  await world.simulator.linkContactDevice(chat.contact)
  await reaches(chat, [0, 1], 'to both')
  const lost = await sendUnreadable(chat, 2)
  await reads(chat, lost.messageId, [0, 1])
  expect([refusalsOf(lost.messageId), readsOf(lost.messageId)]).toEqual([2, 2])
})

test('a member of a group gets the message and the sender key with the copy that is sent again', async () => {
  const chat = await begin(await world.linked('refused-in-group'))
  const group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
  await reads(chat, (await queueForGroup(world, chat, group, 'hello all')).messageId, [0])
  await world.simulator.forgetSessions(chat.contact)
  await chat.fault('nack', { code: 479, after: 1 })
  const lost = await queueForGroup(world, chat, group, 'without a key')
  await reads(chat, lost.messageId, [0])
  const next = await queueForGroup(world, chat, group, 'and on')
  await reads(chat, next.messageId, [0])
  expect(refusalsOf(lost.messageId)).toBe(1)
  expect([readsOf(lost.messageId), readsOf(next.messageId)]).toEqual([1, 1])
})

test('a copy that WhatsApp refused twice survives a kill of the runner, and leaves after the second delay', async () => {
  const chat = await begin(await world.linked('killed-copy'))
  const lost = await sendUnreadable(chat, 2)
  await eventually(async () => expect(refusalsOf(lost.messageId)).toBe(2))
  world.sandbox.runner('runner-1').kill()
  await chat.works()
  expect(copiesOf(lost.messageId)).toBe(3)
  await world.sandbox.advanceClock({ minutes: 5 })
  await chat.untilStatus(lost, 'delivered', 60_000)
  await isSettled(chat)
  expect([copiesOf(lost.messageId), readsOf(lost.messageId)]).toEqual([4, 1])
})
