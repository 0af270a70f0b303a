// Tests the dirty bits, and how stock Baileys reacts to each.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from '../testing/simulator-process.ts'
import { StockClient } from '../testing/stock-client.ts'

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let phones = 0
let since = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  phone = `55119000009${String(++phones).padStart(2, '0')}`
  since = simulator.now
  await simulator.post('/phones', { phone })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const dirty = async () => (await simulator.state()).accounts.find((account) => account.phone === phone)?.dirty
const mark = (type: string, timestamp?: number) =>
  simulator.post(`/phones/${phone}/dirty`, { type, ...(timestamp ? { timestamp } : {}) })
const frame = (xmlns: string) =>
  simulator.happens('frame', (happening) => happening.phone === phone && happening.xmlns === xmlns, since)
const announced = (): Promise<Record<string, string>> =>
  new Promise((resolve) => {
    client.socket?.ws.on('CB:ib,,dirty', ({ content }: { content: { attrs: Record<string, string> }[] }) =>
      resolve(content[0]?.attrs ?? {}),
    )
  })

test('account_sync is sent again at each login, until the client has cleared it', async () => {
  await mark('account_sync', 1_700_000_000)
  await client.until('the time', () => client.creds.lastAccountSyncTimestamp === 1_700_000_000)
  expect(await dirty()).toEqual([{ type: 'account_sync', timestamp: 1_700_000_000 }])
  await client.cut()
  await client.open()
  await frame('urn:xmpp:whatsapp:dirty')
  expect(await dirty()).toEqual([])
})

test('groups: stock Baileys queries all groups, and clears the bit', async () => {
  await mark('groups')
  expect(await frame('w:g2')).toMatchObject({ child: 'participating' })
  await frame('urn:xmpp:whatsapp:dirty')
  expect(await dirty()).toEqual([])
})

test('syncd_app_state, marked while the client is away: stock Baileys receives it when it is back, and does nothing', async () => {
  await client.cut()
  await mark('syncd_app_state', 1_700_000_000)
  client.connect()
  expect(await announced()).toEqual({ type: 'syncd_app_state', timestamp: '1700000000' })
  await client.until('open', () => client.isOpen)
  expect(await dirty()).toEqual([{ type: 'syncd_app_state', timestamp: 1_700_000_000 }])
})
