// The owner's phone: what it writes reaches its companions, and it tells and answers nothing while it is off.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const PHONE = '5511900000001'
const ANA = '5511800000001'

let simulator: SimulatorProcess
let client: StockClient

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  client = new StockClient(simulator)
  await simulator.post('/phones', { phone: PHONE, sendsReceipts: true })
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
  await client.link(PHONE)
})

afterAll(() => simulator.stop())

const ofPhone = () => client.receipts.filter(({ from }) => from === `${PHONE}@s.whatsapp.net`)

test('a message that the owner writes on the phone reaches the companion, as its own', async () => {
  const { id } = await simulator.post(`/phones/${PHONE}/send`, { to: ANA, text: 'written on the phone' })
  await simulator.happens('receipt', (happening) => happening.id === id)
  expect(await simulator.violationKinds()).toEqual([])
})

test('the phone sends a receipt for a message of its companion, and none while it is off', async () => {
  const id = await client.say(ANA, 'first')
  await client.until('the receipt of the phone', () => ofPhone().some((receipt) => receipt.id === id))
  expect(ofPhone()[0]).toMatchObject({ id, type: 'sender' })
  await simulator.post(`/phones/${PHONE}/presence`, { online: false })
  const second = await client.say(ANA, 'second')
  await client.until('the receipt of the contact', () => client.receipts.some((receipt) => receipt.id === second))
  await simulator.post(`/phones/${PHONE}/presence`, { online: true })
  const third = await client.say(ANA, 'third')
  await client.until('the receipt of the phone', () => ofPhone().some((receipt) => receipt.id === third))
  expect(ofPhone().map((receipt) => receipt.id)).toEqual([id, third])
})
