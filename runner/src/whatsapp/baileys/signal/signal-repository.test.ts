import { proto, type BinaryNode } from '@whiskeysockets/baileys'
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { SerialQueue } from './serial-queue.ts'
import { Contact, Phone, textFor } from '../testing/contact.ts'
import { DeviceUnderTest } from '../testing/device-under-test.ts'

let device: DeviceUnderTest
let contact: Contact

beforeEach(async () => {
  device = new DeviceUnderTest()
  contact = new Contact()
  await contact.openSession(device)
  // The contact's LID is known, so that no test depends on a lookup.
  await device.signal.lidMapping.storeLIDPNMappings([{ lid: contact.lid, pn: contact.pn }])
  device.appended.length = 0
})

const encOf = ({ content }: BinaryNode): Buffer => (content as BinaryNode[]).at(-1)?.content as Buffer

/** A copy of the stanza in other objects, as the server would deliver it again. */
const again = (stanza: BinaryNode): BinaryNode => ({
  ...stanza,
  content: (stanza.content as BinaryNode[]).map((node) => ({ ...node, content: Buffer.from(node.content as Buffer) })),
})

describe('a received message', () => {
  test('is in one mutation with the ratchet step that decrypted it and the pre-key that it used up', async () => {
    await device.receive(await contact.text('hello'))
    expect(device.appended).toHaveLength(1)
    expect(device.kinds[0]).toEqual(expect.arrayContaining(['inbox', 'pre-key', 'session']))
    expect(device.mutations[0]?.keys?.['pre-key']).toEqual({ '1': null })
    expect(Object.values(device.documents)).toMatchObject([{ messageId: 'M1', chat: contact.pn }])
  })

  test('that comes again is answered from its row, since the ratchet cannot decrypt it again', async () => {
    const stanza = await contact.text('hello')
    await device.receive(stanza)
    expect((await device.receive(again(stanza))).message?.conversation).toBe('hello')
    expect(device.appended).toHaveLength(1)
  })

  test('that comes again after its receipt was acknowledged is answered with an empty text and changes nothing', async () => {
    const stanza = await contact.text('hello')
    await device.receive(stanza)
    device.settle()
    device.inbox.receiptAcknowledged('M1')
    expect((await device.receive(again(stanza))).message?.conversation).toBe('')
    expect(device.appended).toEqual([])
  })

  test('on a closed connection leaves no trace', async () => {
    const stanza = await contact.text('hello')
    device.keyStore.close()
    await device.receive(stanza)
    expect([device.appended.length, device.image.count('inbox'), device.image.count('session')]).toEqual([0, 0, 0])
  })
})

describe('app state keys that the phone shares', () => {
  const keys = [{ keyId: { keyId: Buffer.from('key 1') }, keyData: { keyData: randomBytes(32) } }]
  const type = proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE
  const share = { type, appStateSyncKeyShare: { keys } }

  test('are in the mutation of their message, with their name and all collections marked as pending', async () => {
    const phone = new Phone()
    await phone.openSession(device)
    device.appended.length = 0
    await device.receive(await phone.tell(share))
    const kinds = ['app-state-pending', 'app-state-sync-key', 'inbox', 'session']
    expect(device.kinds.at(-1)).toEqual(expect.arrayContaining(kinds))
    expect(device.mutations.at(-1)?.creds).toContain(Buffer.from('key 1').toString('base64'))
  })

  test('are ignored when they come from a contact', async () => {
    await device.receive(await contact.message({ protocolMessage: share }, { category: 'peer' }))
    expect(device.kinds.flat()).not.toContain('app-state-sync-key')
  })
})

test('the ratchet step of a message to send is journaled before the transaction around it ends', async () => {
  await device.receive(await contact.text('hello'))
  device.appended.length = 0
  await device.keyStore.transaction(async () => {
    await device.signal.encryptMessage({ jid: contact.pn, data: textFor('reply') })
    expect(device.kinds).toEqual([['session']])
  }, 'of the sender')
})

describe('a contact', () => {
  const send = async (text: string) => contact.read(await device.signal.encryptMessage({ jid: contact.pn, data: textFor(text) }))

  test('with a new identity exchanges messages with us in new sessions', async () => {
    await device.receive(await contact.text('hello'))
    await send('hello to you')
    contact.reinstall()
    await contact.openSession(device)
    expect((await device.receive(await contact.text('a new phone'))).message?.conversation).toBe('a new phone')
    expect(await send('congratulations')).toBe('congratulations')
  })

  test('with a new identity keeps the session that we began when its own first message crosses ours', async () => {
    await device.receive(await contact.text('hello'))
    contact.reinstall()
    // The server has announced the new identity, and our next message to the contact begins a session with it.
    await device.signal.injectE2ESession({ jid: contact.pn, session: await contact.bundle() })
    const ours = await device.signal.encryptMessage({ jid: contact.pn, data: textFor('crossing') })
    await contact.openSession(device)
    const theirs = await contact.text('crossing as well')
    expect(await contact.read(ours)).toBe('crossing')
    await device.receive(theirs)
    // This message comes in the session that our message began.
    expect((await device.receive(await contact.text('and now?'))).message?.conversation).toBe('and now?')
  })

  test('whose keys come twice gets one session and can read the messages before and after their second arrival', async () => {
    const keys = await contact.bundle()
    const written = []
    for (const text of ['first', 'second']) {
      await device.signal.injectE2ESession({ jid: contact.pn, session: keys })
      written.push(await device.signal.encryptMessage({ jid: contact.pn, data: textFor(text) }))
    }
    const read = []
    for (const message of written.toReversed()) read.push(await contact.read(message))
    expect(read).toEqual(['second', 'first'])
    await device.signal.injectE2ESession({ jid: contact.pn, session: await contact.bundle() })
    expect(await contact.read(await device.signal.encryptMessage({ jid: contact.pn, data: textFor('third') }))).toBe('third')
  })

  test('without one-time keys, whose keys come twice, gets a second session, which it can read', async () => {
    const { preKey: _none, ...keys } = await contact.bundle()
    const begin = async (text: string) => {
      await device.signal.injectE2ESession({ jid: contact.pn, session: keys })
      return device.signal.encryptMessage({ jid: contact.pn, data: textFor(text) })
    }
    const lost = await begin('in a session that the contact loses')
    const found = await begin('in a new one')
    expect(lost.type).toBe('pkmsg')
    expect(await contact.read(found)).toBe('in a new one')
    const sessions = Object.keys(sessionsWith(contact))
    expect(sessions).toHaveLength(2)
  })

  test('keeps the session in use when a message with another identity cannot be decrypted', async () => {
    await device.receive(await contact.text('hello'))
    const before = new Map(device.image.entries('session'))
    const stranger = new Contact()
    await stranger.openSession(device)
    device.appended.length = 0
    const forged = await stranger.text('I am somebody else')
    encOf(forged).writeUInt8(encOf(forged).readUInt8(60) ^ 1, 60)
    await device.receive(forged)
    expect(new Map(device.image.entries('session'))).toEqual(before)
    expect((await device.receive(await contact.text('still here'))).message?.conversation).toBe('still here')
  })
})

/** The stored sessions with the contact's phone, by base key. */
const sessionsWith = ({ lid }: Contact): object => {
  const record = device.image.get('session', `${lid.split('@')[0]}_1.0`) ?? '{}'
  return (JSON.parse(record) as { _sessions?: object })._sessions ?? {}
}

describe('work for a session', () => {
  test('is done one after the other', async () => {
    const queue = new SerialQueue()
    const order: string[] = []
    const { promise: open, resolve: finish } = Promise.withResolvers<void>()
    const first = queue.run(async () => {
      await open
      order.push('first')
      throw new Error('the first one failed')
    })
    const second = queue.run(async () => order.push('second'))
    finish()
    await expect(first).rejects.toThrow('the first one failed')
    await second
    expect(order).toEqual(['first', 'second'])
  })

  test('within work does not wait for itself', async () => {
    const queue = new SerialQueue()
    const order: string[] = []
    const outer = queue.run(async () => {
      await queue.run(async () => order.push('inner'))
      order.push('outer')
    })
    await Promise.all([outer, queue.run(async () => order.push('next'))])
    expect(order).toEqual(['inner', 'outer', 'next'])
  })
})
