import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatorProcess } from '../testing/simulator-process.ts'
import { StockClient } from '../testing/stock-client.ts'

const PHONE = '5511900000301'
const ANA = '5511800000001'

let simulator: SimulatorProcess

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/phones', { phone: PHONE })
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
})

afterAll(() => simulator.stop())

test('GET /health returns the root key and the WebSocket address', async () => {
  const { status, body } = await simulator.request('GET', '/health')
  expect(status).toBe(200)
  expect(body).toEqual({ ok: true, root: simulator.root.toString('hex'), url: simulator.url, media: simulator.media })
})

test.each([
  ['POST', '/phones', 'not json', 400, 'JSON'],
  ['POST', '/phones', {}, 400, 'phone'],
  ['POST', '/phones', { phone: '+55 11' }, 400, 'without +'],
  ['POST', '/phones', { phone: ANA }, 409, 'contact already'],
  ['POST', '/contacts', { phone: PHONE, name: 'X' }, 409, 'account already'],
  ['POST', '/contacts', { phone: '5511800000009' }, 400, 'name'],
  ['POST', '/phones/5511999999999/scan', { qr: 'x' }, 404, 'POST /phones'],
  ['POST', `/phones/${PHONE}/scan`, { qr: 'nonsense' }, 400, 'not a WhatsApp linking code'],
  ['POST', `/phones/${PHONE}/scan`, { qr: 'https://wa.me/settings/linked_devices#2@a,b,c,d,1' }, 404, 'unknown ref'],
  ['POST', '/contacts/5511999999999/send', { to: PHONE, text: 'x' }, 404, 'POST /contacts'],
  ['POST', `/contacts/${ANA}/send`, { to: '5511999999999', text: 'x' }, 404, 'no phone'],
  ['POST', `/contacts/${ANA}/send`, { to: PHONE, text: 'x' }, 409, 'scan'],
  ['POST', `/contacts/${ANA}/receipt`, { id: 'NONE', type: 'read' }, 404, 'has not received'],
  ['POST', `/contacts/${ANA}/receipt`, { id: 'NONE', type: 'eaten' }, 400, 'type'],
  ['POST', `/contacts/${ANA}/send`, { to: PHONE, text: 'x', device: 1 }, 409, 'scan'],
  ['POST', `/contacts/${ANA}/devices`, { notice: 'loud' }, 400, 'notice'],
  ['POST', `/contacts/${ANA}/reinstall`, { notice: 'update' }, 400, 'notice'],
  ['POST', `/contacts/${ANA}/poison`, { to: PHONE, kind: 'arsenic' }, 400, 'garbage, truncated, unknown-pre-key'],
  ['POST', `/contacts/${ANA}/poison`, { to: PHONE, kind: 'no-sender-key' }, 400, 'needs a group'],
  ['POST', `/contacts/${ANA}/addressing`, { mode: 'name' }, 400, 'mode'],
  ['POST', `/contacts/${ANA}/ask-again`, { id: 'NONE' }, 404, 'has not received'],
  ['DELETE', `/contacts/${ANA}/devices/0`, undefined, 409, 'the phone itself'],
  ['DELETE', `/contacts/${ANA}/devices/7`, undefined, 404, 'POST /contacts'],
  ['POST', '/groups', { subject: 'X', participants: [] }, 400, 'participants'],
  ['POST', '/groups', { subject: 'X', participants: ['5511999999999'] }, 404, 'POST /contacts'],
  ['POST', '/groups/123@g.us/send', { from: ANA, text: 'x' }, 404, 'POST /groups'],
  ['POST', '/faults', { kind: 'earthquake' }, 400, 'drop, stream-error, login-failure, nack, hold-acks'],
  ['POST', '/faults', { kind: 'latency' }, 400, 'ms'],
  ['POST', '/faults', { kind: 'drop', account: '5511999999999' }, 404, 'no phone'],
  ['POST', '/faults', { kind: 'media-slow' }, 400, 'ms'],
  ['POST', '/phones', { phone: '5511900000309', history: { conversations: [{ chat: 'Bea', messages: [] }] } }, 400, 'a chat is'],
  ['POST', `/phones/${PHONE}/app-state`, { external: true }, 400, 'nothing to change'],
  ['POST', `/phones/${PHONE}/app-state/share-keys`, {}, 409, 'scan'],
  ['POST', `/phones/${PHONE}/dirty`, { type: 'groups' }, 409, 'scan'],
  ['POST', `/phones/${PHONE}/expire-files`, { id: 'NONE' }, 404, 'no notification NONE'],
  ['GET', '/nowhere', undefined, 404, 'no such route'],
])('%s %s %j → %i', async (method, path, body, status, hint) => {
  const answer = await simulator.request(method as 'GET' | 'POST' | 'DELETE', path, body)
  expect(answer.status).toBe(status)
  expect(answer.body.error).toContain(hint)
})

test('a linking code is refused when its client has gone, or with other keys in it', async () => {
  const client = new StockClient(simulator)
  const qr = await client.showCode()
  const forged = qr.replace(/,[^,]+,/, `,${Buffer.alloc(32).toString('base64')},`)
  expect(await simulator.request('POST', `/phones/${PHONE}/scan`, { qr: forged })).toMatchObject({ status: 409 })
  await client.cut()
  const late = await simulator.request('POST', `/phones/${PHONE}/scan`, { qr })
  expect(late).toMatchObject({ status: 404, body: { error: expect.stringContaining('unknown ref') } })
})

test('several texts are numbered, and need a placeholder for the number', async () => {
  await new StockClient(simulator).link(PHONE)
  const refused = await simulator.request('POST', `/contacts/${ANA}/send`, { to: PHONE, text: 'same', count: 2 })
  expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining('{n}') } })
  const ids = await simulator.send(ANA, PHONE, 'text {n}', 3)
  expect(new Set(ids).size).toBe(3)
})

test('only a participant can write to a group', async () => {
  const group = await simulator.createGroup('Without Ana', [PHONE])
  const refused = await simulator.request('POST', `/groups/${group}/send`, { from: ANA, text: 'let me in' })
  expect(refused).toMatchObject({ status: 409, body: { error: expect.stringContaining('participants') } })
})

test('the state of some phones has only their accounts and contacts', async () => {
  const { body } = await simulator.request('GET', `/state?phone=${PHONE}&phone=${ANA}&phone=5511000000000`)
  const { accounts, contacts } = await simulator.state()
  expect(body['accounts']).toEqual(accounts.filter(({ phone }) => phone === PHONE))
  expect(body['contacts']).toEqual(contacts.filter(({ phone }) => phone === ANA))
  expect(body['contacts']).toHaveLength(1)
})

test('no request above disturbed the simulator', async () => {
  expect((await simulator.state()).violations).toEqual([])
})

test('the process ends with its parent, and refuses an invalid port', async () => {
  const other = await SimulatorProcess.start()
  const ended = new Promise((resolve) => other.child.once('exit', resolve))
  other.child.disconnect()
  expect(await ended).toBe(0)
  await other.stop()
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const wrong = spawn(process.execPath, [main, '--port', 'many'], { stdio: 'ignore' })
  expect(await new Promise((resolve) => wrong.once('exit', resolve))).toBe(2)
})
