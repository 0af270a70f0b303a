import type { MessageContent } from '@holdfast/core/message/content'
import { expect, test } from 'vitest'
import { recipientOf } from './new-message.ts'

const reference = { messageId: 'M', chat: '1@s.whatsapp.net', participant: null, fromMe: true }
const text: MessageContent = { type: 'text', text: 'Hi' }
const status: MessageContent = { type: 'status-text', text: 'Hi', backgroundColor: null, font: null, audience: ['1@lid'] }

test.each([
  ['5511999990000@c.us', '5511999990000@s.whatsapp.net'],
  ['5511999990000', '5511999990000@s.whatsapp.net'],
  ['200000000000002@lid', '200000000000002@lid'],
  ['120363000000000001@g.us', '120363000000000001@g.us'],
  ['120364000000000001@newsletter', '120364000000000001@newsletter'],
])('a text goes to %s', (chatId, jid) => {
  expect(recipientOf(chatId, text)).toBe(jid)
})

test('a picture goes to a channel, too', () => {
  const media = { source: { kind: 'url', url: 'https://x/y' }, mimetype: 'image/png', filename: null } as const
  const image: MessageContent = { type: 'image', media, caption: 'Hi' }
  expect(recipientOf('120364000000000001@newsletter', image)).toBe('120364000000000001@newsletter')
})

test.each<[string, MessageContent]>([
  ['status@broadcast', text],
  ['123@broadcast', text],
  ['5511999990000@c.us', status],
  ['120364000000000001@newsletter', { type: 'reaction', target: reference, text: '👍' }],
  ['120364000000000001@newsletter', { ...text, replyTo: reference }],
])('%s does not get everything', (chatId, content) => {
  expect(() => recipientOf(chatId, content)).toThrow(expect.objectContaining({ code: 'unsupported-chat' }))
})

test('a status goes to the status, and what is no chat gets nothing', () => {
  expect(recipientOf('status@broadcast', status)).toBe('status@broadcast')
  expect(() => recipientOf('Ana', text)).toThrow(expect.objectContaining({ code: 'invalid-chat' }))
})
