import { afterAll, beforeAll, expect, test } from 'vitest'
import { EngineWorld, eventually } from './world.ts'

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({
    runnerPreloads: [new URL('../sandbox/fixtures/crash-on-message.ts', import.meta.url).href],
    runnerEnv: { CRASH_ON_MESSAGE_OF: 'The Crasher', CRASH_LOOP_AFTER: '2', CRASH_FREE_MS: '2000' },
  })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

test('a session that brings its runner down is quarantined; the others of the runner live on', { timeout: 120_000 }, async () => {
  const [crasher, others] = [await world.linked('crasher'), [await world.linked('other-1'), await world.linked('other-2')]]
  await world.post('/contacts', { phone: crasher.contact, name: 'The Crasher' })
  await crasher.receive('a message that no runner survives')
  await eventually(async () => {
    const { state, reason } = await crasher.document()
    expect([state, reason]).toEqual(['QUARANTINED', 'crashes-its-runner'])
  }, 90_000)
  expect((await crasher.document())['crashes']).toMatchObject({ failedTrials: 3 })
  for (const chat of others) {
    await chat.works()
    await chat.untilStatus(await chat.send('still here'), 'delivered')
    expect((await chat.document())['crashes']).toMatchObject({ failedTrials: 0 })
  }
  expect((await crasher.account()).registrations).toBe(1)
})
