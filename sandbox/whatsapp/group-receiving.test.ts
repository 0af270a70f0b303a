// Tests how a stock client receives group messages from contacts.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { getBinaryNodeChildren } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { senderKeyPosition } from './sender-keys.ts'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ANA = '5511800000001'
const BEA = '5511800000002'

const lidOf = (contact: string) => `2${contact.padStart(15, '0')}@lid`

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let phones = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
  await simulator.post('/contacts', { phone: BEA, name: 'Bea' })
})

beforeEach(async () => {
  phone = `55119000003${String(++phones).padStart(2, '0')}`
  await simulator.post('/phones', { phone })
  client = new StockClient(simulator)
  await client.link(phone)
})

afterAll(() => simulator.stop())

const account = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)
const receipted = (id: string | undefined) => simulator.happens('receipt', (happening) => happening.id === id)
const arrives = (id: string | undefined) =>
  client.until('the message', () => client.received.some((message) => message.id === id))

/** Records the ciphertexts of each later message. */
const watchCiphertexts = (of: StockClient) => {
  const messages: { types: string[]; keyId: number; attrs: BinaryNode['attrs'] }[] = []
  of.socket?.ws.on('CB:message', (stanza: BinaryNode) => {
    const encs = getBinaryNodeChildren(stanza, 'enc')
    const last = encs.at(-1)
    const keyId = last?.attrs.type === 'skmsg' ? senderKeyPosition(last.content as Uint8Array).keyId : 0
    messages.push({ types: encs.map(({ attrs }) => attrs.type ?? ''), keyId, attrs: stanza.attrs })
  })
  return messages
}

test.each(['lid', 'pn'] as const)(
  'members are addressed by %s, and the sender key comes once, with the first message',
  async (addressing) => {
    const group = await simulator.createGroup('Friends', [phone, ANA, BEA], addressing)
    const messages = watchCiphertexts(client)
    const ids = await simulator.sendToGroup(group, ANA, 'hello {n}', 3)
    await receipted(ids[2])
    await client.until('all', () => client.received.length === 3)
    const participant = addressing === 'lid' ? lidOf(ANA) : `${ANA}@s.whatsapp.net`
    expect(client.received.map(({ text }) => text)).toEqual(['hello 1', 'hello 2', 'hello 3'])
    expect(client.received[0]).toMatchObject({ chat: group, participant })
    expect(messages.map(({ types }) => types.join())).toEqual(['pkmsg,skmsg', 'skmsg', 'skmsg'])
    expect(messages[0]?.attrs).toMatchObject({ from: group, participant, addressing_mode: addressing })
    expect(messages[0]?.attrs).toHaveProperty(addressing === 'lid' ? 'participant_pn' : 'participant_lid')
    expect(await account()).toMatchObject({ offlineQueue: 0, receipted: ids })
  },
)

test("a group's backlog waits for the client, and arrives in order from several writers", async () => {
  await client.cut()
  const group = await simulator.createGroup('Friends', [phone, ANA, BEA])
  const ids: string[] = []
  for (let n = 1; n <= 5; n++) {
    ids.push(...(await simulator.sendToGroup(group, ANA, `Ana ${n}`)), ...(await simulator.sendToGroup(group, BEA, `Bea ${n}`)))
  }
  expect(await account()).toMatchObject({ offlineQueue: 11 }) // The queue includes the notification about the new group.
  await client.open()
  await receipted(ids.at(-1))
  await client.until('all', () => client.received.length === 10)
  expect(client.received.map(({ id }) => id)).toEqual(ids)
  expect(await account()).toMatchObject({ offlineQueue: 0 })
})

test('a companion that is linked later receives the sender key as well', async () => {
  const group = await simulator.createGroup('Friends', [phone, ANA])
  await simulator.sendToGroup(group, ANA, 'for the first companion')
  await client.until('the message', () => client.received.length === 1)
  await simulator.post(`/phones/${phone}/unlink`)
  const second = new StockClient(simulator)
  await second.link(phone)
  const messages = watchCiphertexts(second)
  await simulator.sendToGroup(group, ANA, 'for the second')
  await second.until('the message', () => second.received.length === 1)
  expect(messages.map(({ types }) => types.join())).toEqual(['pkmsg,skmsg'])
})

test('a writer takes a new sender key after a member has left, or on demand', async () => {
  const group = await simulator.createGroup('Friends', [phone, ANA, BEA])
  const messages = watchCiphertexts(client)
  await simulator.sendToGroup(group, ANA, 'one')
  await simulator.post(`/groups/${group}/participants`, { remove: [BEA] })
  await simulator.sendToGroup(group, ANA, 'two')
  await simulator.post(`/groups/${group}/rotate`, { contact: ANA })
  const [last] = await simulator.sendToGroup(group, ANA, 'three')
  await arrives(last)
  expect(client.received.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  expect(new Set(messages.map(({ keyId }) => keyId)).size).toBe(3)
  expect(messages.every(({ types }) => types.length === 2)).toBe(true)
})

test('a client without the sender key asks for the message again, names its writer, and receives message and key', async () => {
  const group = await simulator.createGroup('Friends', [phone, ANA])
  const [first] = await simulator.sendToGroup(group, ANA, 'first')
  await arrives(first)
  for (const key of client.keys.keys()) if (key.startsWith('sender-key|')) client.keys.delete(key)
  const messages = watchCiphertexts(client)
  const [second] = await simulator.sendToGroup(group, ANA, 'second')
  await simulator.happens('retry-receipt', ({ id, participant }) => id === second && participant === lidOf(ANA))
  await arrives(second)
  const [third] = await simulator.sendToGroup(group, ANA, 'third')
  await arrives(third)
  expect(messages.map(({ types }) => types.join())).toEqual(['skmsg', 'pkmsg', 'skmsg'])
  expect(messages[1]?.attrs).toMatchObject({ id: second, from: group, participant: lidOf(ANA) })
  expect(await account()).toMatchObject({ offlineQueue: 0, retryReceipts: 1 })
})

test('a client receives the members of a group, and the list of its groups', async () => {
  const joined = new Promise<string | undefined>((resolve) => {
    client.socket?.ev.on('groups.upsert', ([group]) => resolve(group?.id))
  })
  const group = await simulator.createGroup('Friends', [phone, ANA, BEA])
  expect(await joined).toBe(group)
  const metadata = await client.socket?.groupMetadata(group)
  expect(metadata).toMatchObject({ id: group, subject: 'Friends', addressingMode: 'lid', size: 3 })
  expect(metadata?.participants).toContainEqual(
    expect.objectContaining({ id: lidOf(ANA), phoneNumber: `${ANA}@s.whatsapp.net`, admin: null }),
  )
  const changed = new Promise<unknown>((resolve) => client.socket?.ev.on('group-participants.update', resolve))
  await simulator.post(`/groups/${group}/participants`, { remove: [BEA] })
  expect(await changed).toMatchObject({ id: group, action: 'remove' })
  expect(Object.keys((await client.socket?.groupFetchAllParticipating()) ?? {})).toEqual([group])
  await simulator.post(`/groups/${group}/participants`, { remove: [phone] })
  await expect(client.socket?.groupMetadata(group)).rejects.toThrow('forbidden')
})

test('only the client without its key broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual(['nack'])
})
