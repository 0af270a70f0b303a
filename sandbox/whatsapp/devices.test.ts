// Tests contacts with several devices, and device lists that change, with a stock client.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { participantHash } from './participant-hash.ts'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let ana = ''
let people = 0
let since = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  const n = String(++people).padStart(2, '0')
  phone = `55119000004${n}`
  ana = `55118000004${n}`
  await simulator.post('/phones', { phone })
  await simulator.post('/contacts', { phone: ana, name: 'Ana' })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const link = async (notice = 'change') => (await simulator.post(`/contacts/${ana}/devices`, { notice })).device
const remove = (device: number) => simulator.request('DELETE', `/contacts/${ana}/devices/${device}`)
const noticed = (type: string) =>
  simulator.happens('frame', (frame) => frame.class === 'notification' && frame.attrsType === type, since)

/** Sends a message, and asserts that exactly these devices of Ana read it. Resolves with the hash in the server's ack, if any. */
const reaches = async (devices: number[], text: string): Promise<string | undefined> => {
  const hash = ackedHash()
  const id = await client.say(ana, text)
  for (const device of devices) {
    await simulator.happens('contact-received', (happening) => happening.id === id && happening.device === device)
  }
  expect((await contact()).received.find((message) => message.id === id)).toMatchObject({ text, devices, copies: 1 })
  return hash
}

const contact = async () => {
  const found = (await simulator.state()).contacts.find((other) => other.phone === ana)
  if (!found) throw new Error('there is no such contact')
  return found
}

/** Resolves with the participant hash in the ack of the next message, if any. */
const ackedHash = (): Promise<string | undefined> =>
  new Promise((resolve) => {
    client.socket?.ws.once('CB:ack,class:message', ({ attrs }: BinaryNode) => resolve(attrs.phash))
  })

const allDevices = (...contacts: string[]) =>
  participantHash([...contacts, `${phone}@s.whatsapp.net`, `${phone}:1@s.whatsapp.net`])

test('a linked companion receives later messages, a removed one does not', async () => {
  await reaches([0], 'to the phone')
  since = simulator.now
  expect(await link()).toBe(1)
  await noticed('devices')
  expect(await reaches([0, 1], 'to both')).toBeUndefined()
  since = simulator.now
  await remove(1)
  await noticed('devices')
  expect(await reaches([0], 'to the phone again')).toBeUndefined()
  expect(await link()).toBe(2)
})

test('a notification without a named change makes the client query the device list', async () => {
  await reaches([0], 'to the phone')
  since = simulator.now
  await link('update')
  await noticed('devices')
  const asked = simulator.happens('frame', ({ xmlns }) => xmlns === 'usync', simulator.now)
  await reaches([0, 1], 'to both')
  await asked
})

test('the ack of a message to an outdated device list carries the hash of the current one', async () => {
  await reaches([0], 'to the phone')
  await link('none')
  const right = allDevices(`${ana}@s.whatsapp.net`, `${ana}:1@s.whatsapp.net`)
  expect(await reaches([0], 'to an old list')).toBe(right)
  await simulator.request('DELETE', `/contacts/${ana}/devices/1`, { notice: 'none' })
  expect(await reaches([0], 'the old list is right again')).toBeUndefined()
})

test('a client that was away is notified of a change, and a restarted client finds an unannounced one by a query', async () => {
  await reaches([0], 'to the phone')
  await client.cut()
  await link()
  since = simulator.now
  await client.open()
  await noticed('devices')
  await reaches([0, 1], 'to both')
  await client.cut()
  await link('none')
  await client.open() // A new process has no lists, so it queries them.
  await reaches([0, 1, 2], 'to all three')
})

test('a contact writes from each of its devices in a session of its own, and all devices receive the answer', async () => {
  await link()
  await simulator.post(`/contacts/${ana}/send`, { to: phone, text: 'from the phone' })
  await simulator.post(`/contacts/${ana}/send`, { to: phone, text: 'from the companion', device: 1 })
  await client.until('both', () => client.received.length === 2)
  expect(client.received.map(({ text }) => text)).toEqual(['from the phone', 'from the companion'])
  await reaches([0, 1], 'to both')
  expect([...client.keys.keys()].filter((key) => key.startsWith(`session|2${ana.padStart(15, '0')}_1.`))).toHaveLength(2)
})

test('each device that cannot read a message asks for it, and is answered', async () => {
  await link()
  await reaches([0, 1], 'to both')
  for (const device of [0, 1]) await simulator.post(`/contacts/${ana}/send`, { to: phone, text: `from ${device}`, device })
  await client.until('both', () => client.received.length === 2)
  await simulator.post(`/contacts/${ana}/forget-sessions`)
  const id = await client.say(ana, 'read at the second attempt')
  for (const device of [0, 1]) {
    await simulator.happens('contact-received', (happening) => happening.id === id && happening.device === device)
  }
  // Baileys answers the phone by sending to all devices again, so that the companion may have to ask twice.
  expect((await contact()).retryReceipts).toBeGreaterThan(1)
})

test('no client above broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
