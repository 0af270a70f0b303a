import { afterAll, beforeAll, expect, test } from 'vitest'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({
    runnerPreloads: ['crash-on-message', 'crash-on-text'].map(
      (name) => new URL(`../support/fixtures/${name}.ts`, import.meta.url).href,
    ),
    runnerEnv: {
      CRASH_ON_MESSAGE_OF: 'The Crasher',
      CRASH_ON_TEXT: 'deadly',
      CRASH_LOOP_AFTER: '2',
      CRASH_FREE_MS: '2000',
      QUARANTINE_PAUSES_MS: '8000,600000',
    },
  })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

test(
  'a session that crashes its runner is quarantined, and the other sessions of that runner go on',
  { timeout: 240_000 },
  async () => {
    const [crasher, others] = [await world.linked('crasher'), [await world.linked('other-1'), await world.linked('other-2')]]
    await world.post('/contacts', { phone: crasher.contact, name: 'The Crasher' })
    await crasher.receive('a message that no runner survives')
    await eventually(async () => {
      const { state, reason } = await crasher.document()
      expect([state, reason]).toEqual(['QUARANTINED', 'crashes-its-runner'])
    }, 150_000)
    expect((await crasher.document())['crashes']).toMatchObject({ failedTrials: 3, convictions: 1 })
    // It is tried again by itself, brings its runner down once more, and stays closed for longer.
    await eventually(async () => {
      const { state, crashes } = await crasher.document()
      expect([state, crashes]).toEqual(['QUARANTINED', expect.objectContaining({ failedTrials: 4, convictions: 2 })])
    }, 90_000)
    expect(Number((await crasher.document())['nextAttemptAt']) - Date.now()).toBeGreaterThan(300_000)
    for (const chat of others) {
      await chat.works()
      await chat.untilStatus(await chat.send('still here'), 'delivered')
      expect((await chat.document())['crashes']).toMatchObject({ failedTrials: 0 })
    }
    expect((await crasher.account()).registrations).toBe(1)
  },
)

test('a stanza that crashes the runner is parked, and its session goes on', { timeout: 240_000 }, async () => {
  const chat = await world.linked('struck')
  await chat.receive('hello')
  await chat.receive('deadly')
  await chat.receive('the one after it')
  await eventually(async () => expect(await chat.stored()).toEqual(['hello', 'the one after it']), 90_000)
  const parked = await world.google.documents.query({ collection: parkedStanzasPath(chat.sessionId) })
  expect(parked.map(({ fields }) => fields)).toMatchObject([
    { messageId: expect.stringMatching(/^#/), error: { code: 'not-survived' } },
  ])
  await chat.works()
  await eventually(async () => expect((await chat.document())['crashes']).toMatchObject({ failedTrials: 0, onTrial: false }))
  await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
})
