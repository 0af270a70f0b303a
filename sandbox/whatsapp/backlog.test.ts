// Tests a long and mixed backlog from several people and groups. It arrives in order and in batches, and again if the client dies
// meanwhile.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ROUNDS = 10
const MESSAGES_A_ROUND = 24
/** The number of calls, of notifications and of receipts, each. */
const OTHERS_A_ROUND = 2
const BACKLOG = ROUNDS * (MESSAGES_A_ROUND + 3 * OTHERS_A_ROUND)

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let people = 0
let contacts: [string, string] = ['', '']
let since = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  const n = String(++people).padStart(2, '0')
  phone = `55119000010${n}`
  contacts = [`55118000010${n}`, `55118000011${n}`]
  await simulator.post('/phones', { phone })
  for (const contact of contacts) await simulator.post('/contacts', { phone: contact, name: contact, autoReceipt: false })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const account = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)

/** Fills the queue of the client while it is away. Returns the ids of the messages in their order. */
const makeBacklog = async (): Promise<string[]> => {
  const [ana, bea] = contacts
  for (const contact of contacts) {
    const read = await client.say(contact, 'read this')
    await simulator.happens('contact-received', ({ id }) => id === read)
  }
  const noticed = simulator.happens(
    'frame',
    ({ class: of, attrsType }) => of === 'notification' && attrsType === 'w:gp2',
    simulator.now,
  )
  const group = await simulator.createGroup('Friends', [phone, ana, bea])
  await noticed
  await client.cut()
  since = simulator.now
  const ids: string[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    ids.push(...(await simulator.send(ana, phone, `Ana ${round}.{n}`, 10)))
    ids.push(...(await simulator.sendToGroup(group, bea, `Bea to all ${round}.{n}`, 2)))
    await makeOthers(ana, `${round}.1`)
    ids.push(...(await simulator.send(bea, phone, `Bea ${round}.{n}`, 10)))
    ids.push(...(await simulator.sendToGroup(group, ana, `Ana to all ${round}.{n}`, 2)))
    await makeOthers(ana, `${round}.2`)
  }
  return ids
}

/** Puts a call, a notification and a receipt into the queue. */
const makeOthers = async (from: string, n: string): Promise<void> => {
  const putIn = (tag: string, attrs: Record<string, string>) =>
    simulator.post(`/phones/${phone}/stanza`, {
      tag,
      attrs: { id: `${tag} ${n}`, from: `${from}@s.whatsapp.net`, t: '1', ...attrs },
    })
  await simulator.post(`/accounts/${phone}/call`, { from })
  await putIn('notification', { type: 'status' })
  await putIn('receipt', { type: 'read' })
}

/** Resolves when the client acknowledges the last stanza of the backlog. */
const lastIsAcked = (from: number) =>
  simulator.happens('frame', ({ tag, id }) => tag === 'ack' && id === `receipt ${ROUNDS}.${OTHERS_A_ROUND}`, from)

const during = (type: string, from = since) =>
  simulator.happenings.slice(from).filter((happening) => happening.type === type && happening.phone === phone)

test('a backlog is announced, arrives in order in batches of a hundred, and is answered', async () => {
  const ids = await makeBacklog()
  expect(await account()).toMatchObject({ offlineQueue: BACKLOG })
  const active = simulator.happens('active', (happening) => happening.phone === phone, since)
  const socket = client.connect()
  const preview = new Promise<BinaryNode>((resolve) => socket.ws.on('CB:ib,,offline_preview', resolve))
  const counts = (await preview).content as BinaryNode[]
  expect(counts[0]?.attrs).toMatchObject({
    count: String(BACKLOG),
    message: String(MESSAGES_A_ROUND * ROUNDS),
    notification: String(ROUNDS * OTHERS_A_ROUND),
    receipt: String(ROUNDS * OTHERS_A_ROUND),
    call: String(ROUNDS * OTHERS_A_ROUND),
  })
  expect(await active).toMatchObject({ offline: BACKLOG })
  await client.until('all messages', () => client.received.length === ids.length)
  expect(client.received.map(({ id }) => id)).toEqual(ids)
  expect(new Set(client.received.map(({ upsert }) => upsert))).toEqual(new Set(['append']))
  expect(during('delivered').every(({ offline }) => offline === true)).toBe(true)
  expect(during('batch').map(({ size }) => size)).toEqual([100, 100, 100])
  await lastIsAcked(since)
  expect(await account()).toMatchObject({ offlineQueue: 0, receipted: ids })
})

test('a client that dies in the middle of a backlog receives every unreceipted stanza again, in order', async () => {
  const ids = await makeBacklog()
  client.connect()
  await simulator.happens('receipt', ({ id }) => id === ids[70], since)
  await client.cut()
  const receipted = (await account())?.receipted ?? []
  expect(receipted.length).toBeGreaterThan(70)
  expect(receipted.length).toBeLessThan(ids.length)
  const again = simulator.now
  await client.open()
  await simulator.happens('receipt', ({ id }) => id === ids.at(-1), again)
  await lastIsAcked(again)
  expect(during('delivered', again).map(({ id }) => id)).toEqual(ids.filter((id) => !receipted.includes(id)))
  expect(await account()).toMatchObject({ offlineQueue: 0 })
  expect(new Set((await account())?.receipted)).toEqual(new Set(ids))
})

test('no client broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
