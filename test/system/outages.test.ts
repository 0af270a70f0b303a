import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import type { RunnerNetwork } from '../../sandbox/proxies.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'
import { storedState } from '../support/stored-state.ts'

describe('incidents', () => {
  const change = async (network: RunnerNetwork, how: 'pass' | 'refuse') =>
    await Promise.all(Object.values(network).map((proxy) => proxy.change({ how })))

  test('a five-minute network drop that once led to deletion', { timeout: 240_000 }, async () => {
    await using world = await EngineWorld.start({ runnerNetworks: true, movableClock: true, schedules: false })
    const { sandbox, google } = world
    const chat = await world.linked('dropped', { receipts: false })
    await chat.untilStatus(await chat.send('before'), 'sent')
    await chat.receive('before')
    await eventually(async () => expect(await chat.stored()).toEqual(['before']))
    const before = {
      account: await chat.account(),
      creds: (await storedState(world, chat)).creds,
      document: await chat.document(),
    }
    const network = sandbox.networkOf('runner-1')
    const since = world.happened.length

    // Everything at once: WhatsApp, the rest of the world, and Google. The functions are elsewhere and go on.
    await change(network, 'refuse')
    await world.happens(({ type, phone }) => type === 'disconnect' && phone === chat.phone, since)
    const job = await chat.send('during')
    await chat.receive('during')
    for (let minute = 0; minute < 5; minute++) {
      await sandbox.advanceClock({ minutes: 1 })
      await sandbox.fireSchedule('sweep')
      await pause(1000)
    }
    expect((await storedState(world, chat)).creds).toBe(before.creds)
    await change(network, 'pass')

    await chat.works()
    await chat.untilStatus(job, 'sent')
    await eventually(async () => expect((await chat.stored()).toSorted()).toEqual(['before', 'during']))
    const account = await chat.account()
    expect([account.deviceJid, account.registrations, account.logins]).toEqual([
      before.account.deviceJid,
      1,
      before.account.logins + 1,
    ])
    expect(world.happened.slice(since).filter(({ type }) => type === 'qr' || type === 'paired')).toEqual([])
    expect((await chat.document())['pairing']).toBeNull()
    const actions = await google.documents.query({ collection: RECOVERY_ACTIONS, where: [['sessionId', '==', chat.sessionId]] })
    expect(actions.filter(({ fields }) => fields['type'] === 'restore' || fields['type'] === 'logout')).toEqual([])
    expect((await world.simulator.state()).violations).toEqual([])
  })
})
