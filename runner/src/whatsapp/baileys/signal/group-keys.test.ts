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

/** The stanza that brings the key, as it is delivered once more. */
const again = (stanza: BinaryNode): BinaryNode => ({
  ...stanza,
  content: (stanza.content as BinaryNode[]).map((node) => ({ ...node, content: Buffer.from(node.content as Buffer) })),
})

describe('a group message', () => {
  test('brings the key of its sender, which is in the journal before anything that says so', async () => {
    expect(await read(await send('hello', true))).toBe('hello')
    // The carrier, the key, and the message itself with its document.
    expect(device.kinds).toEqual([expect.arrayContaining(['inbox', 'session']), ['sender-key'], ['inbox', 'sender-key']])
    expect(Object.values(device.documents)).toMatchObject([{ chat: GROUP, participant: contact.pn, type: 'text' }])
  })

  test('that comes again after a crash behind the carrier brings its key again', async () => {
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

  test('under a key that was never told is noted, and read when it comes with it', async () => {
    await contact.toGroup(GROUP, 'before us', { withKey: false })
    expect((await device.receive(await send('unknown', false))).messageStubParameters?.[0]).toMatch(/SenderKey|session/)
    expect([...device.image.entries('undecrypted')]).toHaveLength(1)
    expect(await read(await send('with its key', true))).toBe('with its key')
  })
})

describe('a key that is told again', () => {
  test('changes nothing: the counter of the one in use does not fall back', async () => {
    const first = await send('hello', true)
    await read(first)
    for (let index = 0; index < 3; index++) await read(await send(`message ${index}`, false))
    const before = states()
    for (let index = 0; index < 6; index++) await read(again(first))
    expect(states()).toEqual(before)
    expect(await read(await send('goes on', false))).toBe('goes on')
  })

  test('by a sender who is ahead changes nothing either: it is the same chain', async () => {
    await read(await send('hello', true))
    await send('never arrived', false)
    expect(await read(await send('with its key', true))).toBe('with its key')
    expect(states()).toHaveLength(1)
  })

  test('that nobody could step to any more takes the place of the old one', async () => {
    await read(await send('hello', true))
    const stored = states()
    const behind = stored.map((state) => ({ ...state, senderChainKey: { ...state.senderChainKey, iteration: -3000 } }))
    const [[name] = ['']] = device.image.entries('sender-key')
    const data = Buffer.from(JSON.stringify(behind)).toString('base64')
    device.image.apply({ keys: { 'sender-key': { [name]: JSON.stringify({ type: 'Buffer', data }) } } })
    expect(await read(await send('far ahead', true))).toBe('far ahead')
    expect(states()).toHaveLength(1)
  })

  test('after the group changed is another one, and messages under both can be read', async () => {
    const old = await send('under the old key', true)
    const late = await send('under the old key, late', false)
    await read(old)
    contact.dropGroupKeys()
    expect(await read(await send('under the new key', true))).toBe('under the new key')
    expect(states()).toHaveLength(2)
    expect(await read(late)).toBe('under the old key, late')
  })
})
