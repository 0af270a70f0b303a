import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const PHONE = '5511900000001'
const ANA = '5511800000001'
const BEA = '5511800000002'

let simulator: SimulatorProcess
let client: StockClient

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  client = new StockClient(simulator)
  await simulator.post('/phones', { phone: PHONE })
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
  await simulator.post('/contacts', { phone: BEA, name: 'Bea', autoReceipt: false })
})

afterAll(() => simulator.stop())

const account = async () => (await simulator.state()).accounts.find(({ phone }) => phone === PHONE)
const contact = async (phone: string) => (await simulator.state()).contacts.find((other) => other.phone === phone)

test('a stock client is linked by its code, and is connected after the restart', async () => {
  await client.link(PHONE)
  expect(client.closeCodes).toEqual([515])
  await simulator.happens('prekeys-uploaded')
  const state = await account()
  expect(state).toMatchObject({ deviceJid: `${PHONE}:1@s.whatsapp.net`, connected: true, logins: 1, registrations: 1 })
})

test('a sent message is decrypted by the contact, acked, and receipted', async () => {
  const receipts: Record<string, string>[] = []
  client.socket?.ws.on('CB:receipt', ({ attrs }: { attrs: Record<string, string> }) => receipts.push(attrs))
  const id = await client.say(ANA, 'hello Ana')
  await simulator.happens('acked', (happening) => happening.id === id)
  await simulator.happens('contact-received', (happening) => happening.id === id && happening.contact === ANA)
  expect((await contact(ANA))?.received).toMatchObject([{ id, from: PHONE, text: 'hello Ana', copies: 1 }])
  await simulator.happens('frame', ({ tag, class: kind, id: acked }) => tag === 'ack' && kind === 'receipt' && acked === id)
  const second = await client.say(BEA, 'hello Bea')
  await simulator.happens('contact-received', (happening) => happening.id === second)
  const read = simulator.happens('frame', ({ tag, id: acked }) => tag === 'ack' && acked === second)
  await simulator.post(`/contacts/${BEA}/receipt`, { id: second, type: 'read' })
  await read
  expect(receipts).toMatchObject([
    { id, from: `${ANA}@s.whatsapp.net` },
    { id: second, from: `${BEA}@s.whatsapp.net`, type: 'read' },
  ])
  expect(receipts[0]).not.toHaveProperty('type')
})

test('a received message reaches the client, the first one and later ones, and its receipt removes it from the queue', async () => {
  const [first] = await simulator.send(BEA, PHONE, 'first from Bea')
  await simulator.happens('receipt', (happening) => happening.id === first)
  await client.say(BEA, 'and back')
  const ids = await simulator.send(BEA, PHONE, 'number {n}', 20)
  await simulator.happens('receipt', (happening) => happening.id === ids.at(-1))
  await client.until('all messages', () => client.received.length === 21)
  expect(client.received.map(({ text }) => text)).toEqual(['first from Bea', ...ids.map((_, n) => `number ${n + 1}`)])
  const state = await account()
  expect(state).toMatchObject({ offlineQueue: 0 })
  expect(state?.receipted).toEqual([first, ...ids])
})

test('a backlog of 150 messages waits while the client is away, and is delivered when it is back', async () => {
  await client.cut()
  expect(await account()).toMatchObject({ connected: false })
  const before = client.received.length
  const ids = await simulator.send(ANA, PHONE, 'while you were away {n}', 150)
  expect(await account()).toMatchObject({ offlineQueue: 150 })
  const since = simulator.now
  await client.open()
  await simulator.happens('active', ({ offline }) => offline === 150, since)
  await client.until('the backlog', () => client.received.length === before + 150)
  expect(client.received.slice(before).map(({ id }) => id)).toEqual(ids)
  await simulator.happens('receipt', ({ id }) => id === ids.at(-1))
  expect(await account()).toMatchObject({ offlineQueue: 0, logins: 2, registrations: 1, connected: true })
})

test('the client broke no rule', async () => {
  expect((await simulator.state()).violations).toEqual([])
})
