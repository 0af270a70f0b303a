import { createHash, createHmac, createCipheriv } from 'node:crypto'
import { proto, type BinaryNode } from '@whiskeysockets/baileys'
import { describe, expect, test } from 'vitest'
import { DeviceUnderTest } from '../testing/device-under-test.ts'
import { readStanza } from './received-stanza.ts'

const ME = '5511900000001@s.whatsapp.net'
const BOB = '5511900000002@s.whatsapp.net'
const EVE = '5511900000003@s.whatsapp.net'
const GROUP = '120363000000000001@g.us'

const { Type } = proto.Message.ProtocolMessage
const { Type: PinType } = proto.Message.PinInChatMessage

const { reader } = new DeviceUnderTest()

const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.of(2, 2)])

interface From {
  readonly attrs?: Record<string, string>
  readonly using?: typeof reader
}

function read(message: proto.IMessage | Uint8Array, { attrs = {}, using = reader }: From = {}) {
  const stanza: BinaryNode = { tag: 'message', attrs: { from: BOB, id: 'M1', t: '1700000000', notify: 'Bob', ...attrs } }
  const bytes = message instanceof Uint8Array ? message : proto.Message.encode(message).finish()
  const reading = readStanza(stanza, padded(bytes), using)
  if (!reading) throw new Error('The plaintext is no message.')
  return reading.message
}

const inGroup = (participant = BOB) => ({ attrs: { from: GROUP, participant } })

describe('a message', () => {
  test.each<[string, proto.IMessage, object]>([
    ['text', { conversation: 'Hi' }, { type: 'text', text: 'Hi', facts: {} }],
    [
      'answer with mentions',
      {
        extendedTextMessage: {
          text: 'No, @5511900000003',
          contextInfo: {
            stanzaId: 'Q1',
            participant: ME,
            quotedMessage: { imageMessage: { caption: 'Is it?', mimetype: 'image/png' } },
            mentionedJid: [EVE],
            expiration: 86_400,
          },
        },
      },
      {
        type: 'text',
        facts: {
          replyTo: { messageId: 'Q1', participant: ME, text: 'Is it?', type: 'image', hasMedia: true },
          mentions: [EVE],
          disappearsAfter: 86_400,
        },
      },
    ],
    [
      'picture',
      { imageMessage: { caption: 'Look', mimetype: 'image/jpeg', fileLength: 12 } },
      { type: 'image', text: 'Look', facts: { media: { mimetype: 'image/jpeg', filename: null, bytes: 12, seconds: null } } },
    ],
    [
      'video note',
      { ptvMessage: { mimetype: 'video/mp4', seconds: 3 } },
      { type: 'video', facts: { media: { form: 'note', seconds: 3 } } },
    ],
    [
      'voice',
      { audioMessage: { mimetype: 'audio/ogg', ptt: true } },
      { type: 'audio', text: null, facts: { media: { form: 'voice' } } },
    ],
    [
      'document with a caption',
      { documentWithCaptionMessage: { message: { documentMessage: { fileName: 'a.pdf', caption: 'The bill' } } } },
      { type: 'document', text: 'The bill', facts: { media: { filename: 'a.pdf' } } },
    ],
    [
      'sticker',
      { lottieStickerMessage: { message: { stickerMessage: { isAnimated: true } } } },
      { type: 'sticker', facts: { media: { form: 'animated' } } },
    ],
    [
      'place',
      { locationMessage: { degreesLatitude: -23.5, degreesLongitude: -46.6, name: 'Here' } },
      { type: 'location', facts: { location: { latitude: -23.5, longitude: -46.6, name: 'Here', live: false } } },
    ],
    [
      'live place',
      { liveLocationMessage: { degreesLatitude: 1, caption: 'Follow' } },
      { type: 'location', text: 'Follow', facts: { location: { live: true } } },
    ],
    ['contact', { contactMessage: { vcard: 'BEGIN:VCARD' } }, { type: 'contact', facts: { vCards: ['BEGIN:VCARD'] } }],
    [
      'poll',
      { pollCreationMessageV3: { name: 'Lunch?', options: [{ optionName: 'Yes' }], selectableOptionsCount: 1 } },
      { type: 'poll', text: 'Lunch?', facts: { poll: { name: 'Lunch?', options: ['Yes'], multipleAnswers: false } } },
    ],
    [
      'event',
      { eventMessage: { name: 'Party', startTime: 1_800_000_000 } },
      { type: 'event', facts: { event: { name: 'Party', startTime: 1_800_000_000 } } },
    ],
    [
      'list',
      {
        listMessage: {
          title: 'Menu',
          description: 'Choose',
          buttonText: 'Open',
          sections: [{ rows: [{ rowId: 'r1', title: 'Tea' }] }],
        },
      },
      {
        type: 'list',
        text: 'Choose',
        facts: { list: { button: 'Open', rows: [{ id: 'r1', title: 'Tea', description: null }] } },
      },
    ],
    [
      'row of a list',
      { listResponseMessage: { title: 'Tea', singleSelectReply: { selectedRowId: 'r1' } } },
      { type: 'choice', text: 'Tea', facts: { choice: { id: 'r1', text: 'Tea' } } },
    ],
    [
      'button',
      { buttonsResponseMessage: { selectedButtonId: 'b', selectedDisplayText: 'Yes' } },
      { type: 'choice', text: 'Yes', facts: { choice: { id: 'b' } } },
    ],
    [
      'picture to view once',
      { viewOnceMessageV2: { message: { imageMessage: {} } } },
      { type: 'image', facts: { isViewOnce: true } },
    ],
    [
      'timer',
      { protocolMessage: { type: Type.EPHEMERAL_SETTING, ephemeralExpiration: 60 } },
      { type: 'disappearing', facts: { disappearsAfter: 60 } },
    ],
    ['payment', { sendPaymentMessage: {} }, { type: 'unsupported', facts: { unsupported: 'sendPaymentMessage' } }],
  ])('is read: %s', (_, message, expected) => {
    expect(read(message)).toMatchObject({ messageId: 'M1', chat: BOB, ...expected })
  })

  test('of a kind that nobody knows yet is kept with its bytes', () => {
    // Field 900, with four bytes.
    const bytes = Buffer.from([0xa2, 0x38, 4, 1, 2, 3, 4])
    const message = read(bytes)
    expect(message).toMatchObject({ type: 'unsupported', facts: { unsupported: 'unknown' } })
    expect(Buffer.from(message?.proto ?? [])).toEqual(bytes)
  })

  test.each<[string, proto.IMessage]>([
    ['a key of a group', { senderKeyDistributionMessage: { groupId: GROUP } }],
    ['a context alone', { messageContextInfo: { messageSecret: Buffer.alloc(32) } }],
    [
      'keys that pretend to come from our phone',
      { protocolMessage: { type: Type.APP_STATE_SYNC_KEY_SHARE, appStateSyncKeyShare: { keys: [] } } },
    ],
  ])('is not what %s is', (_, message) => expect(read(message)).toBeNull())
})

describe('a change', () => {
  test('edits the message of its author, whatever its key says', () => {
    const edit = {
      key: { id: 'M0', fromMe: false, participant: EVE },
      type: Type.MESSAGE_EDIT,
      editedMessage: { conversation: 'Better' },
    }
    const expected = {
      type: 'edited',
      text: 'Better',
      changes: { kind: 'edited', by: BOB, target: { messageId: 'M0', participant: BOB } },
    }
    expect(read({ editedMessage: { message: { protocolMessage: edit } } }, inGroup())).toMatchObject(expected)
  })

  test('revokes a message of its author, and that of another one only as WhatsApp says so', () => {
    const revoke = (key: proto.IMessageKey) => ({ protocolMessage: { type: Type.REVOKE, key } })
    const own = revoke({ id: 'M0', fromMe: true })
    expect(read(own)).toMatchObject({ type: 'revoked', changes: { kind: 'revoked', target: { messageId: 'M0', fromMe: false } } })
    const other = revoke({ id: 'M0', fromMe: false, participant: EVE })
    expect(read(other, inGroup())).toBeNull()
    expect(read(other, { attrs: { ...inGroup().attrs, edit: '8' } })).toMatchObject({
      changes: { kind: 'revoked', byAdmin: true, by: BOB, target: { participant: EVE } },
    })
  })

  test('reacts to a message of either side', () => {
    const reaction = (key: proto.IMessageKey) => ({ reactionMessage: { key: { id: 'M0', ...key }, text: '👍' } })
    expect(read(reaction({ fromMe: false, remoteJid: ME }))).toMatchObject({
      type: 'reaction',
      text: '👍',
      changes: { by: BOB, target: { messageId: 'M0', chat: BOB, participant: null, fromMe: true } },
    })
    expect(read(reaction({ fromMe: true }))).toMatchObject({ changes: { target: { fromMe: false } } })
    expect(read(reaction({ participant: ME }), inGroup())).toMatchObject({
      changes: { target: { participant: ME, fromMe: true } },
    })
  })

  test('pins a message for a time', () => {
    const pin = {
      pinInChatMessage: { key: { id: 'M0', fromMe: true }, type: PinType.PIN_FOR_ALL },
      messageContextInfo: { messageAddOnDurationInSecs: 60 },
    }
    expect(read(pin)).toMatchObject({ type: 'pin', facts: { pinnedFor: 60 } })
    expect(read({ pinInChatMessage: { ...pin.pinInChatMessage, type: PinType.UNPIN_FOR_ALL } })).toMatchObject({
      facts: { pinnedFor: null },
    })
  })

  test('keeps a message that would disappear, or no longer', () => {
    const keep = (keepType: proto.KeepType) => read({ keepInChatMessage: { key: { id: 'M0', fromMe: true }, keepType } })
    expect(keep(proto.KeepType.KEEP_FOR_ALL)).toMatchObject({ type: 'keep', facts: { kept: true } })
    expect(keep(proto.KeepType.UNDO_KEEP_FOR_ALL)).toMatchObject({
      facts: { kept: false },
      changes: { target: { messageId: 'M0' } },
    })
  })

  test('edits or reacts under the secret of the message; without the secret its bytes are kept', () => {
    const secret = Buffer.alloc(32, 7)
    const using = { ...reader, secretOf: () => ({ at: 0, secret: secret.toString('base64') }) }
    const targetMessageKey = { id: 'E1', fromMe: true }
    const event = proto.Message.encode({ eventMessage: { name: 'Later' } }).finish()
    const edit = {
      secretEncryptedMessage: { targetMessageKey, secretEncType: 1, ...sealed(secret, `E1${BOB}${BOB}Event Edit`, event) },
    }
    expect(read(edit, { using })).toMatchObject({
      type: 'edited',
      text: 'Later',
      facts: { event: { name: 'Later' } },
      changes: { target: { messageId: 'E1', fromMe: false } },
    })
    const liked = proto.Message.ReactionMessage.encode({ text: '👍' }).finish()
    const reaction = { encReactionMessage: { targetMessageKey, ...sealed(secret, `E1${BOB}${BOB}Enc Reaction`, liked) } }
    expect(read(reaction, { using })).toMatchObject({ type: 'reaction', text: '👍' })
    expect(read(reaction)).toMatchObject({ type: 'unsupported', facts: { unsupported: 'encReactionMessage' } })
    expect(read(edit)).toMatchObject({ type: 'unsupported', facts: { unsupported: 'secretEncryptedMessage' } })
  })

  test('votes, and the vote opens with the secret of the poll under every name of the voter', () => {
    const secret = Buffer.alloc(32, 7)
    const vote = (voter: string) => ({
      pollUpdateMessage: {
        pollCreationMessageKey: { id: 'P1', fromMe: false, remoteJid: ME },
        vote: encryptedVote(secret, 'P1', ME, voter, 'Yes'),
      },
    })
    const kept = { at: 0, secret: secret.toString('base64'), options: ['No', 'Yes'] }
    const using = { ...reader, me: { id: '5511900000001:1@s.whatsapp.net' }, secretOf: () => kept }
    expect(read(vote(BOB), { using })).toMatchObject({
      type: 'vote',
      facts: { vote: ['Yes'] },
      changes: { target: { messageId: 'P1', fromMe: true } },
    })
    const byLid = { attrs: { from: '77@lid', sender_pn: BOB }, using }
    expect(read(vote('77@lid'), byLid)).toMatchObject({ facts: { vote: ['Yes'] }, changes: { by: BOB } })
    expect(read(vote(EVE), { using })).toMatchObject({ facts: { vote: null } })
    expect(read(vote(BOB))).toMatchObject({ facts: { vote: null } })
  })
})

/** Encrypts with a key that the secret of a message gives for one purpose. */
function sealed(secret: Buffer, info: string, plain: Uint8Array): { encIv: Buffer; encPayload: Buffer } {
  const first = createHmac('sha256', Buffer.alloc(32)).update(secret).digest()
  const key = createHmac('sha256', first).update(info).update(Buffer.of(1)).digest()
  const encIv = Buffer.alloc(12, 3)
  const cipher = createCipheriv('aes-256-gcm', key, encIv)
  return { encIv, encPayload: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) }
}

/** Encrypts a vote as WhatsApp's clients do. */
function encryptedVote(secret: Buffer, poll: string, author: string, voter: string, option: string): proto.Message.IPollEncValue {
  const first = createHmac('sha256', Buffer.alloc(32)).update(secret).digest()
  const info = Buffer.concat([Buffer.from(`${poll}${author}${voter}Poll Vote`), Buffer.of(1)])
  const key = createHmac('sha256', first).update(info).digest()
  const encIv = Buffer.alloc(12, 3)
  const cipher = createCipheriv('aes-256-gcm', key, encIv).setAAD(Buffer.from(`${poll}\u0000${voter}`))
  const selectedOptions = [createHash('sha256').update(option).digest()]
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish()
  return { encIv, encPayload: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) }
}
