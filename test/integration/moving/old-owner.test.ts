import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Chat, EngineWorld } from '../../support/engine-world.ts'
import { runMove } from '../../support/run-move.ts'
import { StockDevice } from '../../support/stock/stock-device.ts'

// Several processes, one after the other.
vi.setConfig({ testTimeout: 240_000 })

let world: EngineWorld
let chat: Chat
let device: StockDevice

beforeAll(async () => {
  world = await EngineWorld.start()
  chat = world.chat('returning')
  device = await StockDevice.link(world, chat.phone)
}, 120_000)

afterAll(async () => {
  await device?.remove()
  await world?.[Symbol.asyncDispose]()
})

test('an old owner that comes back after the move ends the session for an operator, and nobody dials against it', async () => {
  await device.stop()
  const move = ['in', '--from', device.folder, '--session', chat.name, '--old-owner-is-stopped']
  await writeFile(join(device.folder, 'pre-key-5.json'), '{"public":')
  const damaged = await runMove(world, ...move)
  expect(damaged).toMatchObject({ code: 1 })
  expect(damaged.said).toContain('Unreadable: pre-key-5: it is cut or is no JSON.')
  expect(await chat.document()).toEqual({})

  const moved = await runMove(world, ...move, '--without-unreadable')
  expect(moved, moved.said).toMatchObject({ code: 0, result: { state: 'CONNECTED' } })
  await device.start()
  await chat.untilSession('FAILED NEEDS_ATTENTION old-owner-alive')
  const { logins } = await chat.account()
  expect(await chat.document()).toMatchObject({ runnerId: expect.any(String) as string, nextAttemptAt: null })

  await device.stop()
  await world.api.want(chat.name, 'start')
  await chat.works()
  expect((await chat.account()).logins).toBe(logins + 1)
  expect((await chat.account()).registrations).toBe(1)
})
