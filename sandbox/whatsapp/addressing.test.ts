// Tests one contact with two addresses, phone number and LID, which change in the middle of a chat. The contact has one Signal
// session under both.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let ana = ''
let people = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  const n = String(++people).padStart(2, '0')
  phone = `55119000005${n}`
  ana = `55118000005${n}`
  await simulator.post('/phones', { phone })
  await simulator.post('/contacts', { phone: ana, name: 'Ana' })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const pn = () => `${ana}@s.whatsapp.net`
const lid = () => `2${ana.padStart(15, '0')}@lid`

const contact = async () => (await simulator.state()).contacts.find((other) => other.phone === ana)
const switchTo = (mode: 'pn' | 'lid') => simulator.post(`/contacts/${ana}/addressing`, { mode })

const say = async (jid: string, text: string): Promise<string> => {
  const id = await client.sayTo(jid, text)
  await simulator.happens('contact-received', (happening) => happening.id === id && happening.text === text)
  return id
}

const hear = async (text: string): Promise<void> => {
  const [id] = await simulator.send(ana, phone, text)
  await simulator.happens('receipt', (happening) => happening.id === id)
  await client.until('the message', () => client.received.some((message) => message.id === id))
}

/** Records the sender addresses of all later messages or receipts. */
const watchSenders = (tag: 'message' | 'receipt') => {
  const senders: Record<string, string | undefined>[] = []
  client.socket?.ws.on(`CB:${tag}`, ({ attrs: { from, sender_pn, sender_lid } }: BinaryNode) => {
    senders.push({ from, ...(sender_pn ? { sender_pn } : {}), ...(sender_lid ? { sender_lid } : {}) })
  })
  return senders
}

test('a contact that changes its address back and forth is read in one session', async () => {
  const senders = watchSenders('message')
  await hear('by number')
  await say(pn(), 'hello')
  await switchTo('lid')
  await hear('by LID')
  await hear('by LID again')
  await say(pn(), 'still the number')
  await switchTo('pn')
  await hear('by number again')
  const [byNumber, byLid] = [
    { from: pn(), sender_lid: lid() },
    { from: lid(), sender_pn: pn() },
  ]
  expect(senders).toEqual([byNumber, byLid, byLid, byNumber])
  expect([...client.keys.keys()].filter((key) => key.startsWith(`session|`) && key.includes(ana))).toHaveLength(1)
  expect((await contact())?.received.map(({ text }) => text)).toEqual(['hello', 'still the number'])
})

test("receipts come from the contact's current address, and name the message by its id", async () => {
  const senders = watchSenders('receipt')
  await switchTo('lid')
  const id = await say(pn(), 'to the number')
  await simulator.happens('frame', ({ tag, class: of, id: acked }) => tag === 'ack' && of === 'receipt' && acked === id)
  expect(senders).toEqual([{ from: lid() }])
  expect((await simulator.state()).accounts.find((account) => account.phone === phone)).toMatchObject({ offlineQueue: 0 })
})

test('a client may write to either address, and asks for a message again under the address that it came from', async () => {
  await say(lid(), 'to the LID')
  await say(pn(), 'to the number')
  await switchTo('lid')
  await hear('by LID')
  for (const key of client.keys.keys()) if (key.startsWith('session|') && key.includes(ana)) client.keys.delete(key)
  const [id] = await simulator.send(ana, phone, 'read at the second attempt')
  await client.until('the message', () => client.received.some((message) => message.id === id))
  expect(client.received.at(-1)).toMatchObject({ chat: lid(), text: 'read at the second attempt' })
})

test('a client that only sends opens one session and takes one key for it', async () => {
  await say(pn(), 'one')
  await hear('two')
  await say(pn(), 'three')
  expect(await contact()).toMatchObject({ sessionsOpened: 1, needlessSessions: 0, preKeysTaken: 1 })
})

test('a second session in an open chat is counted as needless', async () => {
  await say(pn(), 'one')
  await hear('two')
  await say(lid(), 'three') // Stock Baileys queries the devices of this address, and then always requests keys.
  expect(await contact()).toMatchObject({ sessionsOpened: 2, needlessSessions: 1, preKeysTaken: 2 })
})

test('two sessions that both sides begin at once are not counted as needless', async () => {
  await client.cut()
  await simulator.send(ana, phone, 'from Ana first')
  client.connect().ws.removeAllListeners('CB:message') // The client does not read yet.
  await client.until('open', () => client.isOpen)
  await say(pn(), 'from the client first')
  await client.cut()
  await client.open()
  await client.until('the message', () => client.received.length === 1)
  expect(await contact()).toMatchObject({ sessionsOpened: 1, needlessSessions: 0 })
})

test('a new session for which the contact gave a reason is not counted as needless', async () => {
  const id = await say(pn(), 'one')
  await hear('two')
  const since = simulator.now
  await simulator.post(`/contacts/${ana}/ask-again`, { id }) // The retry receipt carries keys, although the contact has lost none.
  await simulator.happens('contact-received', (happening) => happening.id === id, since)
  expect(await contact()).toMatchObject({ sessionsOpened: 2, needlessSessions: 0 })
  await simulator.post(`/contacts/${ana}/forget-sessions`)
  await say(pn(), 'in a new session again')
  expect(await contact()).toMatchObject({ sessionsOpened: 3, needlessSessions: 0 })
})

test('a message with phone number and LID mixed among its recipients is refused', async () => {
  await say(pn(), 'one')
  const refused = new Promise<string | undefined>((resolve) => {
    client.socket?.ws.on('CB:ack,class:message', ({ attrs }: BinaryNode) => attrs.id === 'MIXED' && resolve(attrs.error))
  })
  const enc = { tag: 'enc', attrs: { v: '2', type: 'msg' }, content: Buffer.alloc(60) }
  const participants = [{ tag: 'to', attrs: { jid: lid() }, content: [enc] }]
  await client.socket?.sendNode({
    tag: 'message',
    attrs: { to: pn(), id: 'MIXED', type: 'text' },
    content: [{ tag: 'participants', attrs: {}, content: participants }],
  })
  expect(await refused).toBe('400')
})

test('only the client that had lost its session broke a rule', async () => {
  expect(new Set(await simulator.violationKinds())).toEqual(new Set(['nack']))
})
