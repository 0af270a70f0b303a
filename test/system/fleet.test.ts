import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FLEET_SIZE_PATH } from '@holdfast/core/operations/fleet-size-document'
import { RunnerFleet } from '../../sandbox/google/run/runner-fleet.ts'
import { freePort } from '../../sandbox/ports.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

// Tests the fleet on the stand-in for Cloud Run: real runner processes that the sweep adds and takes away, and that a new revision replaces.

let world: EngineWorld
let fleet: RunnerFleet

beforeAll(async () => {
  const port = await freePort()
  const functionsEnv = { ...RunnerFleet.environment(port), FLEET_MIN: '1', FLEET_MAX: '4', FLEET_CALM_MS: '1000' }
  world = await EngineWorld.start({ runners: 0, schedules: false, functionsEnv })
  fleet = await RunnerFleet.start(world.sandbox, { port, instances: 1, env: { MAX_CONNECTIONS: '2' } })
})

afterAll(async () => {
  await fleet[Symbol.asyncDispose]()
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const sweep = () => world.sandbox.fireSchedule('sweep')

const size = async () => (await world.google.documents.read(FLEET_SIZE_PATH))?.fields

const owners = (chats: readonly Chat[]) => Promise.all(chats.map(async (chat) => String((await chat.document())['runnerId'])))

const loginsOf = (chats: readonly Chat[]) => Promise.all(chats.map(async (chat) => (await chat.account()).logins))

describe('a fleet that sizes itself', { timeout: 300_000 }, () => {
  const chats: Chat[] = []

  test('gets as many runners as its sessions need, and a spare one, at once', async () => {
    for (const name of ['one', 'two']) chats.push(await world.linked(name))
    await sweep()
    await fleet.pool.settled()
    expect(fleet.pool.count).toBe(2)
    expect(await size()).toMatchObject({ wanted: 2, needed: 2, instances: 2, changedFrom: 1, unplaced: 0 })
    for (const name of ['three', 'four']) chats.push(await world.linked(name))
    // There is no room for the next one before the sweep has seen it.
    await world.api.createSession('waiting')
    await sweep()
    await fleet.pool.settled()
    expect(fleet.pool.count).toBe(4)
    chats.push(await world.linked('five'))
    for (const chat of chats) await chat.works()
  })

  test('rolls to a new revision: every session moves, once, and nothing is refused or doubled', async () => {
    const [before, logins] = [await owners(chats), await loginsOf(chats)]
    const job = await chats[0]?.send('before the roll')
    fleet.pool.renew({ annotations: { rolled: 'now' } })
    await fleet.pool.settled()
    for (const chat of chats) await chat.works()
    const after = await owners(chats)
    for (const owner of after) expect(before).not.toContain(owner)
    if (job) await chats[0]?.untilStatus(job, 'delivered')
    expect(await loginsOf(chats)).toEqual(logins.map((count) => count + 1))
    expect(world.happened.filter(({ type, reason }) => type === 'stream-error' && reason === 'replaced')).toEqual([])
  })

  test('gives runners up one by one when fewer have been enough for a while, and no session is lost', async () => {
    for (const chat of chats.slice(1)) await world.api.want(chat.name, 'stop')
    await eventually(
      async () => {
        await sweep()
        await fleet.pool.settled()
        expect(fleet.pool.count).toBe(2)
      },
      90_000,
      1200,
    )
    const [kept] = chats
    if (!kept) throw new Error('There is no session.')
    await kept.works()
    await kept.untilStatus(await kept.send('still here'), 'delivered')
    // Instances that go in order leave no short life behind.
    expect(
      (await world.google.documents.query({ collection: 'health_alerts', where: [['type', '==', 'crash-loop']] })).length,
    ).toBe(0)
  })

  test('shows sessions without a runner as unplaced when its maximum is too low', async () => {
    for (let index = 0; index < 8; index++) await world.api.createSession(`many-${index}`)
    await sweep()
    await fleet.pool.settled()
    await eventually(async () => {
      await sweep()
      expect(await size()).toMatchObject({
        instances: 4,
        wanted: 10,
        unplaced: 2,
        sentence: expect.stringMatching(/FLEET_MAX.*2 session/),
      })
    }, 60_000)
  })
})
