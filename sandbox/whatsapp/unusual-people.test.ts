// Tests people without a LID, empty lists of devices, answers under either name, and retry receipts without keys, with a stock client.
// Some of the tests show faults of stock Baileys: when one fails, upstream has mended it, and the mend in the runner can go.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { getBinaryNodeChild } from '@whiskeysockets/baileys'
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

beforeEach(() => {
  const n = String(++people).padStart(2, '0')
  phone = `55119000017${n}`
  ana = `55118000017${n}`
})

afterAll(() => simulator.stop())

/** Links a client to a phone, and creates its contact. */
const begin = async (account: object = {}, contact: object = {}) => {
  await simulator.post('/phones', { phone, ...account })
  await simulator.post('/contacts', { phone: ana, name: 'Ana', ...contact })
  client = new StockClient(simulator)
  await client.link(phone)
}

const pn = () => `${ana}@s.whatsapp.net`
const lid = () => `2${ana.padStart(15, '0')}@lid`
const ownPn = () => `${phone}@s.whatsapp.net`

const contact = async () => (await simulator.state()).contacts.find((other) => other.phone === ana)

const arrives = (id: string, since = 0) => simulator.happens('contact-received', (happening) => happening.id === id, since)

const say = async (jid: string, text: string): Promise<string> => {
  const id = await client.sayTo(jid, text)
  await arrives(id)
  return id
}

const hear = async (text: string): Promise<string> => {
  const [id = ''] = await simulator.send(ana, phone, text)
  await client.until('the message', () => client.received.some((message) => message.id === id))
  return id
}

/** Records the attributes of all later stanzas. */
const watch = (tag: string): BinaryNode['attrs'][] => {
  const seen: BinaryNode['attrs'][] = []
  client.socket?.ws.on(`CB:${tag}`, ({ attrs }: BinaryNode) => seen.push(attrs))
  return seen
}

const queriesSince = (since: number, xmlns: string): number =>
  simulator.happenings.slice(since).filter((frame) => frame.type === 'frame' && frame.phone === phone && frame.xmlns === xmlns)
    .length

const lidIn = async (jid: string) => (await client.socket?.signalRepository.lidMapping.getLIDForPN(jid)) ?? null

test('a contact without a LID has its number only, and can be answered', async () => {
  await begin({}, { lid: false })
  const messages = watch('message')
  await hear('hello')
  expect(messages).toMatchObject([{ from: pn() }])
  expect(messages[0]).not.toHaveProperty('sender_lid')
  await say(pn(), 'hello back')
  expect(await lidIn(pn())).toBeNull()
  expect([...client.keys.keys()].filter((key) => key.startsWith('session|') && key.includes(ana))).toEqual([`session|${ana}.0`])
})

test('UPSTREAM: stock Baileys cannot write to a contact without a LID that never wrote', async () => {
  await begin({}, { lid: false })
  await expect(client.say(ana, 'hello')).rejects.toThrow('All encryptions failed')
  expect(await contact()).toMatchObject({ preKeysTaken: 0 })
})

test('UPSTREAM: stock Baileys asks for the LID of such a contact again with each message', async () => {
  await begin({}, { lid: false })
  await hear('first')
  const since = simulator.now
  await hear('second')
  expect(queriesSince(since, 'usync')).toBeGreaterThan(1)
})

test('a contact can get a LID later', async () => {
  await begin({}, { lid: false })
  await hear('before')
  await simulator.post(`/contacts/${ana}/lid`)
  const messages = watch('message')
  await hear('after')
  expect(messages[0]).toMatchObject({ from: pn(), sender_lid: lid() })
  await say(pn(), 'an answer')
  await simulator.post(`/contacts/${ana}/addressing`, { mode: 'lid' })
  await hear('by LID')
  expect(await lidIn(pn())).toBe(lid())
})

test('nobody without a LID can go by one, alone or in a group', async () => {
  await begin({}, { lid: false })
  const refused = { status: 409, body: { error: expect.stringContaining('has no LID') } }
  expect(await simulator.request('POST', `/contacts/${ana}/addressing`, { mode: 'lid' })).toMatchObject(refused)
  const group = { subject: 'Friends', participants: [phone, ana] }
  expect(await simulator.request('POST', '/groups', group)).toMatchObject(refused)
  const id = await simulator.createGroup('Friends', [phone], 'lid')
  expect(await simulator.request('POST', `/groups/${id}/participants`, { add: [ana] })).toMatchObject(refused)
  const messages = watch('message')
  const byNumber = await simulator.createGroup('Friends', [phone, ana], 'pn')
  await simulator.sendToGroup(byNumber, ana, 'hello all')
  await client.until('the message', () => client.received.length === 1)
  expect(messages).toMatchObject([{ from: byNumber, participant: pn(), addressing_mode: 'pn' }])
  expect(messages[0]).not.toHaveProperty('participant_lid')
})

test('an own account without a LID is linked, logs in and talks', async () => {
  await begin({ lid: false, keyShare: true }) // With the key share the phone opens a session with its companion.
  expect(client.creds.me).toMatchObject({ id: `${phone}:1@s.whatsapp.net` })
  expect(client.creds.me?.lid).toBeUndefined()
  await hear('hello')
  await say(pn(), 'hello back')
  await say(lid(), 'to the LID')
  expect(await lidIn(ownPn())).toBeNull()
})

test('UPSTREAM: stock Baileys of an account without a LID cannot write as long as its own phone has not written to it', async () => {
  await begin({ lid: false })
  await hear('hello')
  await expect(client.say(ana, 'hello back')).rejects.toThrow('All encryptions failed')
})

test('UPSTREAM: stock Baileys asks for its own devices again with each message when their list is empty', async () => {
  await begin({ listsDevices: false })
  await hear('hello')
  await say(pn(), 'first')
  const since = simulator.now
  const acked = new Promise<BinaryNode>((resolve) => client.socket?.ws.once('CB:ack,class:message', resolve))
  await say(pn(), 'second')
  expect(queriesSince(since, 'usync')).toBe(1)
  expect((await acked).attrs).not.toHaveProperty('phash')
})

test('a contact whose list of devices is empty gets nothing', async () => {
  await begin({}, { listsDevices: false })
  await client.say(ana, 'to nobody')
  expect((await contact())?.received).toEqual([])
})

test.each([
  ['own-name', () => pn()],
  ['asked-name', () => lid()],
])('a contact that answers as %s', async (answersAs, name) => {
  await begin({}, { answersAs })
  const [receipts, messages] = [watch('receipt'), watch('message')]
  await say(pn(), 'to the number')
  await client.until('its receipt', () => receipts.length === 1)
  await say(lid(), 'to the LID')
  await hear('an answer')
  expect([...receipts, ...messages].map(({ from }) => from)).toEqual([pn(), name(), name()])
})

test.each(['none', 'without-type'])(
  'a retry receipt with keys %s is answered in a session that the client begins',
  async (keys) => {
    await begin({}, { retryKeys: keys })
    const id = await say(pn(), 'hello')
    await hear('hello back')
    const requests: BinaryNode[] = []
    client.socket?.ws.on('CB:receipt,type:retry', (receipt: BinaryNode) => requests.push(receipt))
    const since = simulator.now
    await simulator.post(`/contacts/${ana}/ask-again`, { id })
    await arrives(id, since)
    const bundle = getBinaryNodeChild(requests[0], 'keys')
    expect(Boolean(bundle)).toBe(keys === 'without-type')
    expect(getBinaryNodeChild(bundle, 'type')).toBeUndefined()
    await simulator.post(`/contacts/${ana}/forget-sessions`)
    await say(pn(), 'in a lost session')
    expect(await contact()).toMatchObject({ sessionsOpened: 3, preKeysTaken: 3 })
  },
)

test('no client above broke a rule but one, which does not find its session when a contact gets a LID', async () => {
  const { violations } = await simulator.state()
  expect(new Set(violations.map(({ kind, detail }) => `${kind} ${detail.slice(0, 13)}`))).toEqual(new Set(['nack 5511900001704']))
})
