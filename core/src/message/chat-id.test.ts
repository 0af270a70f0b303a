import { describe, expect, it } from 'vitest'
import { areDifferent, chatIdOf, parseChatId } from './chat-id.ts'

describe('a chat id', () => {
  it.each([
    ['5511999990000@c.us', 'phone', '5511999990000@s.whatsapp.net'],
    ['5511999990000@s.whatsapp.net', 'phone', '5511999990000@s.whatsapp.net'],
    ['5511999990000', 'phone', '5511999990000@s.whatsapp.net'],
    ['+5511999990000', 'phone', '5511999990000@s.whatsapp.net'],
    ['12345', 'phone', '12345@s.whatsapp.net'],
    ['123456789012345@lid', 'lid', '123456789012345@lid'],
    ['120363000000000001@g.us', 'group', '120363000000000001@g.us'],
    ['5511999990000-1400000000@g.us', 'group', '5511999990000-1400000000@g.us'],
    ['120363000000000009@newsletter', 'newsletter', '120363000000000009@newsletter'],
    ['status@broadcast', 'status', 'status@broadcast'],
    ['1400000000@broadcast', 'broadcast', '1400000000@broadcast'],
  ])('%s has the kind %s', (text, kind, jid) => {
    expect(parseChatId(text)).toEqual({ kind, jid })
  })

  it.each([
    ['nothing', ''],
    ['a short number', '1234'],
    ['a short number at a server', '1234@c.us'],
    ['a long number', '1'.repeat(21)],
    ['letters', 'abc'],
    ['letters at a server', 'a@c.us'],
    ['digits of another script', '٥٥١١٩٩٩٩٩@c.us'],
    ['no server', '5511999990000@'],
    ['no user', '@c.us'],
    ['an unknown server', '5511999990000@example.com'],
    ['two servers', '55119@c.us@c.us'],
    ['a device', '5511999990000:2@c.us'],
    ['a plus at a server', '+5511999990000@c.us'],
    ['capital letters', '5511999990000@C.US'],
    ['capital letters in a group', '120363000000000001@G.US'],
    ['a space before', ' 5511999990000'],
    ['a space after', '5511999990000@c.us '],
    ['a line break', '5511999990000@c.us\n'],
    ['spaces within', '+55 11 99999-0000'],
    ['an escaped at sign', '5511999990000%40c.us'],
    ['a path', '5511@c.us/../x'],
    ['three numbers', '1-2-3@g.us'],
    ['half a group', '1-@g.us'],
    ['a hyphen in a phone number', '1-2@c.us'],
    ['another broadcast', 'news@broadcast'],
    ['the server alone', 'g.us'],
  ])('is not %s', (_, text) => {
    expect(parseChatId(text)).toBeNull()
  })

  it.each([
    ['5511999990000@s.whatsapp.net', '5511999990000@c.us'],
    ['5511999990000:7@s.whatsapp.net', '5511999990000@c.us'],
    ['1234567@lid', '1234567@lid'],
    ['120363000000000001@g.us', '120363000000000001@g.us'],
    ['5511999990000-1400000000@g.us', '5511999990000-1400000000@g.us'],
    ['status@broadcast', 'status@broadcast'],
    ['120363000000000009@newsletter', '120363000000000009@newsletter'],
  ])('of the JID %s is %s', (jid, chatId) => {
    expect(chatIdOf(jid)).toBe(chatId)
    expect(parseChatId(chatId)?.jid).toBe(jid.replace(':7', ''))
  })
})

it.each<[string | null, string | null, boolean]>([
  ['1@s.whatsapp.net', '2@s.whatsapp.net', true],
  ['1@s.whatsapp.net', '1@s.whatsapp.net', false],
  ['1@s.whatsapp.net', '2@lid', false],
  ['1@g.us', '2@g.us', true],
  ['1@g.us', '1@s.whatsapp.net', true],
  [null, '2@lid', false],
])('%s and %s are certainly different: %s', (one, other, expected) => {
  expect(areDifferent(one, other)).toBe(expected)
})
