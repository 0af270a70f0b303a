import { describe, expect, it } from 'vitest'
import { parseMessageId, serializedId } from './message-id.ts'

const PHONE = '491701234567@s.whatsapp.net'
const GROUP = '120363000000000001@g.us'
const ID = '3EB0ABCDEF0123456789'

describe('a serialized id', () => {
  it.each([
    [`true_491701234567@c.us_${ID}`, { fromMe: true, chat: PHONE, messageId: ID, participant: null }],
    [`false_491701234567@c.us_${ID}`, { fromMe: false, chat: PHONE, messageId: ID, participant: null }],
    [`false_1234567@lid_${ID}`, { fromMe: false, chat: '1234567@lid', messageId: ID, participant: null }],
    [`true_${GROUP}_${ID}`, { fromMe: true, chat: GROUP, messageId: ID, participant: null }],
    [`false_${GROUP}_${ID}_491701234567@c.us`, { fromMe: false, chat: GROUP, messageId: ID, participant: PHONE }],
    [`false_${GROUP}_${ID}_1234567@lid`, { fromMe: false, chat: GROUP, messageId: ID, participant: '1234567@lid' }],
    [
      `false_status@broadcast_${ID}_491701234567@c.us`,
      { fromMe: false, chat: 'status@broadcast', messageId: ID, participant: PHONE },
    ],
    ['false_491701234567@c.us_A_B', { fromMe: false, chat: PHONE, messageId: 'A_B', participant: null }],
    [`false_${GROUP}_A_B_1234567@lid`, { fromMe: false, chat: GROUP, messageId: 'A_B', participant: '1234567@lid' }],
  ])('%s says what it names', (text, key) => {
    expect(parseMessageId(text)).toEqual({ isSerialized: true, ...key })
    expect(serializedId(key)).toBe(text)
  })

  it('of an own message in a group has no participant, because it is made before that is known', () => {
    const key = { fromMe: true, chat: GROUP, messageId: ID, participant: PHONE }
    expect(serializedId(key)).toBe(`true_${GROUP}_${ID}`)
    expect(parseMessageId(`true_${GROUP}_${ID}_491701234567@c.us`)).toEqual({ isSerialized: true, ...key })
  })

  it('shows accounts, not devices', () => {
    const key = { fromMe: false, chat: GROUP, messageId: ID, participant: '491701234567:7@s.whatsapp.net' }
    expect(serializedId(key)).toBe(`false_${GROUP}_${ID}_491701234567@c.us`)
  })

  it.each([[ID], ['0'.repeat(40)], ['A_B'], ['AC-1.2:3']])('may be missing: %s is a bare id', (text) => {
    expect(parseMessageId(text)).toEqual({ isSerialized: false, fromMe: null, chat: null, messageId: text, participant: null })
  })

  it.each([
    [''],
    [' '],
    ['two words'],
    ['ü'],
    ['A'.repeat(129)],
    ['true_'],
    ['true_491701234567@c.us'],
    ['true_491701234567@c.us_'],
    [`true_nobody@c.us_${ID}`],
    [`false_${GROUP}_${ID}_nobody@c.us`],
    [`true_491701234567@example.com_${ID}`],
    [`true_491701234567@c.us_${ID}\n`],
  ])('is not %j', (text) => {
    expect(parseMessageId(text)).toBeNull()
  })
})
