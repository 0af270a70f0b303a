import { Storage } from '@google-cloud/storage'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/**
 * A month passes for runners, functions and WhatsApp, but not for Firestore, because only Firestore's own times may judge owners.
 * Phones are linked once.
 */

let world: EngineWorld

beforeAll(async () => {
  // A low limit gives a session two checkpoints soon.
  world = await EngineWorld.start({ movableClock: true, runnerEnv: { CHECKPOINT_RECORDS: '16' } })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const ACCOUNTED_FOR = { connected: true, registrations: 1, offlineQueue: 0 }

/** Asserts that every received text is stored once, and that messages go both ways again. */
async function isWhole(chat: Chat, texts: readonly string[]): Promise<void> {
  await chat.works()
  await eventually(async () => expect((await chat.stored()).toSorted()).toEqual([...texts].toSorted()))
  await chat.untilStatus(await chat.send('a month later'), 'delivered')
  const id = await chat.receive('welcome back')
  await world.happens((event) => event.type === 'receipt' && event.id === id)
  await eventually(async () => expect(await chat.stored()).toContain('welcome back'))
  await eventually(async () => expect(await chat.account()).toMatchObject(ACCOUNTED_FOR))
  const received = (await chat.received()).map(({ text }) => text)
  expect(received.filter((text) => text === 'a month later')).toHaveLength(1)
  expect((await world.simulator.state()).violations).toEqual([])
}

test('a session that was stopped for a month comes back without a QR code, and has the messages of that month', async () => {
  const chat = await world.linked('stopped')
  await chat.untilStatus(await chat.send('before'), 'delivered')
  const texts = ['before', 'on the first day', 'after two weeks', 'after a month']
  await chat.receive('before')
  await eventually(async () => expect(await chat.stored()).toEqual(['before']))
  await world.api.want(chat.name, 'stop')
  await chat.untilSession('STOPPED STOPPED requested')

  await chat.receive('on the first day')
  await world.sandbox.advanceClock({ days: 15 })
  await chat.receive('after two weeks')
  await world.sandbox.advanceClock({ days: 15 })
  await chat.receive('after a month')
  const waiting = await chat.send('was accepted while it was away')
  await world.api.want(chat.name, 'start')
  await isWhole(chat, texts)
  await chat.untilStatus(waiting, 'delivered')
  const times = (await world.api.storedMessages(chat.name)).map(({ timestamp }) => timestamp ?? 0)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(29 * 24 * 3600)
})

test("a session whose owner's clock jumps by a month, as on a machine that slept, goes on", async () => {
  const chat = await world.linked('slept')
  await chat.receive('before')
  await eventually(async () => expect(await chat.stored()).toEqual(['before']))
  const epoch = (await world.api.session(chat.name)).owner.epoch
  await world.sandbox.advanceClock({ days: 30 })
  await chat.receive('after')
  await isWhole(chat, ['before', 'after'])
  expect((await world.api.session(chat.name)).owner.epoch).toBe(epoch)
})

test('a session that lost its runner, its disk and its newest checkpoint comes back after a month', async () => {
  const chat = await world.linked('lost')
  const texts: string[] = []
  for (let round = 1; (await checkpointsOf(chat)).length < 2; round++) {
    texts.push(`round ${round}`)
    await chat.receive(`round ${round}`)
    await chat.untilStatus(await chat.send(`round ${round}`), 'delivered')
  }
  await eventually(async () => expect(await chat.stored()).toHaveLength(texts.length))
  const newest = (await world.api.session(chat.name)).checkpoint?.object ?? ''
  const before = (await world.api.session(chat.name)).owner.epoch
  await world.sandbox.runner('runner-1').stop('SIGKILL')
  await bucket().file(newest).delete()

  texts.push('while nobody was there', 'on the thirtieth day')
  await chat.receive('while nobody was there')
  await world.sandbox.advanceClock({ days: 30 })
  await chat.receive('on the thirtieth day')
  // The new runner is another container: nothing of the old one is left.
  await world.sandbox.addRunner()
  await isWhole(chat, texts)
  expect((await world.api.session(chat.name)).owner.epoch).toBe(before + 1)
  // A new checkpoint replaces the lost one.
  await eventually(async () => {
    const { checkpoint } = await world.api.session(chat.name)
    expect(checkpoint?.object).not.toBe(newest)
    expect(await checkpointsOf(chat)).toContain(checkpoint?.object)
  })
})

const bucket = () => {
  const { storage, project, bucket: name } = world.sandbox.info
  return new Storage({ apiEndpoint: storage, projectId: project }).bucket(name)
}

async function checkpointsOf(chat: Chat): Promise<string[]> {
  const [files] = await bucket().getFiles({ prefix: `sessions/${chat.sessionId}/` })
  return files.map(({ name }) => name)
}
