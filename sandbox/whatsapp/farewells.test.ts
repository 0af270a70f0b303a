// Tests the code with which each login failure and each stream error reaches a stock client.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const PHONE = '5511900000901'

let simulator: SimulatorProcess
let client: StockClient

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/phones', { phone: PHONE })
  client = new StockClient(simulator)
})

beforeEach(async () => {
  if (client.isOpen) return
  const account = (await simulator.state()).accounts[0]
  if (account?.deviceJid) return void (await client.open())
  client = new StockClient(simulator)
  await client.link(PHONE)
})

afterAll(() => simulator.stop())

/** Resolves with the close code and its data when the client has closed. */
const closing = async (act: () => Promise<unknown>) => {
  const closes = client.closeCodes.length
  await act()
  await client.until('closing', () => client.closeCodes.length > closes)
  return { code: client.closeCodes.at(-1), data: client.closeData }
}

const BANNED = { code: '101', expire: '86400' }
const TOLD = {
  logout_message_locale: 'en',
  logout_message_header: expect.any(String),
  logout_message_subtext: expect.any(String),
}

test.each([
  [400, {}],
  [401, TOLD],
  [402, BANNED],
  [403, { ...TOLD, message: 'locked', url: expect.any(String) }],
  [405, {}],
  [406, { ...TOLD, message: 'banned', url: expect.any(String) }],
  [409, {}],
  [411, {}],
  [415, {}],
  [418, {}],
  [500, {}],
  [501, {}],
  [503, {}],
])('login failure %i reaches the client with its code and attributes', async (code, attrs) => {
  await client.cut()
  await simulator.post('/faults', { kind: 'login-failure', account: PHONE, code })
  const { code: arrived, data } = await closing(async () => client.connect())
  expect(arrived).toBe(code)
  expect(data).toEqual({ reason: String(code), location: 'lla', ...attrs })
  const linked = (await simulator.state()).accounts[0]?.deviceJid
  expect(linked === null).toBe(code === 401)
})

test('a login failure can have other attributes', async () => {
  await client.cut()
  await simulator.post('/faults', { kind: 'login-failure', code: 402, attrs: { code: '104', expire: '60' } })
  expect((await closing(async () => client.connect())).data).toMatchObject({ reason: '402', code: '104', expire: '60' })
})

test.each([
  [{}, 503],
  [{ code: 503 }, 503],
  [{ code: 515 }, 515],
  [{ code: 516 }, 516],
  [{ conflict: 'replaced' }, 440],
  [{ conflict: 'device_removed' }, 401],
  [{ condition: 'xml-not-well-formed' }, 500],
  [{ condition: 'shutdown' }, 500],
  [{ condition: 'ack' }, 500],
  [{ code: 507, condition: 'shutdown' }, 507],
])('stream error %j reaches the client as %i', async (order, code) => {
  const closed = await closing(() => simulator.post('/faults', { kind: 'stream-error', account: PHONE, ...order }))
  expect(closed.code).toBe(code)
  const linked = (await simulator.state()).accounts[0]?.deviceJid
  expect(linked === null).toBe(code === 401)
})

test('the end of the stream reaches the client as 428', async () => {
  const end = { via: 'line', tag: 'xmlstreamend', attrs: {} }
  expect((await closing(() => simulator.post(`/phones/${PHONE}/stanza`, end))).code).toBe(428)
})

test('no client above broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
