import { createCipheriv, createHash, hkdfSync } from 'node:crypto'
import { proto } from '@whiskeysockets/baileys'
import { describe, expect, test } from 'vitest'
import { ContentFault, readContent } from './read-content.ts'
import type { KnownMessages } from './read-content.ts'
import { misfit } from './stanza-marks.ts'

const ME = '5511900000001@s.whatsapp.net'
const { MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type
const { PIN_FOR_ALL } = proto.Message.PinInChatMessage.Type
const { SINGLE_SELECT } = proto.Message.ListMessage.ListType
const secret = Buffer.alloc(32, 7)
const options = [{ optionName: 'A' }, { optionName: 'B' }]
const poll = {
  pollCreationMessageV3: { name: 'Which?', options, selectableOptionsCount: 1 },
  messageContextInfo: { messageSecret: secret },
}

const sent: Record<string, { message: proto.IMessage; isFromSender: boolean }> = {
  OWN: { message: { conversation: 'mine' }, isFromSender: true },
  THEIRS: { message: { conversation: 'theirs' }, isFromSender: false },
  POLL: { message: poll, isFromSender: true },
}

const known: KnownMessages = { find: (id) => sent[id], names: { sender: [ME], creatorOf: () => [ME] } }

/** A vote by the rules of WhatsApp, by somebody of this name. */
function vote(option: string, voter: string): proto.IMessage {
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `POLL${ME}${voter}Poll Vote`, 32))
  const encIv = Buffer.alloc(12, 1)
  const cipher = createCipheriv('aes-256-gcm', key, encIv).setAAD(Buffer.from(`POLL\0${voter}`))
  const selectedOptions = [createHash('sha256').update(option).digest()]
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish()
  const encPayload = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return { pollUpdateMessage: { pollCreationMessageKey: { id: 'POLL', fromMe: true }, vote: { encPayload, encIv } } }
}

describe('a message is read', () => {
  test.each<[string, proto.IMessage, object]>([
    ['a poll', poll, { kind: 'poll', text: 'Which?', options: ['A', 'B'] }],
    ['a vote', vote('B', ME), { kind: 'poll-vote', text: 'B', target: 'POLL' }],
    [
      'a reaction',
      { reactionMessage: { key: { id: 'THEIRS', fromMe: false }, text: '👍' } },
      { kind: 'reaction', target: 'THEIRS' },
    ],
    ['a text', { conversation: 'Hi' }, { kind: 'text', text: 'Hi' }],
    ['a medium', { imageMessage: {} }, { kind: 'imageMessage' }],
  ])('%s', (_what, message, content) => {
    expect(readContent(message, known)).toMatchObject(content)
  })
})

const edit = (id: string, fromMe: boolean): proto.IMessage => ({
  protocolMessage: { type: MESSAGE_EDIT, key: { id, fromMe }, editedMessage: { conversation: 'new' } },
})

describe('a message is a fault', () => {
  test.each<[string, proto.IMessage]>([
    ['of two kinds', { conversation: 'Hi', imageMessage: {} }],
    ['without text', { extendedTextMessage: { text: '' } }],
    ['that quotes nothing', { extendedTextMessage: { text: 'x', contextInfo: { stanzaId: 'OWN', participant: ME } } }],
    ['that mentions nobody', { extendedTextMessage: { text: 'x', contextInfo: { mentionedJid: ['all'] } } }],
    ['with the preview of another link', { extendedTextMessage: { text: 'x', matchedText: 'https://example.com' } }],
    ['that lies nowhere', { locationMessage: { degreesLatitude: 91, degreesLongitude: 0 } }],
    ['with a broken card', { contactMessage: { displayName: 'Ana', vcard: 'FN:Ana' } }],
    ['a poll without a secret', { pollCreationMessageV3: poll.pollCreationMessageV3 }],
    ['a vote of somebody else', vote('B', '5511900000009@s.whatsapp.net')],
    ['a vote for nothing', vote('C', ME)],
    ['a list without rows', { listMessage: { title: 'x', buttonText: 'y', listType: SINGLE_SELECT, sections: [] } }],
    ['an event at no time', { eventMessage: { name: 'x' }, messageContextInfo: { messageSecret: secret } }],
    ['a reaction to nothing', { reactionMessage: { key: { id: 'NOTHING', fromMe: false }, text: '👍' } }],
    ['an edit of what others wrote', edit('THEIRS', false)],
    ['an edit under a wrong name', edit('OWN', false)],
    ['a pin for no time', { pinInChatMessage: { type: PIN_FOR_ALL, key: { id: 'OWN', fromMe: true } } }],
  ])('%s', (_what, message) => {
    expect(() => readContent(message, known)).toThrow(ContentFault)
  })
})

test('a stanza says what it carries', () => {
  const marks = { type: 'text', edit: undefined, meta: {}, hasList: false }
  expect(misfit('text', marks)).toBeUndefined()
  expect(misfit('edit', { ...marks, edit: '1' })).toBeUndefined()
  for (const kind of ['edit', 'delete', 'pin', 'poll', 'poll-vote', 'event', 'list', 'reaction']) {
    expect(misfit(kind, marks), kind).toBeDefined()
  }
  expect(misfit('text', { ...marks, edit: '1' })).toBeDefined()
})
