import type { BinaryNode } from '@whiskeysockets/baileys'
import type { StateKind } from '@holdfast/core/journal/state-kinds'
import { beforeEach, describe, expect, test } from 'vitest'
import { Contact, textFor } from '../testing/contact.ts'
import { DeviceUnderTest, OURS, OUR_LID } from '../testing/device-under-test.ts'

const GROUP = '120363000000000001@g.us'

let device: DeviceUnderTest
let contact: Contact

beforeEach(async () => {
  device = new DeviceUnderTest()
  contact = new Contact()
  await contact.openSession(device)
})

const learn = () => device.signal.lidMapping.storeLIDPNMappings([{ lid: contact.lid, pn: contact.pn }])

const ids = (kind: StateKind) => [...device.image.entries(kind)].map(([id]) => id).toSorted()

/** Delivers a stanza and returns the document of its message. */
async function stored(stanza: BinaryNode): Promise<Record<string, unknown> | undefined> {
  device.appended.length = 0
  await device.receive(stanza)
  return Object.values(device.documents)[0]
}

const byLid = (more: Record<string, string> = {}) => ({ from: contact.lid, sender_lid: '', ...more })

describe('the chat with a contact that is addressed by LID', () => {
  test('is named by the phone number in the stanza', async () => {
    expect(await stored(await contact.text('hello', byLid({ sender_pn: contact.pn })))).toMatchObject({ chat: contact.pn })
  })

  test('is named by a phone number that is already known', async () => {
    await learn()
    expect(await stored(await contact.text('hello', byLid()))).toMatchObject({ chat: contact.pn })
  })

  test('is named by the LID while the phone number is unknown', async () => {
    expect(await stored(await contact.text('hello', byLid()))).toMatchObject({ chat: contact.lid })
  })

  test('has a message once although the phone number became known between its two copies', async () => {
    expect(await stored(await contact.text('hello', byLid({ id: 'M1' })))).toMatchObject({ chat: contact.lid })
    await learn()
    expect(await stored(await contact.text('hello', byLid({ id: 'M1' })))).toBeUndefined()
  })

  test('also has the messages that we wrote on the phone', async () => {
    await learn()
    const attrs = { from: `${OURS}@s.whatsapp.net`, sender_lid: `${OUR_LID}@lid`, recipient: contact.lid }
    expect(await stored(await contact.text('hello', attrs))).toMatchObject({ chat: contact.pn, fromMe: true })
  })
})

describe('a member of a group', () => {
  test('is named by the phone number, from the stanza or known before, in the chat of the group', async () => {
    const named = await contact.toGroup(GROUP, 'hello', { withKey: true })
    expect(await stored(named)).toMatchObject({ chat: GROUP, participant: contact.pn, fromMe: false })
    await learn()
    const unnamed = await contact.toGroup(GROUP, 'hello', { withKey: false, attrs: { participant_pn: '' } })
    expect(await stored(unnamed)).toMatchObject({ chat: GROUP, participant: contact.pn })
  })

  test('has one sender key there, whether the group addresses members by phone number or LID', async () => {
    await learn()
    await stored(await contact.toGroup(GROUP, 'hello', { withKey: true }))
    const asNumber = { participant: contact.pn, participant_lid: contact.lid, participant_pn: '', addressing_mode: 'pn' }
    expect(await stored(await contact.toGroup(GROUP, 'again', { withKey: false, attrs: asNumber }))).toMatchObject({
      type: 'text',
    })
    expect(ids('sender-key')).toEqual([`${GROUP}::${contact.lid.split('@')[0]}_1::0`])
  })
})

describe('a LID that becomes known', () => {
  const address = () => `${contact.lid.split('@')[0]}_1.0`

  test('takes over the session of the phone number, in the mutation that stores the LID', async () => {
    await device.receive(await contact.text('hello', { sender_lid: '' }))
    expect(ids('session')).toEqual([`${contact.phone}.0`])
    device.appended.length = 0
    await learn()
    expect(device.kinds).toEqual([['identity-key', 'last-use', 'lid-mapping', 'session']])
    expect([ids('session'), ids('identity-key')]).toEqual([[address()], [address()]])
    // The session goes on under the LID.
    const reply = await device.signal.encryptMessage({ jid: contact.pn, data: textFor('reply') })
    expect(await contact.read(reply)).toBe('reply')
    expect((await device.receive(await contact.text('next', byLid()))).message?.conversation).toBe('next')
  })

  test('keeps its own session in use, and messages in flight on the session of the phone number can be read', async () => {
    await device.receive(await contact.text('hello', { sender_lid: '' }))
    const inTheOld = await contact.text('in the old one', byLid())
    await device.signal.injectE2ESession({ jid: contact.lid, session: await contact.bundle() })
    const first = await device.signal.encryptMessage({ jid: contact.lid, data: textFor('the first in the new one') })
    expect(await contact.read(first)).toBe('the first in the new one')
    const inTheNew = await contact.text('in the new one', byLid())
    await learn()
    expect(ids('session')).toEqual([address()])
    expect((await device.receive(inTheOld)).message?.conversation).toBe('in the old one')
    expect((await device.receive(inTheNew)).message?.conversation).toBe('in the new one')
    const next = await device.signal.encryptMessage({ jid: contact.pn, data: textFor('next') })
    expect([next.type, await contact.read(next)]).toEqual(['msg', 'next'])
  })

  test('takes over the sender keys of the phone number, except those of our own device', async () => {
    const asNumber = { participant: contact.pn, participant_pn: '', addressing_mode: 'pn' }
    await stored(await contact.toGroup(GROUP, 'hello', { withKey: true, attrs: asNumber }))
    await device.signal.encryptGroupMessage({ group: GROUP, meId: `${OURS}:1@s.whatsapp.net`, data: textFor('ours') })
    await learn()
    await device.signal.lidMapping.storeLIDPNMappings([{ lid: `${OUR_LID}@lid`, pn: `${OURS}@s.whatsapp.net` }])
    expect(ids('sender-key')).toEqual([`${GROUP}::${contact.lid.split('@')[0]}_1::0`, `${GROUP}::${OURS}::1`])
  })

  test('stays stored when the transaction around it fails, since Baileys remembers it in any case', async () => {
    const failing = device.keyStore.transaction(async () => {
      await learn()
      throw new Error('no recipient could be reached')
    }, 'of the sender')
    await expect(failing).rejects.toThrow('no recipient')
    expect(device.names.phoneOf(contact.lid)).toBe(`${contact.phone}@s.whatsapp.net`)
    expect(device.kinds).toContainEqual(['lid-mapping'])
  })

  test('changes nothing when it comes a second time', async () => {
    await learn()
    device.appended.length = 0
    await learn()
    await device.signal.migrateSession(contact.pn, contact.lid)
    expect(device.appended).toEqual([])
  })
})

test('the session with a removed device is deleted, whether it is kept under the phone number or the LID', async () => {
  await learn()
  await device.receive(await contact.text('hello'))
  await device.signal.deleteSession([contact.pn])
  expect(ids('session')).toEqual([])
})
