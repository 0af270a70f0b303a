import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { mappings, PAST, phoneChanges, untilPastIsStored, untilSynced } from './phone-past.ts'

// Each of these tests takes many steps in many processes.
vi.setConfig({ testTimeout: 180_000 })

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ runnerEnv: { SYNC_FULL_HISTORY: 'true' } })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const kill = () => world.sandbox.runner('runner-1').kill()

/** Kills the runner at each of these events of the account, one after the other. */
async function killAt(chat: Chat, types: readonly string[]): Promise<void> {
  for (const wanted of types) {
    const since = world.happened.length
    await Promise.race([
      world.happens(({ type, phone }) => type === wanted && phone === chat.phone, since).then(kill),
      new Promise((resolve) => setTimeout(resolve, 15_000)),
    ])
  }
}

beforeEach(() => world.stopSessions())

test('when the runner is killed at several moments of a history sync, the whole history is stored in the end, once', async () => {
  const chat = new Chat(world, 'history-struck')
  const history = { ...PAST, recent: 36, recentChunks: 6, inline: false }
  await world.post('/phones', { phone: chat.phone, history })
  const striking = killAt(chat, ['paired', 'media-request', 'receipt'])
  await world.linked('history-struck', { as: chat })
  await striking
  const live = await chat.receive('and life goes on')
  await untilPastIsStored(world, chat, [live])
  await eventually(async () => expect((await world.api.storedMessages(chat.name)).map(({ id }) => id)).toContain(live))
  const orders = (await world.api.storedMessages(chat.name)).map((message) => (message as { order?: string }).order)
  expect(new Set(orders).size).toBe(orders.length)
})

test('when the runner is killed during a sync of the app state, the sync completes in the end', async () => {
  const chat = new Chat(world, 'app-state-struck')
  await world.post('/phones', { phone: chat.phone, keyShare: true })
  const striking = killAt(chat, ['media-request'])
  await world.linked('app-state-struck', { as: chat })
  await phoneChanges(world, chat, {
    contact: { phone: chat.contact, name: 'Ana' },
    archive: { chat: chat.contact },
    external: true,
  })
  await striking
  await chat.works()
  await untilSynced(world, chat)
  await eventually(async () => expect(await mappings(world, chat)).toBeGreaterThanOrEqual(4))
})
