import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

// Tests what follows when the only runner dies: as on Cloud Run, where no container has a name, and with the heartbeat of the cloud.
// `npm run prove -- fail-over` measures the same with 50 sessions.

const SESSIONS = 10
const OPEN_WITHIN_MS = 30_000
const SETTLED_WITHIN_MS = 60_000

let world: EngineWorld

beforeAll(async () => {
  const asInCloud = { INSTANCE_ID: '', HEARTBEAT_INTERVAL_MS: '4000', RUNNER_DEAD_AFTER_MS: '12000' }
  world = await EngineWorld.start({ runners: 0 })
  await world.sandbox.addRunner(asInCloud)
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

test(
  'all sessions of the only runner are open 30 s after the start of a new one, the queue moves, and missed messages are stored',
  { timeout: 300_000 },
  async () => {
    const chats: Chat[] = []
    for (let index = 0; index < SESSIONS; index++) chats.push(await world.linked(`only-${index}`))
    const runner = world.sandbox.runner('runner-1')
    await runner.stop('SIGKILL')
    const jobs: AcceptedMessage[] = []
    for (const chat of chats) {
      jobs.push(await chat.send('while nobody runs'))
      await chat.receive('missed')
    }
    const startedAt = performance.now()
    await runner.start()
    await eventually(
      async () => {
        const sessions = await world.api.sessions()
        expect(sessions.filter(({ status }) => status === 'WORKING')).toHaveLength(SESSIONS)
        const accounts = await Promise.all(chats.map((chat) => chat.account()))
        expect(accounts.filter(({ connected }) => connected)).toHaveLength(SESSIONS)
      },
      OPEN_WITHIN_MS - (performance.now() - startedAt),
    )
    const leftMs = SETTLED_WITHIN_MS - (performance.now() - startedAt)
    await Promise.all(
      chats.map(async (chat, index) => {
        await chat.untilStatus(jobs[index] as AcceptedMessage, 'delivered', leftMs)
        await eventually(async () => expect(await chat.stored()).toEqual(['missed']), leftMs)
        expect((await chat.received()).map(({ text }) => text)).toEqual(['while nobody runs'])
        expect((await chat.account()).registrations).toBe(1)
      }),
    )
    expect(performance.now() - startedAt).toBeLessThan(SETTLED_WITHIN_MS)
  },
)
