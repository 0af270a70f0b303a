// Tests the keys of the app state: shared in time, late, or on request.
import { proto } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ANA_JID, PhoneAndClient } from '../testing/phone-and-client.ts'
import { SimulatorProcess } from '../testing/simulator-process.ts'
import type { StockClient } from '../testing/stock-client.ts'

let simulator: SimulatorProcess
let pair: PhoneAndClient
let client: StockClient
let phone = ''
let since = 0
let phones = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  phone = `55119000018${String(++phones).padStart(2, '0')}`
  pair = await PhoneAndClient.make(simulator, phone)
  ;({ client, since } = pair)
})

afterAll(() => simulator.stop())

const inOrder = async () => {
  expect(pair.complaints()).toEqual([])
  expect(await pair.violations()).toEqual([])
}

test('a new key is shared, and later changes of the phone are under it', async () => {
  await pair.link()
  await pair.archive(true)
  await pair.isArchived(true)
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`)
  await client.until('the new key', () => client.creds.myAppStateKeyId === keyId)
  await pair.archive(false)
  await pair.isArchived(false)
  await client.socket?.chatModify({ pin: true }, ANA_JID)
  expect((await pair.collection('regular_low'))?.entries).toHaveLength(2)
  await inOrder()
})

test('a new key and the changes under it wait for a client that is away', async () => {
  await pair.link()
  await client.cut()
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`)
  await pair.archive(true)
  await client.open()
  await client.until('the new key', () => client.creds.myAppStateKeyId === keyId)
  await pair.reaches('regular_low', 1)
  await pair.nudge()
  await pair.isArchived(true)
  await inOrder()
})

test('a change under an unshared key waits in the client for the key', async () => {
  await pair.link()
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`, { share: false })
  await pair.archive(true)
  await pair.acknowledged(1)
  expect(pair.complaints(/blocked on missing key/)).not.toEqual([])
  expect(pair.version('regular_low')).toBe(0)
  await simulator.post(`/phones/${phone}/app-state/share-keys`)
  await pair.reaches('regular_low', 1)
  await pair.nudge()
  await pair.isArchived(true)
  expect(client.creds.myAppStateKeyId).toBe(keyId)
  expect(await pair.violations()).toEqual([])
})

test('a client may request keys, and receives those that the phone has', async () => {
  await pair.link()
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`, { share: false })
  const { Type } = proto.Message.ProtocolMessage
  const keyIds = [{ keyId: Buffer.from(String(keyId), 'base64') }, { keyId: Buffer.from('nobody') }]
  await client.socket?.relayMessage(
    `${phone}@s.whatsapp.net`,
    { protocolMessage: { type: Type.APP_STATE_SYNC_KEY_REQUEST, appStateSyncKeyRequest: { keyIds } } },
    { additionalAttributes: { category: 'peer', push_priority: 'high_force' } },
  )
  await simulator.happens('app-state-key-request', ({ asked, known }) => asked === 2 && known === 1, since)
  await client.until('the key', () => client.creds.myAppStateKeyId === keyId)
  await inOrder()
})
