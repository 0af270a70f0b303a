import { proto, type BinaryNode } from '@whiskeysockets/baileys'
import type { Traces } from '@holdfast/core/platform/traces'
import { beforeEach, describe, expect, test } from 'vitest'
import { ATTEMPTS } from '../../../session/inbox/delivery-policy.ts'
import { Contact, Phone } from '../testing/contact.ts'
import { DeviceUnderTest } from '../testing/device-under-test.ts'
import { readStanza } from './received-stanza.ts'

let device: DeviceUnderTest
let contact: Contact

beforeEach(async () => {
  device = new DeviceUnderTest()
  contact = await newContact()
})

/** Returns a contact with an open session and a known LID. */
async function newContact(phone?: string, lid?: string): Promise<Contact> {
  const made = new Contact(phone, lid)
  await made.openSession(device)
  await device.signal.lidMapping.storeLIDPNMappings([{ lid: made.lid, pn: made.pn }])
  await device.receive(await made.text('hello', { id: 'HELLO' }))
  device.settle()
  return made
}

const enc = (stanza: BinaryNode): BinaryNode => (stanza.content as BinaryNode[]).at(-1) as BinaryNode

/** Damages the ciphertext of a stanza, so that no ratchet decrypts it. */
function broken(stanza: BinaryNode): BinaryNode {
  const content = Buffer.from(enc(stanza).content as Uint8Array)
  content.writeUInt8(content.readUInt8(content.length - 12) ^ 1, content.length - 12)
  return { ...stanza, content: [{ ...enc(stanza), content }] }
}

const rows = (): Record<string, unknown>[] =>
  [...device.image.entries('undecrypted')].map(([, row]) => JSON.parse(row) as Record<string, unknown>)

/** Baileys' reason for not reading the stanza. Null when it reads it. */
const complaint = async (stanza: BinaryNode): Promise<string | null> =>
  (await device.receive(stanza)).messageStubParameters?.[0] ?? null

const NO_MORE = 'Key used already or never filled'

describe('a stanza that cannot be decrypted', () => {
  test('is in the journal with its bytes and the cause before Baileys can answer it', async () => {
    expect(await complaint(broken(await contact.text('broken', { id: 'M7' })))).toBe('Bad MAC')
    expect(device.kinds.flat()).toContain('undecrypted')
    expect(device.kinds.flat()).not.toContain('session')
    const [row] = rows()
    expect(row).toMatchObject({ messageId: 'M7', from: contact.pn, kind: 'pkmsg', code: 'bad-mac', attempts: 1 })
    expect(Buffer.from(String(row?.['stanza']), 'base64').includes('M7')).toBe(true)
  })

  test('is forgotten in the mutation that admits a good copy', async () => {
    await device.receive(broken(await contact.text('broken', { id: 'M7' })))
    device.appended.length = 0
    expect((await device.receive(await contact.text('repaired', { id: 'M7' }))).message?.conversation).toBe('repaired')
    expect(device.kinds).toEqual([['inbox', 'session', 'undecrypted']])
    expect(rows()).toEqual([])
  })

  test('is matched with a copy that names the sender by LID', async () => {
    await device.receive(broken(await contact.text('broken', { id: 'M7' })))
    await device.receive(await contact.text('repaired', { id: 'M7', from: contact.lid, sender_pn: contact.pn }))
    expect(rows()).toEqual([])
  })

  test('is parked after the last attempt and no longer asked for', async () => {
    const stanzas = [await contact.text('broken', { id: 'M7' })]
    while (stanzas.length < ATTEMPTS) stanzas.push(await contact.text('broken', { id: 'M7' }))
    const complaints: (string | null)[] = []
    for (const stanza of stanzas) complaints.push(await complaint(broken(stanza)))
    expect(complaints).toEqual([...Array.from({ length: ATTEMPTS - 1 }, () => 'Bad MAC'), NO_MORE])
    const [[path, document] = []] = Object.entries(device.documents)
    expect(path).toMatch(/^parked_stanzas\/[0-9a-f]{40}$/)
    expect(document).toMatchObject({ messageId: 'M7', attempts: ATTEMPTS, error: { code: 'bad-mac' }, resolvedAt: null })
    expect(Buffer.from(document?.['content'] as Uint8Array).includes('M7')).toBe(false)
    // The document has the bytes of the stanza now.
    device.settle()
    expect(rows()).toMatchObject([{ parkedAt: device.time.ms }])
    expect(rows()[0]).not.toHaveProperty('stanza')
  })

  test('is resolved by a good copy even after it was parked, and its document shows it', async () => {
    for (let index = 0; index < ATTEMPTS; index++) await device.receive(broken(await contact.text('broken', { id: 'M7' })))
    device.settle()
    await device.receive(await contact.text('repaired', { id: 'M7' }))
    const documents = Object.entries(device.documents)
    expect(documents.find(([path]) => path.startsWith('parked'))?.[1]).toEqual({ resolvedAt: new Date(device.time.ms) })
    expect(documents.find(([path]) => path.startsWith('messages'))?.[1]).toMatchObject({ messageId: 'M7' })
    expect(rows()).toEqual([])
  })

  test('gets its document from the next owner when the last one could not write it', async () => {
    for (let index = 0; index < ATTEMPTS; index++) await device.receive(broken(await contact.text('broken', { id: 'M7' })))
    const next = new DeviceUnderTest({ earlier: device })
    next.undecrypted.takeOver()
    expect(Object.keys(next.documents)).toEqual([expect.stringMatching(/^parked_stanzas/)])
    next.settle()
    expect(new DeviceUnderTest({ earlier: next }).appended).toEqual([])
  })

  test('is not asked for again when its message is already stored', async () => {
    await device.receive(await contact.text('read', { id: 'M7' }))
    device.appended.length = 0
    expect(await complaint(broken(await contact.text('read', { id: 'M7' })))).toBeNull()
    expect(device.appended).toEqual([])
  })

  test('is asked for again when its key was used and its message is not stored', async () => {
    const first = new Contact('5511900000003', '300000000000003')
    await first.openSession(device)
    const stanza = await first.text('lost with the records of a restore', { id: 'M8' })
    await device.receive(stanza)
    device.image.apply({ keys: { inbox: Object.fromEntries([...device.image.entries('inbox')].map(([hash]) => [hash, null])) } })
    const restored = new DeviceUnderTest({ earlier: device })
    expect((await restored.receive(stanza)).messageStubParameters?.[0]).not.toBe(NO_MORE)
    expect([...restored.image.entries('undecrypted')]).toHaveLength(1)
  })

  test('leaves no trace on a closed connection, whose answers do not leave either', async () => {
    const stanza = broken(await contact.text('broken'))
    device.keyStore.close()
    await device.receive(stanza)
    expect(device.appended).toEqual([])
  })

  test('is parked early when it is the oldest of more than 200', async () => {
    for (let index = 0; index < 201; index++) {
      device.time.ms++
      device.receiving.arrived({ tag: 'message', attrs: { id: `A${index}`, from: contact.pn, t: '1' }, content: [] })
    }
    const documents = Object.values(device.documents)
    expect(documents).toMatchObject([{ messageId: 'A0', error: { code: 'absent' } }])
  })

  test('is parked when no copy has come for 14 days', async () => {
    await device.receive(broken(await contact.text('broken', { id: 'M7' })))
    device.time.ms += 14 * 24 * 60 * 60 * 1000 + 1
    const next = new DeviceUnderTest({ earlier: device })
    next.time.ms = device.time.ms
    next.undecrypted.takeOver()
    expect(Object.values(next.documents)).toMatchObject([{ messageId: 'M7', attempts: 1 }])
  })
})

describe('a plaintext that is no message', () => {
  const garbage = async (id: string) => contact.stanza([await contact.encrypted(Buffer.from([0xff, 0xff, 0xff]))], { id })

  test('is recorded, since no ratchet decrypts it again, and its ratchet step stays', async () => {
    expect(await complaint(await garbage('M7'))).not.toBeNull()
    expect(device.kinds.flat()).toEqual(expect.arrayContaining(['undecrypted', 'inbox', 'session']))
    expect(rows()).toMatchObject([{ code: 'no-message', plain: expect.any(String) }])
    expect((await device.receive(await contact.text('next'))).message?.conversation).toBe('next')
  })

  test('is parked after the last attempt, and each delivery of the same stanza counts', async () => {
    const stanza = await garbage('M7')
    for (let index = 1; index < ATTEMPTS; index++) await device.receive(stanza)
    expect(rows()).toMatchObject([{ attempts: ATTEMPTS - 1 }])
    expect(await complaint(stanza)).toBe(NO_MORE)
    expect(Object.values(device.documents)).toMatchObject([{ attempts: ATTEMPTS, error: { code: 'no-message' } }])
  })

  test('is recorded when its padding is wrong', async () => {
    const stanza = contact.stanza([await contact.encrypted(Buffer.from([8, 200]), false)])
    expect(await complaint(stanza)).toMatch('unpad')
    expect(rows()).toMatchObject([{ code: 'no-message' }])
  })
})

describe('a stanza that Baileys refuses without decrypting it', () => {
  const sealedAs = (type: string) => {
    const node = { tag: 'enc', attrs: { v: '2', type }, content: Buffer.from('sealed') }
    return contact.stanza([node], { id: 'M7' })
  }

  test('is parked at once when it is the reply of a bot, which is not asked for again', async () => {
    device.receiving.arrived(sealedAs('msmsg'))
    const error = { code: 'unknown-encryption' }
    expect(Object.values(device.documents)).toMatchObject([{ messageId: 'M7', kind: 'msmsg', error }])
  })

  test('with an unknown encryption is asked for again and read when it comes with a known one', async () => {
    device.receiving.arrived(sealedAs('brand-new'))
    expect(rows()).toMatchObject([{ messageId: 'M7', kind: 'brand-new', code: 'unknown-encryption', attempts: 1 }])
    await device.receive(await contact.text('as ever', { id: 'M7' }))
    expect(rows()).toEqual([])
  })

  test('is parked at once when it is malformed', () => {
    const stanza = { tag: 'message', attrs: { id: 'M7', from: 'somewhere@else', t: '1' }, content: [] }
    device.receiving.arrived(stanza)
    expect(Object.values(device.documents)).toMatchObject([{ messageId: 'M7', error: { code: 'malformed' } }])
  })

  test('is recorded as absent when WhatsApp announces a message without its content', () => {
    device.receiving.arrived(contact.stanza([{ tag: 'unavailable', attrs: {} }], { id: 'M7' }))
    expect(rows()).toMatchObject([{ messageId: 'M7', code: 'absent' }])
  })

  test('is stored once as unavailable when only the phone can show its message', () => {
    const stanza = contact.stanza([{ tag: 'unavailable', attrs: { type: 'view_once' } }], { id: 'M7' })
    device.receiving.arrived(stanza)
    device.receiving.arrived(stanza)
    expect(device.appended).toHaveLength(1)
    expect(Object.values(device.documents)).toMatchObject([{ messageId: 'M7', chat: contact.pn, type: 'unavailable' }])
  })
})

describe('a post', () => {
  const CHANNEL = '120363000000000009@newsletter'
  const post = (text: string, attrs: Record<string, string> = {}): BinaryNode => ({
    tag: 'message',
    attrs: { id: 'P1', from: CHANNEL, server_id: '100', t: '1700000000', type: 'text', ...attrs },
    content: [{ tag: 'plaintext', attrs: {}, content: proto.Message.encode({ conversation: text }).finish() }],
  })
  const status = () => contact.text('my day', { id: 'S1', from: 'status@broadcast', participant: contact.pn })

  test('of the status is a message in its own chat, of its author', async () => {
    await device.receive(await status())
    expect(Object.values(device.documents)).toMatchObject([
      { messageId: 'S1', chat: 'status@broadcast', participant: contact.pn, fromMe: false, type: 'text' },
    ])
  })

  test('of a channel is in the journal before Baileys answers it, and once when it comes again', () => {
    device.receiving.arrived(post('news'))
    device.receiving.arrived(post('news', { offline: '1' }))
    expect(Object.values(device.documents)).toMatchObject([
      { messageId: 'P1', chat: CHANNEL, participant: null, fromMe: false, type: 'text' },
    ])
    device.receiving.arrived(post('ours', { id: 'P2', is_sender: 'true' }))
    expect(Object.values(device.documents)).toMatchObject([{ messageId: 'P1' }, { messageId: 'P2', fromMe: true }])
  })

  test('that the session ignores is received and not stored', async () => {
    device.ignored.add('status@broadcast').add(CHANNEL)
    expect((await device.receive(await status())).message?.conversation).toBe('my day')
    device.receiving.arrived(post('news'))
    expect(device.documents).toEqual({})
  })

  test('is not asked for again for ever when it cannot be read, and counts of views are no post', async () => {
    expect(await complaint(broken(await status()))).toBe('Bad MAC')
    device.receiving.arrived({ ...post('news'), content: [{ tag: 'reactions', attrs: {} }] })
    expect([rows(), device.documents]).toEqual([[], {}])
    device.receiving.arrived({ ...post('news'), content: [{ tag: 'plaintext', attrs: {}, content: Buffer.from([255, 1, 2]) }] })
    expect(Object.values(device.documents)).toMatchObject([{ messageId: 'P1', type: 'unsupported' }])
  })

  test('of the status gets the reactions that come in the chat with somebody', async () => {
    const key = { remoteJid: 'status@broadcast', id: 'S0', fromMe: false, participant: device.creds.me?.id ?? null }
    await device.receive(await contact.message({ reactionMessage: { key, text: '❤️' } }))
    const [messageId, chat] = ['S0', 'status@broadcast'].map((name) => device.cipher.pseudonym(name))
    expect(Object.values(device.documents)).toMatchObject([{ messageId, chat }])
  })
})

test('a message that makes no sense is stored with its bytes', () => {
  const reader = {
    ...device.reader,
    secretOf: () => {
      throw new Error('Its parts make no sense together.')
    },
  }
  const vote = { pollUpdateMessage: { pollCreationMessageKey: { id: 'M0' }, vote: {} } }
  const bytes = Buffer.from(proto.Message.encode(vote).finish())
  const read = () => readStanza(contact.stanza([], { id: 'M7' }), Buffer.concat([bytes, Buffer.of(1)]), reader)
  expect(read).not.toThrow()
  const reading = read()
  expect(reading?.message).toMatchObject({ messageId: 'M7', type: 'unsupported' })
  expect(bytes.equals(reading?.message?.proto ?? Buffer.alloc(0))).toBe(true)
})

describe('a message of the phone about other messages', () => {
  const { Type } = proto.Message.ProtocolMessage
  const tell = async (protocol: proto.Message.IProtocolMessage): Promise<void> => {
    const phone = new Phone()
    await phone.openSession(device)
    device.settle()
    await device.receive(await phone.tell(protocol))
  }
  const history = (syncType: proto.Message.HistorySyncType) =>
    tell({ type: Type.HISTORY_SYNC_NOTIFICATION, historySyncNotification: { syncType } })

  test('stays open until the other messages are stored', async () => {
    await history(proto.Message.HistorySyncType.RECENT)
    device.settle()
    expect(device.inbox.openNotices()).toHaveLength(1)
    expect(new DeviceUnderTest({ earlier: device }).inbox.openNotices()).toHaveLength(1)
  })

  test('is settled at once when it is about full history or status posts, which are not wanted', async () => {
    await history(proto.Message.HistorySyncType.FULL)
    await history(proto.Message.HistorySyncType.INITIAL_STATUS_V3)
    expect(device.inbox.openNotices()).toEqual([])
  })

  test('is ignored when it comes from a contact', async () => {
    const notification = { type: Type.HISTORY_SYNC_NOTIFICATION, historySyncNotification: { syncType: 3 } }
    await device.receive(await contact.message({ protocolMessage: notification }, { category: 'peer' }))
    expect(device.inbox.openNotices()).toEqual([])
  })
})

describe('a delivery that is counted first', () => {
  const suspect = () => new DeviceUnderTest({ earlier: device, isSuspect: true })
  const count = (one: DeviceUnderTest) => [...one.image.entries('delivery')].map(([, begun]) => begun)

  test('is in the journal before decryption, and the mutation that admits the message removes the count', async () => {
    const one = suspect()
    await one.receive(await contact.text('harmless'))
    expect(one.kinds).toEqual([['delivery'], ['delivery', 'inbox', 'session']])
    expect(count(one)).toEqual([])
  })

  test('is parked without decryption when every delivery before ended the process', async () => {
    const stanza = await contact.text('deadly', { id: 'M7' })
    let owner = suspect()
    for (let life = 0; life < 2; life++) {
      owner = suspect()
      // Only the count reaches the journal, as if the delivery had ended the process.
      const before = [...owner.image.entries('session')]
      await owner.receive(stanza)
      const counted = owner.mutations[0]
      if (counted) device.image.apply(counted)
      expect(owner.kinds[0]).toEqual(['delivery'])
      expect([...device.image.entries('session')]).toEqual(before)
    }
    const last = suspect()
    const sessions = [...last.image.entries('session')]
    expect((await last.receive(stanza)).messageStubParameters?.[0]).toBe(NO_MORE)
    expect([...last.image.entries('session')]).toEqual(sessions)
    expect(Object.values(last.documents)).toMatchObject([{ messageId: 'M7', error: { code: 'not-survived' } }])
    expect(count(last)).toEqual([])
  })

  test('loses its count when the stanza merely cannot be decrypted', async () => {
    const one = suspect()
    await one.receive(broken(await contact.text('broken')))
    expect(count(one)).toEqual([])
    expect([...one.image.entries('undecrypted')]).toHaveLength(1)
  })
})

describe('the trace of a message', () => {
  /** The spans that have ended, as `name code`. */
  const ended: string[] = []
  let last = 0
  const traces: Traces = {
    begin: (name) => ({
      traceparent: `00-${'1'.repeat(32)}-${String(++last).padStart(16, '0')}-01`,
      logFields: {},
      end: ({ error } = {}) => void ended.push([name, error].filter(Boolean).join(' ')),
    }),
    close: async () => {},
  }

  beforeEach(async () => {
    device = new DeviceUnderTest({ traces })
    contact = await newContact()
    ended.length = 0
  })

  test('ends when its document is written, and carries to the deliveries', async () => {
    device.appended.length = 0
    await device.receive(await contact.text('hello again', { id: 'M1' }))
    expect(ended).toEqual(['decrypt'])
    const [entry] = device.appended
    expect(entry?.traceparent).toMatch(/^00-1{32}-/)
    entry?.onDurable?.({ sequence: 7, index: 0, prevHash: '' })
    entry?.onWritten?.()
    expect(ended).toEqual(['decrypt', 'record', 'receive'])
  })

  test('has the code of what kept it from being read', async () => {
    await complaint(broken(await contact.text('broken', { id: 'M2' })))
    expect(ended).toContain('receive bad-mac')
  })

  test('is not shown of a stanza that comes again, nor of one without a message', async () => {
    const stanza = await contact.text('once', { id: 'M3' })
    await device.receive(stanza)
    ended.length = 0
    await device.receive(stanza)
    await device.receive(contact.stanza([], { id: 'M4' }))
    expect(ended).toEqual([])
  })
})
