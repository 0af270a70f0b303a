import type { MessageFacts } from '@holdfast/core/message/message-facts'
import { type OpenMessage, wahaMessageOf } from '@holdfast/core/message/waha-message'
import { expect, it } from 'vitest'
import { wahaMessageSchema } from './waha-message-schema.ts'

const ANA = '5511999990001@s.whatsapp.net'
const GROUP = '120363000000000001@g.us'

/** Everything that a message can say. No message says all of it. */
const facts: Required<MessageFacts> = {
  media: { mimetype: 'image/jpeg', filename: null, bytes: 3, seconds: null },
  replyTo: { messageId: 'A', participant: ANA, text: 'Hello', type: 'text', hasMedia: false },
  mentions: [ANA],
  location: { latitude: 1, longitude: 2, name: null, address: null, url: null, live: false },
  vCards: ['BEGIN:VCARD'],
  poll: { name: 'When?', options: ['now'], multipleAnswers: false },
  list: { title: 'A list', button: null, footer: null, rows: [{ id: '1', title: 'One', description: null }] },
  choice: { id: '1', text: 'One' },
  event: { name: 'A party', description: null, startTime: 1, endTime: null, location: null, isCanceled: false },
  vote: ['now'],
  response: { answer: 'GOING', extraGuests: 1 },
  pinnedFor: 60,
  kept: true,
  album: { images: 2, videos: 1 },
  albumId: 'B',
  isViewOnce: true,
  isForwarded: true,
  disappearsAfter: 60,
  unsupported: 'fooMessage',
}

const message: Required<OpenMessage> = {
  messageId: 'C',
  chat: GROUP,
  participant: ANA,
  fromMe: false,
  pushName: 'Ana',
  type: 'image',
  text: 'Hello',
  sentAtMs: 5000,
  facts,
  ack: 2,
  isFromApi: false,
  edited: { atMs: 6000, text: 'Hello!', facts },
  revoked: { atMs: 7000, by: ANA },
  reactions: [{ by: ANA, text: '+', atMs: 6000 }],
  votes: [{ by: ANA, options: ['now'], atMs: 6000 }],
  responses: [{ by: ANA, answer: 'GOING', extraGuests: 1, atMs: 6000 }],
  pinnedUntilMs: 9000,
  isKept: true,
}

it('describes every field that a message can have, and no other', () => {
  const viewer = { me: ANA, media: { url: 'https://example.com/file', error: null } }
  const shown = [message, { ...message, revoked: undefined }].map((one) => wahaMessageOf(one, viewer))
  for (const one of shown) expect(wahaMessageSchema.parse(one)).toEqual(one)
  const known = Object.keys(wahaMessageSchema.shape).toSorted()
  expect([...new Set(shown.flatMap((one) => Object.keys(one)))].toSorted()).toEqual(known)
})
