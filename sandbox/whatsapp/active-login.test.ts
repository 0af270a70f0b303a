// Tests what a login decides: when the backlog comes, and what the server says before and after.
import { proto } from '@whiskeysockets/baileys'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const ANA = '5511800001801'
const PHONE = '5511900001801'

let simulator: SimulatorProcess
let client: StockClient

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
  await simulator.post('/phones', { phone: PHONE })
  client = new StockClient(simulator)
  await client.link(PHONE)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await simulator.request('DELETE', '/faults')
})

afterAll(() => simulator.stop())

const isActive = ({ type, child }: { type: string; child?: unknown }) => type === 'frame' && child === 'active'

/** Lets the client log in with another `passive` than stock Baileys, which is passive. */
const loginAs = (passive: boolean) => {
  const encode = proto.ClientPayload.encode.bind(proto.ClientPayload)
  const changed = (payload: proto.IClientPayload) => (payload.username ? { ...payload, passive } : payload)
  vi.spyOn(proto.ClientPayload, 'encode').mockImplementation((payload) => encode(changed(payload)))
}

test.each([
  [true, 'after the client has said that it is active'],
  [false, 'at once'],
])('a login with passive: %s gets its backlog %s', async (passive) => {
  await client.cut()
  const [id] = await simulator.send(ANA, PHONE, `while away from a login with passive: ${passive}`)
  loginAs(passive)
  const since = simulator.now
  await client.open()
  await client.until('the message', () => client.received.some((message) => message.id === id))
  for (const said of ['offline_batch', 'active']) await simulator.happens('frame', ({ child }) => child === said, since)
  const story = simulator.happenings.slice(since)
  const announced = story.findIndex(({ type, child }) => type === 'frame' && child === 'offline_batch')
  const active = story.findIndex(isActive)
  expect(announced < active).toBe(!passive)
  expect(story.filter(({ type, id: delivered }) => type === 'delivered' && delivered === id)).toHaveLength(1)
})

test('no-digest answers with 404, after which the client goes on', async () => {
  await client.cut()
  await simulator.post('/faults', { kind: 'no-digest', account: PHONE })
  const since = simulator.now
  const socket = await client.open()
  await simulator.happens('frame', ({ child }) => child === 'digest', since)
  await expect(socket.digestKeyBundle()).resolves.toBeUndefined()
  await simulator.post('/faults', { kind: 'no-digest', account: PHONE })
  await expect(socket.digestKeyBundle()).rejects.toMatchObject({ data: 404 })
})

test('UPSTREAM: stock Baileys takes an early success for a login, although nobody has linked it', async () => {
  await simulator.post('/faults', { kind: 'early-success' })
  const unlinked = new StockClient(simulator)
  unlinked.connect()
  await unlinked.until('open', () => unlinked.isOpen)
  expect(unlinked.creds.me?.id).toBeUndefined()
  await unlinked.cut()
})

test('no client above broke a rule', async () => {
  expect(await simulator.violationKinds()).toEqual([])
})
