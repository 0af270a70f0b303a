// Tests limits of an account with a stock client.
import type { NewChatMessageCapInfo, ReachoutTimelockState } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ANA = '5511800000001'
const ANA_PN = `${ANA}@s.whatsapp.net`
const PHONE = '5511900000901'

let simulator: SimulatorProcess
let client: StockClient
const locks: ReachoutTimelockState[] = []
const caps: NewChatMessageCapInfo[] = []

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
  await simulator.post('/phones', { phone: PHONE })
  client = new StockClient(simulator)
  await client.link(PHONE)
  client.socket?.ev.on('connection.update', ({ reachoutTimeLock }) => reachoutTimeLock && locks.push(reachoutTimeLock))
  client.socket?.ev.on('message-capping.update', (cap) => caps.push(cap))
})

afterAll(() => simulator.stop())

const acked = async (id: string) => await simulator.happens('acked', (happening) => happening.id === id)

test('a lock is announced, refuses messages to strangers, and is told to those who ask', async () => {
  await simulator.post(`/phones/${PHONE}/reach-out-lock`, { seconds: 3600, type: 'BIZ_QUALITY' })
  await client.until('the lock', () => locks.length === 1)
  expect(locks).toMatchObject([{ isActive: true, enforcementType: 'BIZ_QUALITY' }])
  const asked = await client.socket?.fetchAccountReachoutTimelock()
  expect(asked).toEqual(locks[0])
  await client.socket?.sendMessage(ANA_PN, { text: 'hello' }, { messageId: 'STRANGER' })
  expect(await acked('STRANGER')).toMatchObject({ error: '463' })
})

test('a contact that gave its token is no stranger', async () => {
  const since = simulator.now
  await simulator.post(`/contacts/${ANA}/token`, { to: PHONE })
  await simulator.happens('frame', ({ tag, class: of }) => tag === 'ack' && of === 'notification', since)
  await client.socket?.sendMessage(ANA_PN, { text: 'hello' }, { messageId: 'KNOWN' })
  expect((await acked('KNOWN')).error).toBeUndefined()
})

test('a lock is lifted', async () => {
  const before = locks.length
  await simulator.request('DELETE', `/phones/${PHONE}/reach-out-lock`, {})
  await client.until('the end of the lock', () => locks.length > before)
  expect(locks.at(-1)).toMatchObject({ isActive: false })
})

test('a cap is announced, and told to those who ask', async () => {
  expect(await client.socket?.fetchNewChatMessageCap()).toMatchObject({ capping_status: 'NONE' })
  await simulator.post(`/phones/${PHONE}/message-cap`, { status: 'CAPPED', used: 10, total: 10, seconds: 3600 })
  await client.until('the cap', () => caps.length === 1)
  expect(caps).toMatchObject([{ capping_status: 'CAPPED', used_quota: 10, total_quota: 10 }])
  expect(await client.socket?.fetchNewChatMessageCap()).toEqual(caps[0])
})

test('a limit of which nobody tells is known to those who ask', async () => {
  const before = locks.length
  await simulator.post(`/phones/${PHONE}/reach-out-lock`, { seconds: 3600, tells: false })
  expect(await client.socket?.fetchAccountReachoutTimelock()).toMatchObject({ isActive: true })
  expect(locks.length).toBe(before + 1)
})
