// Tests how a stock client writes to groups. Every device of every member reads the messages with the client's real sender key.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let ana = ''
let bea = ''
let people = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  const n = String(++people).padStart(2, '0')
  phone = `55119000012${n}`
  ana = `55118000012${n}`
  bea = `55118000013${n}`
  await simulator.post('/phones', { phone })
  await simulator.post('/contacts', { phone: ana, name: 'Ana' })
  await simulator.post('/contacts', { phone: bea, name: 'Bea' })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const lidOf = (contact: string) => `2${contact.padStart(15, '0')}@lid`
const contact = async (number: string) => (await simulator.state()).contacts.find((other) => other.phone === number)
const account = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)

const readBy = (number: string, id: string, device = 0) =>
  simulator.happens('contact-received', (h) => h.contact === number && h.id === id && h.device === device)

/** Sends a text, and resolves when Ana and Bea have read it on their phones. */
const say = async (group: string, text: string): Promise<string> => {
  const id = await client.sayTo(group, text)
  for (const number of [ana, bea]) await readBy(number, id)
  return id
}

/** Resolves with the number of devices that received the sender key with a message. */
const toldWith = (id: string) => simulator.happens('message', (message) => message.id === id).then(({ devices }) => devices)

test.each(['lid', 'pn'] as const)(
  'members addressed by %s read it, and each device receives the sender key once',
  async (addressing) => {
    await simulator.post(`/contacts/${ana}/devices`)
    const group = await simulator.createGroup('Friends', [phone, ana, bea], addressing)
    const first = await say(group, 'hello all')
    await readBy(ana, first, 1)
    const second = await say(group, 'how are you')
    await readBy(ana, second, 1)
    // The devices are the own phone, two of Ana's and one of Bea's. With LIDs stock Baileys also sends the key to itself.
    expect([await toldWith(first), await toldWith(second)]).toEqual([addressing === 'lid' ? 5 : 4, 0])
    expect((await contact(ana))?.received).toMatchObject([
      { id: first, from: phone, text: 'hello all', group, devices: [0, 1], copies: 1 },
      { id: second, text: 'how are you', group, devices: [0, 1] },
    ])
  },
)

test('members receipt a group message one by one, also while the client is away', async () => {
  const group = await simulator.createGroup('Friends', [phone, ana, bea])
  const { receipts } = client
  const id = await say(group, 'read this')
  await client.until('both', () => receipts.length === 2)
  expect(receipts.map(({ from, participant }) => [from, participant])).toEqual([ana, bea].map((one) => [group, lidOf(one)]))
  await client.cut()
  for (const number of [ana, bea]) await simulator.post(`/contacts/${number}/receipt`, { id, type: 'read' })
  expect(await account()).toMatchObject({ offlineQueue: 2 })
  await client.open()
  await client.until('both', () => receipts.length === 4)
  expect(receipts.slice(2).map(({ type, participant }) => [type, participant])).toEqual(
    [ana, bea].map((one) => ['read', lidOf(one)]),
  )
  let acks = 2
  await simulator.happens(
    'frame',
    (frame) => frame.tag === 'ack' && frame.id === id && frame.attrsType === 'read' && --acks === 0,
  )
  expect(await account()).toMatchObject({ offlineQueue: 0 })
})

test('a device unknown to the client asks for the message, and receives it with the sender key', async () => {
  const group = await simulator.createGroup('Friends', [phone, ana, bea])
  await say(group, 'to the phones')
  await simulator.post(`/contacts/${ana}/devices`, { notice: 'none' })
  const id = await say(group, 'and to a companion')
  await readBy(ana, id, 1)
  const next = await say(group, 'which has the key now')
  await readBy(ana, next, 1)
  expect(await contact(ana)).toMatchObject({ undecryptable: 1, retryReceipts: 1 })
})

test('a member that lost its keys asks for the message again, and reads it', async () => {
  const group = await simulator.createGroup('Friends', [phone, ana, bea])
  await say(group, 'before')
  await simulator.post(`/contacts/${ana}/forget-sessions`)
  const id = await say(group, 'after')
  const received = (await contact(ana))?.received.filter((message) => message.id === id)
  expect(received).toMatchObject([{ text: 'after', copies: 1 }])
  await say(group, 'and on')
  expect((await contact(ana))?.undecryptable).toBe(1)
})

test('other accounts in a group read it with their own clients, receipt it, and ask again for unreadable messages', async () => {
  const other = new StockClient(simulator)
  const otherPhone = phone.replace('12', '14')
  await simulator.post('/phones', { phone: otherPhone })
  await other.link(otherPhone)
  const group = await simulator.createGroup('Friends', [phone, otherPhone, ana, bea])
  const { receipts } = client
  const id = await say(group, 'to all kinds of members')
  await other.until('the message', () => other.received.length === 1)
  expect(other.received).toMatchObject([{ id, text: 'to all kinds of members', chat: group }])
  const participant = `1${otherPhone.padStart(15, '0')}:1@lid`
  await client.until('its receipt', () => receipts.some((receipt) => receipt.participant === participant && receipt.id === id))
  for (const key of other.keys.keys()) if (key.startsWith('sender-key|')) other.keys.delete(key)
  await say(group, 'read at the second attempt')
  await other.until('the message', () => other.received.length === 2)
  await say(group, 'read at once')
  await other.until('the message', () => other.received.length === 3)
  await other.cut()
})

test('only a participant can write to a group', async () => {
  const group = await simulator.createGroup('Others', [ana, bea])
  const refused = new Promise<string | undefined>((resolve) => {
    client.socket?.ws.on('CB:ack,class:message', ({ attrs }: BinaryNode) => resolve(attrs.error))
  })
  await client.socket?.sendNode({ tag: 'message', attrs: { to: group, id: 'UNINVITED', type: 'text' }, content: [] })
  expect(await refused).toBe('403')
})

test('only the client without a key broke a rule', async () => {
  expect(new Set(await simulator.violationKinds())).toEqual(new Set(['nack']))
})
