import { afterAll, beforeAll, expect, test } from 'vitest'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

// Sessions whose data keys Cloud KMS wraps, while it is away. No process has SESSION_ENCRYPTION_KEY.

const WHOLE = { timeout: 240_000 }
const OPEN_WITHIN_MS = 90_000

let world: EngineWorld
let chat: Chat

beforeAll(async () => {
  world = await EngineWorld.start({ kms: true })
  chat = await world.linked('kms')
}, WHOLE.timeout)

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const kms = () => {
  if (!world.sandbox.kms) throw new Error('This sandbox has no Cloud KMS.')
  return world.sandbox.kms
}

test('a data key names the version of Cloud KMS that wrapped it', async () => {
  const stored = await world.google.documents.read(sessionKeyPath('default.kms'))
  expect(stored?.fields).toMatchObject({
    keys: { '1': { wrappedBy: expect.stringMatching(/\/keyRings\/holdfast\/cryptoKeys\/wrapping\/cryptoKeyVersions\/1$/) } },
  })
})

test('an open session sends and receives while Cloud KMS is away', WHOLE, async () => {
  await kms().stop()
  const job = await chat.send('out while away')
  await chat.receive('in while away')
  await chat.untilStatus(job, 'delivered')
  await eventually(async () => expect(await chat.stored()).toEqual(['in while away']))
})

test(
  'a runner that starts meanwhile says what it waits for, takes no session, and opens it when Cloud KMS is back',
  WHOLE,
  async () => {
    const before = await world.google.documents.read('whatsapp_connection_states/default.kms')
    const runner = world.sandbox.runner('runner-1')
    await runner.stop('SIGKILL')
    await runner.start()
    await eventually(async () => {
      const runners = await world.google.documents.query({ collection: RUNNERS })
      const problems = runners.map(({ fields }) => JSON.stringify(fields['store'] ?? null))
      expect(problems.join()).toContain('wrapping-key-unavailable')
    }, OPEN_WITHIN_MS)
    const waiting = await world.google.documents.read('whatsapp_connection_states/default.kms')
    expect(waiting?.fields['epoch']).toBe(before?.fields['epoch'])
    await chat.receive('missed')
    await kms().start()
    await eventually(async () => expect(await chat.stored()).toEqual(['in while away', 'missed']), OPEN_WITHIN_MS)
    const job = await chat.send('out again')
    await chat.untilStatus(job, 'delivered')
    expect((await chat.account()).registrations).toBe(1)
  },
)
