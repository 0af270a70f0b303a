import { expect, test } from 'vitest'
import { phoneToLink, shownCode } from './phone-to-link.ts'

test.each(['491701234567', '+49 170 1234567', ' +49 (170) 123-45.67 ', '491701234567@c.us', '491701234567@s.whatsapp.net'])(
  '%j is a phone number',
  (given) => expect(phoneToLink(given)).toBe('491701234567'),
)

test.each([
  '',
  '+',
  '0170 1234567',
  '+0491701234567',
  '0049 170 1234567',
  '123456',
  '1234567890123456',
  '++491701234567',
  '49170123456x',
  '491701234567@lid',
  '4917012@34567@c.us',
  '١٢٣٤٥٦٧٨',
])('%j is none', (given) => expect(phoneToLink(given)).toBeNull())

test('a code is shown in two halves', () => expect(shownCode('ABCD1234')).toBe('ABCD-1234'))
