// Tests messages that a stock client cannot process: its answers, and that they are delivered until it answers.
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
  phone = `55119000007${String(++phones).padStart(2, '0')}`
  await simulator.post('/phones', { phone })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const account = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)

const poison = async (kind: string, more: object = {}): Promise<string> =>
  (await simulator.post(`/contacts/${ANA}/poison`, { to: phone, kind, ...more })).id as string

/** Sends one more message, and returns the state of the bad one when that message is receipted. */
const fateOf = async (id: string) => {
  const [later] = await simulator.send(ANA, phone, 'the one after it')
  await simulator.happens('receipt', (happening) => happening.id === later)
  return (await account())?.watched.find((stanza) => stanza.id === id)
}

const beginChat = async () => {
  const [first] = await simulator.send(ANA, phone, 'hello')
  await simulator.happens('receipt', (happening) => happening.id === first)
}

const GIVEN_UP = ['retry 1', 'nack 500']

test.each([
  ['garbage', GIVEN_UP],
  ['truncated', GIVEN_UP],
  ['unknown-pre-key', GIVEN_UP],
  ['bad-padding', GIVEN_UP],
  ['not-protobuf', GIVEN_UP],
  ['unknown-enc-type', GIVEN_UP],
  ['message-secret', ['nack 495']],
  ['no-enc', ['ack']], // Stock Baileys asks its own phone for the message.
])('%s from a phone that is offline is answered with %j', async (kind, answers) => {
  await beginChat()
  const id = await poison(kind)
  expect(await fateOf(id)).toEqual({ id, what: kind, deliveries: 1, answers })
  expect(await account()).toMatchObject({ offlineQueue: 0 })
  expect(client.received.map(({ text }) => text)).toEqual(['hello', 'the one after it'])
})

test('a group message with an unknown sender key is requested again, and read with the key', async () => {
  const group = await simulator.createGroup('Friends', [phone, ANA])
  const lost = await poison('no-sender-key', { group })
  expect(await fateOf(lost)).toMatchObject({ answers: GIVEN_UP })
  const found = await poison('no-sender-key', { group, retry: 'good', text: 'here it is' })
  await simulator.happens('receipt', (happening) => happening.id === found)
  expect(client.received.at(-1)).toMatchObject({ id: found, chat: group, text: 'here it is' })
  const [next] = await simulator.sendToGroup(group, ANA, 'with the key that was told')
  await client.until('the next', () => client.received.at(-1)?.id === next)
})

test.each([64_000, 3_000_000])('a text of %i bytes is delivered whole', async (bytes) => {
  const id = await poison('huge', { bytes })
  await client.until('the text', () => client.received.some((message) => message.id === id && message.text.length === bytes))
  expect((await fateOf(id))?.answers).toEqual([expect.stringMatching(/^receipt/)])
})

test('a bad message is delivered at every login until it is answered', async () => {
  await beginChat()
  client.socket?.ws.removeAllListeners('CB:message')
  const id = await poison('garbage')
  await simulator.happens('delivered', (happening) => happening.id === id)
  await client.cut()
  const since = simulator.now
  client.connect().ws.removeAllListeners('CB:message')
  await simulator.happens('delivered', (happening) => happening.id === id, since)
  await client.cut()
  expect(await account()).toMatchObject({ offlineQueue: 1, watched: [{ id, deliveries: 2, answers: [] }] })
  await client.open()
  expect(await fateOf(id)).toMatchObject({ deliveries: 3, answers: GIVEN_UP })
  expect(await account()).toMatchObject({ offlineQueue: 0 })
})

test('a phone that is online answers the retry receipt with the good message', async () => {
  await beginChat()
  const id = await poison('truncated', { retry: 'good', text: 'whole this time' })
  await client.until('the good message', () => client.received.some((message) => message.id === id))
  expect(client.received.at(-1)).toMatchObject({ id, text: 'whole this time' })
  const fate = await fateOf(id)
  expect(fate).toMatchObject({ deliveries: 2 })
  expect(fate?.answers).toEqual([...GIVEN_UP, expect.stringMatching(/^receipt/)])
})

test('a phone that answers with a bad message again is asked five times', async () => {
  await beginChat()
  const id = await poison('not-protobuf', { retry: 'bad' })
  await simulator.happens('retry-receipt', (happening) => happening.id === id && happening.count === 5)
  const { deliveries = 0, answers = [] } = (await fateOf(id)) ?? {}
  expect(answers.filter((answer) => answer.startsWith('retry'))).toEqual(['retry 1', 'retry 2', 'retry 3', 'retry 4', 'retry 5'])
  expect(deliveries).toBe(6)
  expect(await account()).toMatchObject({ offlineQueue: 0 })
})

test('answers to bad messages break no rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
