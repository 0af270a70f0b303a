import { proto } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { mediumIn } from './medium.ts'

const file = { mediaKey: Buffer.alloc(32, 1), directPath: '/file', mimetype: 'image/webp' }

const found = (message: proto.IMessage) => mediumIn(proto.Message.encode(message).finish())

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
