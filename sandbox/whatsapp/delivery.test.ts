// Tests delivery under hard conditions: unreceipted messages are never lost, and a reader that cannot decrypt one asks for it
// again.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ANA = '5511800000001'

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let phones = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
})

beforeEach(async () => {
  phone = `55119000001${String(++phones).padStart(2, '0')}`
  await simulator.post('/phones', { phone })
  client = new StockClient(simulator)
})

afterAll(() => simulator.stop())

const account = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)
const arrives = (id: string) => simulator.happens('contact-received', (happening) => happening.id === id)
const receipted = (id: string | undefined) => simulator.happens('receipt', (happening) => happening.id === id)

test('a message that was delivered without a receipt is delivered again, marked as offline', async () => {
  await client.link(phone)
  client.socket?.ws.removeAllListeners('CB:message')
  const ids = await simulator.send(ANA, phone, 'not receipted {n}', 3)
  await simulator.happens('delivered', ({ id, offline }) => id === ids[2] && offline === undefined)
  await client.cut()
  expect(await account()).toMatchObject({ offlineQueue: 3, receipted: [] })
  expect((await account())?.waiting).toEqual(ids.map((id) => ({ what: `message|${id}`, handedOverMs: null })))
  await client.open()
  await simulator.happens('delivered', ({ id, offline }) => id === ids[2] && offline === true)
  await receipted(ids[2])
  await client.until('all three', () => client.received.length === 3)
  expect(await account()).toMatchObject({ offlineQueue: 0, receipted: ids })
})

test('messages that arrive during a backlog follow it in order', async () => {
  await client.link(phone)
  await client.cut()
  const backlog = await simulator.send(ANA, phone, 'backlog {n}', 120)
  const login = simulator.happens('login', (happening) => happening.phone === phone, simulator.now)
  const opened = client.open()
  await login
  const later = await simulator.send(ANA, phone, 'later {n}', 5)
  await opened
  await receipted(later.at(-1))
  await client.until('all', () => client.received.length === 125)
  expect(client.received.map(({ id }) => id)).toEqual([...backlog, ...later])
})

test('a contact that lost its sessions asks for the message again with its keys, which breaks no rule', async () => {
  await client.link(phone)
  await arrives(await client.say(ANA, 'hello'))
  const [answer] = await simulator.send(ANA, phone, 'hello back')
  await receipted(answer)
  await simulator.post(`/contacts/${ANA}/forget-sessions`)
  const id = await client.say(ANA, 'do you still know me?')
  await arrives(id)
  const { contacts, violations } = await simulator.state()
  const ana = contacts.find((contact) => contact.phone === ANA)
  expect(ana).toMatchObject({ undecryptable: 1, retryReceipts: 1 })
  expect(ana?.received.find((message) => message.id === id)).toMatchObject({ copies: 1 })
  const [later] = await simulator.send(ANA, phone, 'yes')
  await receipted(later)
  expect(violations).toEqual([])
})

test('receipts also wait for a client that is away', async () => {
  await client.link(phone)
  await simulator.post('/contacts', { phone: '5511800000002', name: 'Bea', autoReceipt: false })
  const id = await client.say('5511800000002', 'read this')
  await arrives(id)
  await client.cut()
  await simulator.post('/contacts/5511800000002/receipt', { id, type: 'delivery' })
  await simulator.post('/contacts/5511800000002/receipt', { id, type: 'read' })
  expect(await account()).toMatchObject({ offlineQueue: 2 })
  const acked = simulator.happens('frame', (frame) => frame.tag === 'ack' && frame.id === id && frame.attrsType === 'read')
  await client.open()
  await acked
  expect(await account()).toMatchObject({ offlineQueue: 0 })
})

test('a client whose one-time keys run low is notified, and uploads more', async () => {
  await client.link(phone)
  await simulator.happens('prekeys-uploaded', (happening) => happening.phone === phone)
  const uploaded = simulator.happens('prekeys-uploaded', (happening) => happening.phone === phone, simulator.now)
  const left = (await account())?.preKeys ?? 0
  // Each new session with a device takes one of its keys. This contact opens very many sessions.
  const user = { tag: 'user', attrs: { jid: `${phone}:1@s.whatsapp.net` } }
  await client.socket?.query({
    tag: 'iq',
    attrs: { xmlns: 'encrypt', type: 'get', to: 's.whatsapp.net' },
    content: [{ tag: 'key', attrs: {}, content: Array.from({ length: left - 4 }, () => user) }],
  })
  expect(await uploaded).toMatchObject({ count: 5 })
  expect(await account()).toMatchObject({ preKeys: 9 })
})

test('two companions of one phone both receive what contacts send, and each what the other sends', async () => {
  await client.link(phone)
  const other = new StockClient(simulator)
  await other.link(phone) // The simulator expects one client per phone and records a violation, but links the second one.
  await simulator.send(ANA, phone, 'to both')
  await Promise.all([client, other].map((one) => one.until('the message', () => one.received.length === 1)))
  const echoed = new Promise<string | null | undefined>((resolve) => {
    other.socket?.ev.on('messages.upsert', ({ messages }) => {
      for (const { key, message } of messages) if (key.fromMe) resolve(message?.extendedTextMessage?.text)
    })
  })
  await client.say(ANA, 'seen on both')
  expect(await echoed).toBe('seen on both')
  expect(await simulator.violationKinds()).toEqual(['registered-while-linked'])
})
