import { expect, test } from 'vitest'
import { cardOf, cardsSchema } from './vcards.ts'

test('a card of fields cannot end a field and begin another one', () => {
  const card = cardOf({ fullName: 'Ana, the\nTEL:1; baker', phoneNumber: '+55 11', whatsappId: '+5511999990001' })
  expect(card.vcard.split('\n')).toEqual([
    'BEGIN:VCARD',
    'VERSION:3.0',
    String.raw`FN:Ana\, the\nTEL:1\; baker`,
    'TEL;type=CELL;type=VOICE;waid=5511999990001:+55 11',
    'END:VCARD',
  ])
})

test('a whole card has the name that it says, unless the caller says another', () => {
  const vcard = 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:;Bea;;;\r\nFN;CHARSET=UTF-8:Bea\r\nEND:VCARD'
  expect([cardOf({ vcard }).name, cardOf({ vcard, fullName: 'Beatriz' }).name]).toEqual(['Bea', 'Beatriz'])
})

test('a name of a card is no longer than one that the caller gives, and stays a text', () => {
  const vcard = `BEGIN:VCARD\nFN:${'x'.repeat(254)}😀${'y'.repeat(9)}\nEND:VCARD`
  expect(cardOf({ vcard }).name).toBe('x'.repeat(254))
})

test.each([[[]], [[{ fullName: 'Ana' }]], [[{ vcard: 'FN:Ana' }]]])('%j is no list of cards', (cards) => {
  expect(cardsSchema.safeParse(cards).success).toBe(false)
})
