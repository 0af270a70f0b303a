// Tests a contact who reinstalls WhatsApp, and so has another identity and no sessions. No message is lost, and no rule is
// broken.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
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
  phone = `55119000006${n}`
  ana = `55118000006${n}`
  await simulator.post('/phones', { phone })
  await simulator.post('/contacts', { phone: ana, name: 'Ana' })
  client = new StockClient(simulator)
  await client.link(phone)
  await arrives(await client.say(ana, 'hello'))
  await hear('hello back')
  await arrives(await client.say(ana, 'how are you'))
  since = simulator.now
})

afterAll(() => simulator.stop())

const contact = async () => (await simulator.state()).contacts.find((other) => other.phone === ana)
const arrives = (id: string, text?: string) =>
  simulator.happens('contact-received', (happening) => happening.id === id && (text === undefined || happening.text === text))
const reinstall = (notice: 'change' | 'none' = 'change') => simulator.post(`/contacts/${ana}/reinstall`, { notice })
const noticed = () =>
  simulator.happens('frame', (frame) => frame.class === 'notification' && frame.attrsType === 'encrypt', since)

const hear = async (text: string): Promise<void> => {
  const [id] = await simulator.send(ana, phone, text)
  await client.until(text, () => client.received.some((message) => message.id === id))
}

test('a notified client begins a new session, and its first message is read at once', async () => {
  await reinstall()
  await noticed()
  await arrives(await client.say(ana, 'do you know me?'))
  expect(await contact()).toMatchObject({ undecryptable: 0, retryReceipts: 0, needlessSessions: 0 })
  await hear('with my new keys')
})

test('a client that was not notified reads a message from the new identity', async () => {
  const bea = ana.replace('06', '16')
  const identity = () => client.keys.get(`identity-key|2${bea.padStart(15, '0')}_1.0`)
  const read = async (text: string) => {
    await simulator.send(bea, phone, text)
    await client.until(text, () => client.received.at(-1)?.text === text)
    return identity()
  }
  await simulator.post('/contacts', { phone: bea, name: 'Bea' })
  const before = await read('under my first identity')
  await simulator.post(`/contacts/${bea}/reinstall`, { notice: 'none' })
  const after = await read('under another')
  expect([before, after]).toEqual([expect.any(String), expect.any(String)])
  expect(after).not.toBe(before)
  await arrives(await client.say(bea, 'welcome back'))
})

test('messages on their way in the old session are requested again, and arrive under their ids', async () => {
  await reinstall('none')
  const texts = ['one', 'two', 'three']
  const ids: string[] = []
  for (const text of texts) ids.push(await client.say(ana, text))
  for (const [n, id] of ids.entries()) await arrives(id, texts[n])
  const after = await contact()
  expect(
    after?.received
      .slice(-3)
      .map(({ text }) => text)
      .sort(),
  ).toEqual([...texts].sort())
  expect(after?.undecryptable).toBeGreaterThan(0)
  await hear('and back')
})

test('a client that was away reads messages from before and after, and its first message arrives', async () => {
  await client.cut()
  const before = client.received.length
  await simulator.send(ana, phone, 'before')
  await reinstall()
  await simulator.send(ana, phone, 'after')
  await client.open()
  await noticed()
  await client.until('both', () => client.received.length === before + 2)
  expect(client.received.slice(before).map(({ text }) => text)).toEqual(['before', 'after'])
  await arrives(await client.say(ana, 'here I am'))
})

test('a client that was away without new messages learns of the new identity by a retry receipt', async () => {
  await client.cut()
  await reinstall()
  await client.open()
  await noticed() // Stock Baileys keeps the old session after a notification from the backlog.
  const id = await client.say(ana, 'in the old session')
  await arrives(id, 'in the old session')
  await hear('got it')
})

test('the companions of a reinstalled phone are gone', async () => {
  await simulator.post(`/contacts/${ana}/devices`)
  await reinstall()
  expect(await contact()).toMatchObject({ devices: [0] })
})

test('a reinstalled contact distributes its new key in a group, and asks for unreadable messages', async () => {
  const group = await simulator.createGroup('Friends', [phone, ana])
  const say = async (text: string) => arrives(await client.sayTo(group, text), text)
  await simulator.sendToGroup(group, ana, 'with the first key')
  await say('with the first key')
  await reinstall('none')
  await simulator.sendToGroup(group, ana, 'with a new key')
  await client.until('the message', () => client.received.at(-1)?.text === 'with a new key')
  await say('read at the second attempt')
  expect((await contact())?.undecryptable).toBe(1)
  await say('read at once')
  expect((await contact())?.received.slice(-3)).toMatchObject([
    { group, text: 'with the first key' },
    { group, text: 'read at the second attempt' },
    { group, text: 'read at once' },
  ])
})

test('no client above broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
