// Tests each rule with a client that breaks it: stock Baileys with damaged state or behaviour.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { BufferJSON, Curve } from '@whiskeysockets/baileys'
import type { Happening } from './happenings.ts'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ANA = '5511800000001'

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let phones = 0
let since = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
})

beforeEach(async () => {
  phone = `55119000000${String(++phones).padStart(2, '0')}`
  await simulator.post('/phones', { phone })
  client = new StockClient(simulator)
  since = simulator.now
})

afterAll(() => simulator.stop())

const caught = (kind: string) => simulator.happens('violation', (happening) => happening.kind === kind, since)
const arrives = (id: string | undefined) => simulator.happens('contact-received', (happening) => happening.id === id)
const receipted = (id: string | undefined) => simulator.happens('receipt', (happening) => happening.id === id)
const violationsSince = () => simulator.happenings.slice(since).filter(({ type }) => type === 'violation')

/** Links a client and opens a session with Ana, in which both have been heard. */
const linkAndTalk = async () => {
  await client.link(phone)
  await arrives(await client.say(ANA, 'hello'))
  const [id] = await simulator.send(ANA, phone, 'hello back')
  await receipted(id)
  await arrives(await client.say(ANA, 'how are you'))
}

const sessionKeys = () => [...client.keys.keys()].filter((key) => key.startsWith('session|'))

test('ratchet-reuse: a client whose sessions were rolled back', async () => {
  await linkAndTalk()
  const backup = new Map(client.keys)
  await arrives(await client.say(ANA, 'after the backup'))
  for (const key of sessionKeys()) client.keys.set(key, backup.get(key) ?? '')
  await client.say(ANA, 'with the same key as the message before')
  expect((await caught('ratchet-reuse')).detail).toContain(`${phone}:1@s.whatsapp.net to `)
})

test('prekey-reuse: a client whose counter of pre-keys was rolled back', async () => {
  await client.link(phone)
  await simulator.happens('prekeys-uploaded', () => true, since)
  Object.assign(client.creds, { nextPreKeyId: 3, firstUnuploadedPreKeyId: 3 })
  await client.socket?.uploadPreKeys(5)
  expect((await caught('prekey-reuse')).detail).toContain('pre-key 3')
})

test('undecryptable: a client with a damaged session; the contact asks for the message again, and gets it', async () => {
  await linkAndTalk()
  for (const key of sessionKeys()) client.keys.set(key, withoutSecrets(client.keys.get(key) ?? ''))
  const id = await client.say(ANA, 'cannot be read at first')
  await caught('undecryptable')
  await arrives(id)
  const ana = (await simulator.state()).contacts.find((contact) => contact.phone === ANA)
  expect(ana?.retryReceipts).toBeGreaterThan(0)
  expect(ana?.received.find((message) => message.id === id)).toMatchObject({ text: 'cannot be read at first', copies: 1 })
})

const senderKeyOf = () => [...client.keys.keys()].find((key) => key.startsWith('sender-key|')) ?? ''

/** Links a client that has written to a group with Ana in it. */
const linkAndWriteToGroup = async () => {
  await client.link(phone)
  const group = await simulator.createGroup('Friends', [phone, ANA])
  await arrives(await client.sayTo(group, 'hello all'))
  return group
}

test('sender-key-reuse: a client whose sender key was rolled back', async () => {
  const group = await linkAndWriteToGroup()
  const backup = client.keys.get(senderKeyOf()) ?? ''
  await arrives(await client.sayTo(group, 'after the backup'))
  client.keys.set(senderKeyOf(), backup)
  await client.sayTo(group, 'with the same key as the message before')
  expect((await caught('sender-key-reuse')).detail).toContain(`${phone}:1@s.whatsapp.net in ${group}: counter`)
})

test('undecryptable: a client with a damaged sender key; a member asks for the message again', async () => {
  const group = await linkAndWriteToGroup()
  client.keys.set(senderKeyOf(), withAnotherChain(client.keys.get(senderKeyOf()) ?? ''))
  const id = await client.sayTo(group, 'cannot be read at first')
  expect((await caught('undecryptable')).detail).toContain(`skmsg ${id}`)
  const asked = ({ contact, id: of }: Happening) => contact === ANA && of === id
  await simulator.happens('undecryptable', asked, since)
  await simulator.happens('frame', (frame) => frame.id === id && frame.attrsType === 'retry', since)
})

test('undecryptable: a client that wrongly believes it has distributed its sender key', async () => {
  await client.link(phone)
  const group = await simulator.createGroup('Friends', [phone, ANA])
  client.keys.set(`sender-key-memory|${group}`, JSON.stringify({ [`2${ANA.padStart(15, '0')}@lid`]: true }))
  const id = await client.sayTo(group, 'without the key')
  await simulator.happens('violation', ({ detail }) => String(detail).includes(`skmsg ${id}: Error: sender key`), since)
  await arrives(id) // The repeated message carries the key.
})

const withAnotherChain = (stored: string): string => {
  const record = JSON.parse(stored, BufferJSON.reviver) as Buffer
  const states = JSON.parse(record.toString()) as { senderChainKey: { seed: unknown } }[]
  for (const state of states) state.senderChainKey.seed = { type: 'Buffer', data: [...Buffer.alloc(32, 1)] }
  return JSON.stringify(Buffer.from(JSON.stringify(states)), BufferJSON.replacer)
}

const withoutSecrets = (session: string): string => {
  const record = JSON.parse(session) as Stored
  for (const { _chains } of Object.values(record._sessions)) {
    for (const { chainKey } of Object.values(_chains)) if (chainKey.key) chainKey.key = Buffer.alloc(32, 1).toString('base64')
  }
  return JSON.stringify(record)
}

type Stored = { _sessions: Record<string, { _chains: Record<string, { chainKey: { key?: string } }> }> }

test('receipt-unknown: a client that receipts a message it was not sent', async () => {
  await client.link(phone)
  await client.socket?.sendReceipt(`${ANA}@s.whatsapp.net`, undefined, ['NEVER-SENT'], undefined)
  expect((await caught('receipt-unknown')).detail).toContain('NEVER-SENT')
})

test('receipt-unknown: a client that receipts a group message without its writer; the message stays', async () => {
  await client.link(phone)
  client.socket?.ws.removeAllListeners('CB:message')
  const group = await simulator.createGroup('Friends', [phone, ANA])
  const [id = ''] = await simulator.sendToGroup(group, ANA, 'who wrote this?')
  await client.socket?.sendReceipt(group, undefined, [id], undefined)
  const violation = await simulator.happens('violation', ({ detail }) => String(detail).includes(id), since)
  expect(violation).toMatchObject({ kind: 'receipt-unknown', detail: expect.stringContaining(`which came from ${group}`) })
  const account = (await simulator.state()).accounts.find((other) => other.phone === phone)
  expect(account).toMatchObject({ offlineQueue: 1, receipted: [] })
})

test('registered-while-linked: a second registration while the first client is linked and has logged in', async () => {
  await client.link(phone)
  const other = new StockClient(simulator)
  await simulator.post(`/phones/${phone}/scan`, { qr: await other.showCode() })
  expect((await caught('registered-while-linked')).detail).toContain(`${phone}:1@s.whatsapp.net is linked`)
})

test('a client that died during its pairing, or that was unlinked, may register again', async () => {
  const qr = await client.showCode()
  await simulator.post(`/phones/${phone}/scan`, { qr })
  const second = new StockClient(simulator)
  await second.link(phone)
  const unlinked = second.closeCodes.length
  await simulator.post(`/phones/${phone}/unlink`)
  await second.until('being unlinked', () => second.closeCodes.length > unlinked)
  expect(second.closeCodes.at(-1)).toBe(401)
  await new StockClient(simulator).link(phone)
  expect(violationsSince()).toEqual([])
  const account = (await simulator.state()).accounts.find((other) => other.phone === phone)
  expect(account).toMatchObject({ registrations: 3, deviceJid: `${phone}:3@s.whatsapp.net`, connected: true })
})

/** Returns a second process with the same keys. */
const twin = () => {
  const other = new StockClient(simulator)
  other.restore(client.image)
  return other
}

test('the newest login wins, and a stock client that is replaced leaves quietly', async () => {
  await client.link(phone)
  await twin().open()
  await client.until('being replaced', () => client.closeCodes.at(-1) === 440)
  await simulator.happens('disconnect', (happening) => happening.phone === phone, since)
  expect(violationsSince()).toEqual([])
})

test('spoke-after-replaced: a client that goes on after it was replaced', async () => {
  await client.link(phone)
  client.socket?.ws.removeAllListeners('CB:stream:error')
  await twin().open()
  const talking = setInterval(() => {
    client.socket?.sendPresenceUpdate('available').catch(() => undefined)
  }, 20)
  const violation = await caught('spoke-after-replaced').finally(() => clearInterval(talking))
  expect(violation.detail).toContain(`${phone}:1@s.whatsapp.net sent <`)
})

test('a client that has not yet read that it was replaced may go on until its connection is dead', async () => {
  await client.link(phone)
  const raw = client.socket?.ws as unknown as { socket: { _socket: { pause(): void } } }
  raw.socket._socket.pause()
  const replaced = simulator.happens('stream-error', ({ reason }) => reason === 'replaced', since)
  await twin().open()
  const { connection } = await replaced
  const talking = setInterval(() => {
    client.socket?.sendPresenceUpdate('available').catch(() => undefined)
  }, 20)
  await simulator.happens('disconnect', (happening) => happening.connection === connection).finally(() => clearInterval(talking))
  expect(violationsSince()).toEqual([])
})

test('nack: a client that cannot read a good message; its retry receipts are answered until it can', async () => {
  await linkAndTalk()
  for (const key of sessionKeys()) client.keys.delete(key)
  const [id] = await simulator.send(ANA, phone, 'read it after all')
  expect((await caught('nack')).detail).toContain(id)
  await client.until('the message', () => client.received.some((message) => message.id === id))
  await receipted(id)
  const account = (await simulator.state()).accounts.find((other) => other.phone === phone)
  expect(account?.offlineQueue).toBe(0)
  expect(account?.retryReceipts).toBeGreaterThan(0)
})

test('login-with-wrong-key: a client that lost its noise key', async () => {
  await client.link(phone)
  await client.cut()
  client.restore({ ...client.image, creds: JSON.stringify({ ...JSON.parse(client.image.creds), noiseKey: undefined }) })
  Object.assign(client.creds, { noiseKey: Curve.generateKeyPair() })
  client.connect()
  await caught('login-with-wrong-key')
  await client.until('being refused', () => client.closeCodes.at(-1) === 401)
})

test('bad-signature: a client whose signed pre-key is not signed by its identity', async () => {
  await client.link(phone)
  client.creds.signedPreKey.signature = Buffer.alloc(64, 7)
  client.socket?.uploadPreKeys(5).catch(() => undefined) // The upload is refused, and Baileys repeats it.
  await caught('bad-signature')
  await client.cut()
})

test('message-id-reuse: a client that sends two texts under one id', async () => {
  await linkAndTalk()
  await arrives(await client.say(ANA, 'one', 'SAME-ID'))
  await client.say(ANA, 'two', 'SAME-ID')
  await caught('message-id-reuse')
})

test('bad-content: a client that reacts to a message that nobody sent', async () => {
  await linkAndTalk()
  const reactionMessage = { key: { id: 'NOBODY-SENT', fromMe: false }, text: '👍' }
  await client.socket?.relayMessage(`${ANA}@s.whatsapp.net`, { reactionMessage }, { messageId: 'REACTION' })
  expect((await caught('bad-content')).detail).toContain('NOBODY-SENT')
})

test('the same text resent under its id is no violation, and counts as one message in two copies', async () => {
  await linkAndTalk()
  const id = await client.say(ANA, 'sent twice')
  await arrives(id)
  const again = simulator.happens('contact-received', (happening) => happening.id === id, simulator.now)
  await client.socket?.relayMessage(`${ANA}@s.whatsapp.net`, client.sent.get(id) ?? {}, { messageId: id })
  await again
  const ana = (await simulator.state()).contacts.find((contact) => contact.phone === ANA)
  expect(ana?.received.filter((message) => message.id === id)).toMatchObject([{ text: 'sent twice', copies: 2 }])
  expect(violationsSince()).toEqual([])
})

test('broken-frame: a client that skips a frame', async () => {
  await client.link(phone)
  const raw = client.socket?.ws as unknown as { socket: { send(bytes: Uint8Array): void } }
  raw.socket.send(Buffer.from([0, 0, 20, ...Buffer.alloc(20, 9)]))
  await caught('broken-frame')
})
