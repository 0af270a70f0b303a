import type { BinaryNode } from '@whiskeysockets/baileys'
import { beforeEach, describe, expect, test } from 'vitest'
import { Contact } from '../testing/contact.ts'
import { DeviceUnderTest } from '../testing/device-under-test.ts'

const GROUP = '120363000000000001@g.us'

let device: DeviceUnderTest
let contact: Contact

beforeEach(async () => {
  device = new DeviceUnderTest()
  contact = new Contact()
  await contact.openSession(device)
  await device.signal.lidMapping.storeLIDPNMappings([{ lid: contact.lid, pn: contact.pn }])
  device.appended.length = 0
})

interface State {
  senderKeyId: number
  senderChainKey: { iteration: number }
}

function states(): State[] {
  const [[, stored] = []] = device.image.entries('sender-key')
  if (stored === undefined) return []
  const { data } = JSON.parse(stored) as { data: string }
  return JSON.parse(Buffer.from(data, 'base64').toString()) as State[]
}

const send = (text: string, withKey: boolean) => contact.toGroup(GROUP, text, { withKey })

const read = async (stanza: BinaryNode): Promise<string | null | undefined> =>
  (await device.receive(stanza)).message?.conversation

/** The same stanza as the server delivers it once more. */
const again = (stanza: BinaryNode): BinaryNode => ({
  ...stanza,
  content: (stanza.content as BinaryNode[]).map((node) => ({ ...node, content: Buffer.from(node.content as Buffer) })),
})

describe('a group message', () => {
  test('brings the key of its sender, which is in the journal before the message', async () => {
    expect(await read(await send('hello', true))).toBe('hello')
    // The carrier, the key, and the message itself with its document.
    const kinds = [expect.arrayContaining(['inbox', 'session']), ['last-use', 'sender-key'], ['inbox', 'sender-key']]
    expect(device.kinds).toEqual(kinds)
    expect(Object.values(device.documents)).toMatchObject([{ chat: GROUP, participant: contact.pn, type: 'text' }])
  })

  test('that comes again after a crash right after the carrier of its key brings the key again', async () => {
    const stanza = await send('hello', true)
    await read(stanza)
    // Only the first record was durable.
    const next = new DeviceUnderTest()
    Object.assign(next.creds, device.creds)
    const [carrier] = device.mutations
    if (carrier) next.image.apply(carrier)
    device = next
    expect(await read(again(stanza))).toBe('hello')
    expect(states()).toHaveLength(1)
  })

  test('under an unknown key is recorded, and read once it comes with the key', async () => {
    await contact.toGroup(GROUP, 'before us', { withKey: false })
    expect((await device.receive(await send('unknown', false))).messageStubParameters?.[0]).toMatch(/SenderKey|session/)
    expect([...device.image.entries('undecrypted')]).toHaveLength(1)
    expect(await read(await send('with its key', true))).toBe('with its key')
  })
})

describe('a sender key that comes again', () => {
  test('does not set back the counter of the key in use', async () => {
    const first = await send('hello', true)
    await read(first)
    for (let index = 0; index < 3; index++) await read(await send(`message ${index}`, false))
    const before = states()
    for (let index = 0; index < 6; index++) await read(again(first))
    expect(states()).toEqual(before)
    expect(await read(await send('goes on', false))).toBe('goes on')
  })

  test('from a sender whose counter is ahead is recognized as the same chain', async () => {
    await read(await send('hello', true))
    await send('never arrived', false)
    expect(await read(await send('with its key', true))).toBe('with its key')
    expect(states()).toHaveLength(1)
  })

  test('with a counter beyond the reach of the old key replaces the old key', async () => {
    await read(await send('hello', true))
    const stored = states()
    const behind = stored.map((state) => ({ ...state, senderChainKey: { ...state.senderChainKey, iteration: -3000 } }))
    const [[name] = ['']] = device.image.entries('sender-key')
    const data = Buffer.from(JSON.stringify(behind)).toString('base64')
    device.image.apply({ keys: { 'sender-key': { [name]: JSON.stringify({ type: 'Buffer', data }) } } })
    expect(await read(await send('far ahead', true))).toBe('far ahead')
    expect(states()).toHaveLength(1)
  })

  test('after a change of the group is stored as another key, and messages under both can be read', async () => {
    const old = await send('under the old key', true)
    const late = await send('under the old key, late', false)
    await read(old)
    contact.dropGroupKeys()
    expect(await read(await send('under the new key', true))).toBe('under the new key')
    expect(states()).toHaveLength(2)
    expect(await read(late)).toBe('under the old key, late')
  })
})
