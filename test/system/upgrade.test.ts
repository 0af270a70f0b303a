import { afterAll, beforeAll, expect, test } from 'vitest'
import { slotOf } from '../support/owning-runner.ts'
import { EngineWorld, eventually, type Chat } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  // The wait is long, so that a busy machine does not end it. No runner counts as dead in these tests. Where one runner has linked all
  // four sessions, another one would get one of them before the roll-out.
  const runnerEnv = { K_REVISION: 'r1', OLD_REVISION_WAIT_MS: '15000', RUNNER_DEAD_AFTER_MS: '120000', REBALANCING: 'false' }
  world = await EngineWorld.start({ runners: 2, runnerEnv })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const chats: Chat[] = []

const epochs = () => Promise.all(chats.map(async (chat) => Number((await chat.document())['epoch'])))
const slots = () => Promise.all(chats.map(({ name }) => slotOf(world.sandbox, world.api, name)))

/** Adds a runner of a revision. Resolves when the API shows it at work. */
async function addRunner(revision: string): Promise<string> {
  const { name } = await world.sandbox.addRunner({ CLOUD_RUN_REVISION: revision })
  await eventually(async () => {
    const { runners } = (await (await world.sandbox.api('/health')).json()) as { runners: object[] }
    expect(runners).toContainEqual(expect.objectContaining({ revision, state: 'active', version: '0.1.0' }))
  })
  return name
}

test('while runners of a new revision replace the old ones, each session moves once', { timeout: 120_000 }, async () => {
  for (const name of ['upgraded-1', 'upgraded-2', 'upgraded-3', 'upgraded-4']) chats.push(await world.linked(name))
  const before = await epochs()
  const newest = await addRunner('r2')
  for (const slot of ['runner-1', 'runner-2']) await world.sandbox.stopRunner(slot)
  for (const chat of chats) await chat.works()
  expect(await slots()).toEqual(chats.map(() => newest))
  expect(await epochs()).toEqual(before.map((epoch) => epoch + 1))
})

test('a new revision that does nothing keeps no session from the old one', { timeout: 120_000 }, async () => {
  const [owner = ''] = await slots()
  await world.sandbox.startRunner('runner-1')
  const hung = await addRunner('r3')
  world.sandbox.runner(hung).kill('SIGSTOP')
  try {
    await world.sandbox.stopRunner(owner)
    await eventually(async () => expect(await slots()).toEqual(chats.map(() => 'runner-1')), 60_000)
    for (const chat of chats) await chat.works()
  } finally {
    world.sandbox.runner(hung).kill('SIGCONT')
  }
})
