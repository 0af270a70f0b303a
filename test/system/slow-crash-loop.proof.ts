import { afterAll, beforeAll, expect, test } from 'vitest'
import { EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({
    runnerPreloads: [new URL('../support/fixtures/crash-on-message.ts', import.meta.url).href],
    runnerEnv: {
      CRASH_ON_MESSAGE_OF: 'The Crasher',
      CRASH_LOOP_AFTER: '2',
      CRASH_FREE_MS: '2000',
      QUARANTINE_PAUSES_MS: '8000,600000',
    },
  })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

test('a session that connects slowly is suspected of its crashes all the same', { timeout: 300_000 }, async () => {
  const chat = await world.linked('slow')
  await world.post('/contacts', { phone: chat.contact, name: 'The Crasher' })
  // The login answer takes so long that the owner holds the session for more than `CRASH_FREE_MS` before the connection is open.
  // The crash comes after that.
  await chat.fault('latency', { ms: 2200 })
  await chat.receive('another message that no runner survives')
  await eventually(async () => {
    const { state, reason } = await chat.document()
    expect([state, reason]).toEqual(['QUARANTINED', 'crashes-its-runner'])
  }, 240_000)
  await world.clearFaults()
})
