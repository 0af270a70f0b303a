import { proto, type BinaryNode } from '@whiskeysockets/baileys'
import { Contact } from '../../../../runner/src/whatsapp/baileys/testing/contact.ts'
import type { DeviceUnderTest } from '../../../../runner/src/whatsapp/baileys/testing/device-under-test.ts'

const text = (conversation: string): proto.IMessage => ({ conversation })

const OURSELVES = '5511900000001@s.whatsapp.net'

const SHARED_KEY = { keyId: { keyId: Buffer.alloc(6, 1) }, keyData: { keyData: Buffer.alloc(32, 2), timestamp: 1 } }

/** Messages of many kinds, in the form of WhatsApp's clients. */
export const MESSAGES: readonly proto.IMessage[] = [
  text('hello'),
  { extendedTextMessage: { text: 'hello', contextInfo: { quotedMessage: text('quoted'), participant: OURSELVES } } },
  { imageMessage: { url: 'https://x', mimetype: 'image/jpeg', caption: 'c', mediaKey: Buffer.alloc(32), fileLength: 12 } },
  { ephemeralMessage: { message: { viewOnceMessageV2: { message: text('once') } } } },
  { deviceSentMessage: { destinationJid: '5511900000002@s.whatsapp.net', message: text('sent elsewhere') } },
  {
    protocolMessage: {
      type: proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE,
      appStateSyncKeyShare: { keys: [SHARED_KEY] },
    },
  },
  {
    senderKeyDistributionMessage: {
      groupId: '120363000000000001@g.us',
      axolotlSenderKeyDistributionMessage: Buffer.alloc(60, 3),
    },
  },
  { reactionMessage: { key: { id: 'M1', remoteJid: OURSELVES }, text: '+' } },
]

export const padded = (message: proto.IMessage): Buffer =>
  Buffer.concat([proto.Message.encode(message).finish(), Buffer.of(2, 2)])

/** Nests messages inside each other, which overflows the stack of a recursive decoder. */
export function matryoshka(depth: number): Buffer {
  let bytes: Buffer = Buffer.from(proto.Message.encode(text('deep')).finish())
  for (let left = depth; left > 0; left--) {
    // FutureProofMessage.message, and Message.ephemeralMessage around it: fields 1 and 40.
    bytes = field(40, field(1, bytes))
  }
  return Buffer.concat([bytes, Buffer.of(1)])
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128)
  return Buffer.from([...bytes, left])
}

export const HISTORY = proto.HistorySync.encode({
  syncType: proto.HistorySync.HistorySyncType.RECENT,
  chunkOrder: 1,
  conversations: Array.from({ length: 3 }, (_, index) => ({
    id: `551190000000${index}@s.whatsapp.net`,
    messages: [
      {
        message: {
          key: { remoteJid: `551190000000${index}@s.whatsapp.net`, id: 'H1', fromMe: false },
          message: text('past'),
          messageTimestamp: 1,
        },
      },
      { message: { key: { remoteJid: '120363000000000001@g.us', id: 'H2', participant: OURSELVES }, message: text('group') } },
    ],
  })),
  pushnames: [{ id: OURSELVES, pushname: 'Ana' }],
  phoneNumberToLidMappings: [{ pnJid: OURSELVES, lidJid: '200000000000001@lid' }],
}).finish()

export async function realStanzas(device: DeviceUnderTest): Promise<BinaryNode[]> {
  const contact = new Contact()
  await contact.openSession(device)
  const messages = await Promise.all(MESSAGES.map((message) => contact.message(message)))
  const child = (tag: string, attrs: Record<string, string> = {}, content?: BinaryNode['content']): BinaryNode => ({
    tag,
    attrs,
    ...(content === undefined ? {} : { content }),
  })
  return [
    ...messages,
    child('message', { id: 'P1', from: contact.pn, t: '1700000000', type: 'text' }, [
      child('unavailable', { type: 'view_once' }),
    ]),
    child('message', { id: 'G1', from: '120363000000000001@g.us', participant: contact.pn, t: '1700000000' }, [
      child('enc', { v: '2', type: 'skmsg' }, Buffer.alloc(80, 5)),
    ]),
    child('receipt', { id: 'R1', from: contact.pn, type: 'read', t: '1700000000' }, [
      child('list', {}, [child('item', { id: 'R2' }), child('item', { id: 'R3' })]),
    ]),
    child('ack', { id: 'A1', class: 'message', from: contact.pn, phash: '2:AAAA', error: '479' }),
    child('ack', { id: 'A2', class: 'receipt', from: contact.pn }),
    child('notification', { id: 'N1', type: 'devices', from: contact.pn, lid: contact.lid }, [
      child('update', { hash: 'h' }, [child('device', { jid: contact.pn, 'key-index': '1' })]),
    ]),
    child('notification', { id: 'N2', type: 'encrypt', from: contact.pn }, [child('identity')]),
    child('notification', { id: 'N3', type: 'account_sync', from: OURSELVES }, [child('devices')]),
    child('iq', { id: 'I1', type: 'result' }, [
      child('usync', {}, [
        child('list', {}, [
          child('user', { jid: contact.pn }, [child('devices', {}, [child('device-list', {}, [child('device', { id: '0' })])])]),
        ]),
      ]),
    ]),
  ]
}
