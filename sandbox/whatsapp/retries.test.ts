// Tests contacts that ask for messages long after they were sent, when the client has restarted in between.
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
  phone = `55119000015${n}`
  ana = `55118000015${n}`
  await simulator.post('/phones', { phone })
  await simulator.post('/contacts', { phone: ana, name: 'Ana' })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const arrives = (id: string, since = 0) => simulator.happens('contact-received', (happening) => happening.id === id, since)
const copiesOf = async (id: string) => {
  const contact = (await simulator.state()).contacts.find((other) => other.phone === ana)
  return contact?.received.find((message) => message.id === id)?.copies
}
const answered = (id: string, since: number) =>
  simulator.happens('frame', ({ tag, id: acked, attrsType }) => tag === 'ack' && acked === id && attrsType === 'retry', since)

/** Lets Ana ask again for a message that she has. Resolves when the client has acknowledged the retry receipt. */
const askAgain = async (id: string) => {
  const since = simulator.now
  await simulator.post(`/contacts/${ana}/ask-again`, { id })
  await answered(id, since)
  return since
}

/** Replaces the client by a new process with the same keys, which has only the stored sent messages. */
const restart = async (stored: StockClient['sent']) => {
  await client.cut()
  const next = new StockClient(simulator)
  next.restore(client.image)
  for (const [id, message] of stored) next.sent.set(id, message)
  client = next
  await client.open()
}

test('an old one-to-one message is sent again by a new process that has it stored', async () => {
  const id = await client.say(ana, 'an old message')
  await arrives(id)
  await restart(client.sent)
  await arrives(id, await askAgain(id))
  expect(await copiesOf(id)).toBe(2)
})

test('an old group message is sent again as well', async () => {
  const group = await simulator.createGroup('Friends', [phone, ana])
  const id = await client.sayTo(group, 'an old message')
  await arrives(id)
  await restart(client.sent)
  await arrives(id, await askAgain(id))
  expect(await copiesOf(id)).toBe(2)
})

test('a message that was not stored is never sent again, however often the contact asks', async () => {
  const id = await client.say(ana, 'not stored')
  await arrives(id)
  await restart(new Map())
  for (let count = 1; count <= 5; count++) await askAgain(id)
  await arrives(await client.say(ana, 'the one after it'))
  expect(await copiesOf(id)).toBe(1)
})

test('a retry receipt waits for a client that is away', async () => {
  const id = await client.say(ana, 'an old message')
  await arrives(id)
  await client.cut()
  const since = simulator.now
  await simulator.post(`/contacts/${ana}/ask-again`, { id })
  await client.open()
  await answered(id, since)
  await arrives(id, since)
  expect(await copiesOf(id)).toBe(2)
})

test('no client above broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
