import { proto } from '@whiskeysockets/baileys'
import { describe, expect, test } from 'vitest'
import { mediumIn } from './medium.ts'

const file = { mediaKey: Buffer.alloc(32, 1), directPath: '/file', mimetype: 'image/webp' }

const PERSON = '5511800000001@s.whatsapp.net'
const CHANNEL = '120363000000000009@newsletter'

const found = (message: proto.IMessage, chat = PERSON) => mediumIn(proto.Message.encode(message).finish(), chat)

test.each<[string, proto.IMessage, string]>([
  ['in a message that disappears', { ephemeralMessage: { message: { imageMessage: file } } }, 'image'],
  ['of an animated sticker', { lottieStickerMessage: { message: { stickerMessage: file } } }, 'sticker'],
  [
    'in a message that mentions a group',
    { ephemeralMessage: { message: { groupMentionedMessage: { message: { ptvMessage: file } } } } },
    'ptv',
  ],
])('a medium is found %s', (_where, message, kind) => {
  expect(found(message)).toMatchObject({ kind, directPath: '/file' })
})

test.each<[string, proto.IMessage]>([
  ['by its wrapping', { viewOnceMessageV2: { message: { imageMessage: file } } }],
  [
    'by the wrapping inside another one',
    { ephemeralMessage: { message: { viewOnceMessage: { message: { imageMessage: file } } } } },
  ],
  ['by its own mark', { ptvMessage: { ...file, viewOnce: true } }],
])('a medium for one view is none here: %s', (_how, message) => {
  expect(found(message)).toBeNull()
})

describe('a file without a key', () => {
  const inClear = { directPath: '/file', mimetype: 'image/png', fileSha256: Buffer.alloc(32, 2) }

  test('is a medium in a channel', () => {
    expect(found({ imageMessage: inClear }, CHANNEL)).toMatchObject({ kind: 'image', mediaKey: null, directPath: '/file' })
  })

  test('is none in another chat, and none without the hash of its bytes', () => {
    expect(found({ imageMessage: inClear })).toBeNull()
    expect(found({ imageMessage: { ...inClear, fileSha256: null } }, CHANNEL)).toBeNull()
  })
})
