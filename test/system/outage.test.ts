import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EngineWorld, eventually } from '../support/engine-world.ts'

const AWAY_MS = 6000

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ proxied: true })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** What the product and Firestore tell each other arrives after `pass`. */
const network = async (how: 'freeze' | 'pass'): Promise<void> => {
  await world.sandbox.proxies?.firestore.change({ how })
}

test('while Firestore is away WhatsApp gets no receipt; afterwards everything is stored and sent once', async () => {
  const chat = await world.linked('outage', { receipts: false })
  const warmUp = await chat.send('before')
  await chat.untilStatus(warmUp, 'sent')
  const earlier = await chat.receive('before')
  // The API lists a message as soon as it is durable; its receipt leaves a moment later.
  await world.happens(({ type, id }) => type === 'receipt' && id === earlier)

  // The first message is on the wire without its ack, and the others wait behind it.
  await chat.fault('hold-acks')
  const jobs = [await chat.send('one'), await chat.send('two'), await chat.send('three')]
  await world.happens(({ type, id }) => type === 'message' && id === jobs[0]?.messageId)
  await eventually(async () => expect((await chat.received()).map(({ text }) => text)).toContain('one'))
  const texts = Array.from({ length: 5 }, (_, index) => `during ${index}`)
  const ids: string[] = []
  const since = world.happened.length
  await network('freeze')
  try {
    for (const text of texts) ids.push(await chat.receive(text))
    await world.happens(({ type, id }) => type === 'delivered' && id === ids.at(-1), since)
    await pause(AWAY_MS)
    const told = world.happened.slice(since).filter(({ type }) => ['receipt', 'retry-receipt', 'message', 'login'].includes(type))
    expect(told).toEqual([])
  } finally {
    await network('pass')
  }
  await world.clearFaults()
  for (const job of jobs) await chat.untilStatus(job, 'sent')
  await eventually(async () => expect((await chat.stored()).toSorted()).toEqual(['before', ...texts].toSorted()))
  await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  await chat.works()
  const { violations } = await world.simulator.state()
  expect(violations).toEqual([])
  expect((await chat.received()).map(({ text }) => text)).toEqual(['before', 'one', 'two', 'three'])
  expect((await chat.account()).registrations).toBe(1)
})
