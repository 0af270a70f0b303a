// Tests the effect of each fault on a stock client.
import type { IncomingMessage } from 'node:http'
import { getBinaryNodeChild, getBinaryNodeChildren } from '@whiskeysockets/baileys'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ANA = '5511800000001'
const PHONE = '5511900000201'
const OTHER = '5511900000202'

let simulator: SimulatorProcess
let client: StockClient
let since = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
  await simulator.post('/phones', { phone: PHONE })
  await simulator.post('/phones', { phone: OTHER })
  client = new StockClient(simulator)
  await client.link(PHONE)
})

beforeEach(async () => {
  if (!client.isOpen) await client.open()
  since = simulator.now
})

afterEach(() => simulator.request('DELETE', '/faults'))

afterAll(() => simulator.stop())

const fault = (order: Record<string, unknown>) => simulator.post('/faults', order)
const happens = (type: string, id: string) => simulator.happens(type, (happening) => happening.id === id)
const closes = (code: number) => client.until(`closing with ${code}`, () => !client.isOpen && client.closeCodes.at(-1) === code)
const received = async () => (await simulator.state()).contacts[0]?.received.map(({ id }) => id)

/** Resolves with the attributes of the ack that the client receives for a message. */
const ackOf = (id: string): Promise<Record<string, string>> =>
  new Promise((resolve) => {
    client.socket?.ws.on('CB:ack,class:message', ({ attrs }: { attrs: Record<string, string> }) => {
      if (attrs.id === id) resolve(attrs)
    })
  })

test('drop cuts the connection', async () => {
  await fault({ kind: 'drop', account: PHONE })
  await closes(428)
})

test('a fault for one account leaves other accounts alone', async () => {
  await fault({ kind: 'drop', account: OTHER })
  await happens('contact-received', await client.say(ANA, 'still here'))
  expect(client.isOpen).toBe(true)
})

test('stream-error sends its code and closes', async () => {
  await fault({ kind: 'stream-error', code: 516 })
  await closes(516)
})

test('login-failure refuses the given number of logins', async () => {
  await fault({ kind: 'login-failure', code: 405, count: 2 })
  await client.cut()
  for (const attempt of [1, 2]) {
    client.connect()
    await client.until(`failure ${attempt}`, () => client.closeCodes.slice(-attempt).every((code) => code === 405))
  }
  await client.open()
})

test('nack refuses a message, and the contact does not receive it', async () => {
  await fault({ kind: 'nack', code: 463 })
  const ack = ackOf('NACKED')
  await client.say(ANA, 'not accepted', 'NACKED')
  expect(await ack).toMatchObject({ error: '463' })
  await happens('contact-received', await client.say(ANA, 'accepted again'))
  expect(await received()).not.toContain('NACKED')
})

test('a fault with `after` lets that many occasions pass', async () => {
  await fault({ kind: 'nack', after: 1 })
  await happens('contact-received', await client.say(ANA, 'passes'))
  const ack = ackOf('SECOND')
  await client.say(ANA, 'is refused', 'SECOND')
  expect(await ack).toMatchObject({ error: '479' })
})

test('no-acks delivers a message and drops its ack', async () => {
  await fault({ kind: 'no-acks' })
  await client.say(ANA, 'is delivered', 'UNACKED')
  await happens('contact-received', 'UNACKED')
  await happens('acked', await client.say(ANA, 'is acked again'))
  expect(simulator.happenings.some(({ type, id }) => type === 'acked' && id === 'UNACKED')).toBe(false)
})

test('hold-acks releases the acks when it is cleared', async () => {
  await fault({ kind: 'hold-acks' })
  const ack = ackOf('HELD')
  await client.say(ANA, 'is acked later', 'HELD')
  await happens('contact-received', 'HELD')
  expect(simulator.happenings.some(({ type, id }) => type === 'acked' && id === 'HELD')).toBe(false)
  await simulator.request('DELETE', '/faults')
  expect(await ack).not.toHaveProperty('error')
})

const ANA_JID = `${ANA}@s.whatsapp.net`
const devicesOfAna = () => client.socket?.getUSyncDevices([ANA_JID], false, false)

test('no-devices answers a device query with an empty list', async () => {
  await fault({ kind: 'no-devices' })
  expect(await devicesOfAna()).toEqual([])
  expect(await devicesOfAna()).toMatchObject([{ device: 0 }])
})

test('no-participants answers a group query with no members', async () => {
  const group = await simulator.createGroup('Friends', [PHONE, ANA])
  const membersOf = async () => (await client.socket?.groupMetadata(group))?.participants.length
  await fault({ kind: 'no-participants' })
  expect([await membersOf(), await membersOf()]).toEqual([0, 2])
})

test('no-bundles answers a key query without keys', async () => {
  const [ana] = (await client.socket?.onWhatsApp(ANA_JID)) ?? []
  expect(ana).toMatchObject({ exists: true })
  const keysOfAna = async () => {
    const user = { tag: 'user', attrs: { jid: ANA_JID } }
    const attrs = { to: 's.whatsapp.net', type: 'get', xmlns: 'encrypt' }
    const answer = await client.socket?.query({ tag: 'iq', attrs, content: [{ tag: 'key', attrs: {}, content: [user] }] })
    return getBinaryNodeChildren(getBinaryNodeChild(answer, 'list'), 'user').length
  }
  await fault({ kind: 'no-bundles' })
  expect([await keysOfAna(), await keysOfAna()]).toEqual([0, 1])
})

test('no-answer ignores one query, and answers all others', async () => {
  await fault({ kind: 'no-answer', query: 'usync' })
  let isAnswered = false
  devicesOfAna()?.then(
    () => (isAnswered = true),
    // The query fails when the connection ends at the end of the test.
    () => {},
  )
  await simulator.happens('frame', ({ xmlns }) => xmlns === 'usync', since)
  await client.socket?.fetchPrivacySettings(true)
  expect(await devicesOfAna()).toMatchObject([{ device: 0 }])
  expect(isAnswered).toBe(false)
})

test('silence: the server reads, but sends nothing until the fault ends', async () => {
  await fault({ kind: 'silence' })
  let heard = false
  const ack = ackOf('SILENT').then(() => (heard = true))
  await client.say(ANA, 'into the silence', 'SILENT')
  await happens('contact-received', 'SILENT')
  await happens('acked', 'SILENT')
  expect(heard).toBe(false)
  await simulator.request('DELETE', '/faults')
  await ack
})

test('deaf: the connection answers questions and pings and brings nothing; what came meanwhile follows on the next one', async () => {
  await fault({ kind: 'deaf', account: PHONE })
  const { ids } = await simulator.post(`/contacts/${ANA}/send`, { to: PHONE, text: 'to a deaf client' })
  const [id = ''] = ids as string[]
  await happens('withheld', id)
  await client.socket?.fetchPrivacySettings(true)
  expect(client.isOpen).toBe(true)
  expect(client.received.some((message) => message.id === id)).toBe(false)
  await client.cut()
  await client.open()
  await client.until('the withheld message', () => client.received.some((message) => message.id === id))
})

test('deaf for two connections: the second one is deaf from its login on', async () => {
  await fault({ kind: 'deaf', account: PHONE, count: 2 })
  await client.cut()
  await client.open()
  const withheld = happens('withheld', await client.say(ANA, 'an ack that never comes'))
  await withheld
  await client.cut()
  await client.open()
  await happens('acked', await client.say(ANA, 'is heard again'))
})

test('half-deaf: what the client sends is acknowledged, and nothing else comes', async () => {
  await fault({ kind: 'half-deaf', account: PHONE })
  const receipts = client.receipts.length
  const sent = await client.say(ANA, 'from a half-deaf client')
  await happens('acked', sent)
  const { ids } = await simulator.post(`/contacts/${ANA}/send`, { to: PHONE, text: 'to a half-deaf client' })
  await happens('withheld', (ids as string[])[0] ?? '')
  expect(client.receipts).toHaveLength(receipts)
  await client.cut()
  await client.open()
  await client.until('the withheld receipt', () => client.receipts.some((receipt) => receipt.id === sent))
})

test('silence ends after its time, also on a new connection', async () => {
  await client.cut()
  await fault({ kind: 'silence', ms: 300 })
  const started = Date.now()
  await client.open()
  expect(Date.now() - started).toBeGreaterThan(250)
})

test('refuse answers the upgrade with 503', async () => {
  await client.cut()
  await fault({ kind: 'refuse', count: 1 })
  // With a listener for this event, the WebSocket does not close by itself, and Baileys does not react to it.
  const status = new Promise<number | undefined>((resolve) => {
    client.connect().ws.on('unexpected-response', (_request: unknown, response: IncomingMessage) => resolve(response.statusCode))
  })
  expect(await status).toBe(503)
  await client.open()
})

test('refuse for one account cuts its connection at its login', async () => {
  await client.cut()
  await fault({ kind: 'refuse', account: PHONE, count: 1 })
  // The end of the cut connection has the same code.
  const before = client.closeCodes.length
  client.connect()
  await client.until('the refused login to end', () => client.closeCodes.length > before)
  expect(client.closeCodes.at(-1)).toBe(428)
})

test('latency delays every frame to the client, in order', async () => {
  await fault({ kind: 'latency', ms: 200 })
  const acks: string[] = []
  client.socket?.ws.on('CB:ack,class:message', ({ attrs }: { attrs: { id: string } }) => acks.push(attrs.id))
  const started = Date.now()
  const last = ackOf('LATE-3')
  for (const id of ['LATE-1', 'LATE-2', 'LATE-3']) await client.say(ANA, id, id)
  await last
  expect(Date.now() - started).toBeGreaterThan(190)
  expect(acks).toEqual(['LATE-1', 'LATE-2', 'LATE-3'])
})

test('no fault made the client break a rule', async () => {
  expect(since).toBeGreaterThan(0)
  expect(await simulator.violationKinds()).toEqual([])
})
