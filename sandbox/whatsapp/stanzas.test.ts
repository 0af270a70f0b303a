// Tests calls and hand-made stanzas, and how a stock client answers them.
import { proto } from '@whiskeysockets/baileys'
import type { WACallEvent } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ANA = '5511800000001'
const ANA_PN = `${ANA}@s.whatsapp.net`

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
  phone = `55119000008${String(++phones).padStart(2, '0')}`
  await simulator.post('/phones', { phone })
  client = new StockClient(simulator)
  await client.link(phone)
  since = simulator.now
})

afterAll(() => simulator.stop())

const account = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)
const call = async (more: object = {}) =>
  (await simulator.post(`/accounts/${phone}/call`, { from: ANA, ...more })).callId as string

const watchCalls = () => {
  const calls: WACallEvent[] = []
  client.socket?.ev.on('call', (events) => calls.push(...events))
  return calls
}

const acked = (count: number) => {
  let left = count
  return simulator.happens('frame', ({ tag, class: of }) => tag === 'ack' && of === 'call' && --left === 0, since)
}

test.each(['terminate', 'timeout'] as const)('a call rings, then ends with %s', async (how) => {
  const calls = watchCalls()
  const callId = await call({ video: true })
  await acked(1)
  await simulator.post(`/accounts/${phone}/call/${callId}/end`, { how })
  await acked(2)
  expect(calls).toMatchObject([
    { id: callId, chatId: ANA_PN, from: ANA_PN, status: 'offer', isVideo: true, isGroup: false, offline: false },
    { id: callId, status: how, isVideo: true },
  ])
  expect(await account()).toMatchObject({ offlineQueue: 0 })
})

test('a missed call waits for a client that is away', async () => {
  await client.cut()
  await call({ ends: 'timeout' })
  expect(await account()).toMatchObject({ offlineQueue: 2 })
  const opened = client.open()
  const calls = watchCalls()
  await opened
  await acked(2)
  expect(calls).toMatchObject([
    { status: 'offer', offline: true },
    { status: 'timeout', offline: true },
  ])
})

test('a call from a LID names the number, and can be rejected', async () => {
  const lid = `2${ANA.padStart(15, '0')}@lid`
  await simulator.post(`/contacts/${ANA}/addressing`, { mode: 'lid' })
  const calls = watchCalls()
  const callId = await call()
  await acked(1)
  await simulator.post(`/contacts/${ANA}/addressing`, { mode: 'pn' })
  expect(calls).toMatchObject([{ id: callId, chatId: lid, from: lid, callerPn: ANA_PN }])
  await client.socket?.rejectCall(callId, lid)
  await simulator.happens('call-answer', (happening) => happening.callId === callId && happening.answer === 'reject')
  expect(await simulator.request('POST', `/accounts/${phone}/call/${callId}/end`, { how: 'timeout' })).toMatchObject({
    status: 404,
  })
})

const putIn = (stanza: object) => simulator.post(`/phones/${phone}/stanza`, stanza)

/** Sends one more message, and returns the answers to the stanza when that message is receipted. */
const answersTo = async (id: string) => {
  const [later] = await simulator.send(ANA, phone, 'the one after it')
  await simulator.happens('receipt', (happening) => happening.id === later)
  return (await account())?.watched.find((stanza) => stanza.id === id)
}

test.each([
  ['a notification of an unknown type', { tag: 'notification', attrs: { from: ANA_PN, type: 'weather' } }, ['ack']],
  ['a receipt for an unknown message', { tag: 'receipt', attrs: { from: ANA_PN } }, ['ack']],
  ['an empty call', { tag: 'call', attrs: { from: ANA_PN } }, ['ack']],
  ['a message without a sender', { tag: 'message', attrs: {} }, ['nack 500']],
  ['a message from an unknown kind of sender', { tag: 'message', attrs: { from: 'x@y.z' } }, ['nack 500']],
  ['a stanza of an unknown kind', { tag: 'weather', attrs: { from: ANA_PN } }, []],
] as const)('%s', async (_, { tag, attrs }, answers) => {
  await putIn({ tag, attrs: { id: 'PUT-IN', t: '1', ...attrs } })
  expect(await answersTo('PUT-IN')).toEqual({ id: 'PUT-IN', what: tag, deliveries: 1, answers })
})

test('the content of a stanza may be stanzas, text or bytes', async () => {
  const base64 = Buffer.from(proto.Message.encode({ conversation: 'from a channel' }).finish()).toString('base64')
  const content = [{ tag: 'plaintext', content: { base64 } }]
  await putIn({ tag: 'message', attrs: { id: 'CHANNEL', from: '120363000000000009@newsletter', t: '1' }, content })
  await client.until('the message', () => client.received.some(({ id, text }) => id === 'CHANNEL' && text === 'from a channel'))
  expect(await answersTo('CHANNEL')).toMatchObject({ answers: ['ack'] })
})

test('a stanza in the queue is delivered until it is answered, and an unanswered one delays no other', async () => {
  await client.cut()
  await putIn({ tag: 'weather', attrs: { id: 'RAIN' } })
  await putIn({ tag: 'notification', attrs: { id: 'NEWS', from: ANA_PN, type: 'weather', t: '1' } })
  const ids = await simulator.send(ANA, phone, 'behind it {n}', 120)
  await client.open()
  await client.until('all', () => client.received.length === 120)
  await simulator.happens('receipt', ({ id }) => id === ids.at(-1))
  await client.cut()
  const login = simulator.happens('active', (happening) => happening.phone === phone, simulator.now)
  await client.open()
  await login
  expect((await account())?.watched).toEqual([
    { id: 'RAIN', what: 'weather', deliveries: 2, answers: [] },
    { id: 'NEWS', what: 'notification', deliveries: 1, answers: ['ack'] },
  ])
})

test('a stanza on the line goes once to a connected client', async () => {
  await putIn({ via: 'line', tag: 'iq', attrs: { id: 'QUESTION', type: 'get', xmlns: 'weather', from: 's.whatsapp.net' } })
  expect(await answersTo('QUESTION')).toMatchObject({ deliveries: 1, answers: [] }) // Stock Baileys does not answer.
  await putIn({ via: 'line', tag: 'stream:error', attrs: { code: '507' } })
  await client.until('closing', () => client.closeCodes.at(-1) === 507)
  await simulator.happens('disconnect', (happening) => happening.phone === phone)
  const refused = await simulator.request('POST', `/phones/${phone}/stanza`, { via: 'line', tag: 'iq', attrs: {} })
  expect(refused).toMatchObject({ status: 409, body: { error: expect.stringContaining('not connected') } })
  expect(await simulator.request('POST', `/phones/${phone}/stanza`, { tag: 'iq' })).toMatchObject({ status: 400 })
})

test('no answer to these stanzas broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
