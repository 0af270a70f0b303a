import { z } from 'zod'
import { shownText } from './naming-schemas.ts'
import { unknownField } from './schemas.ts'

/** Contact cards, as a caller gives them: a whole vCard, or the fields of one. */

const VCARD = /^BEGIN:VCARD\r?\n[\s\S]*\r?\nEND:VCARD\s*$/

const MAX_CARD = 64_000
const MAX_NAME = 255

const cardSchema = z
  .object({
    vcard: shownText(MAX_CARD).regex(VCARD, 'must begin with BEGIN:VCARD and end with END:VCARD').optional(),
    fullName: shownText(MAX_NAME).optional(),
    phoneNumber: shownText(50).optional(),
    organization: shownText(255).optional(),
    whatsappId: z
      .string('must be a text')
      .regex(/^\+?\d{5,20}(@c\.us)?$/, 'must be a phone number')
      .optional(),
  })
  .catchall(unknownField)
  .refine(
    ({ vcard, fullName, phoneNumber }) => vcard !== undefined || (fullName !== undefined && phoneNumber !== undefined),
    'must have a vcard, or a fullName and a phoneNumber',
  )

export const cardsSchema = z
  .array(cardSchema, 'must be a list')
  .min(1, 'must have a contact')
  .max(100, 'must have at most 100 contacts')

/** Returns the card and the name that the chat shows for it. */
export function cardOf({ vcard, fullName, ...card }: z.output<typeof cardSchema>): { name: string; vcard: string } {
  if (vcard !== undefined) return { name: fullName ?? nameIn(vcard), vcard }
  const { phoneNumber = '', organization, whatsappId } = card
  const name = fullName ?? phoneNumber
  const digits = whatsappId?.replace(/\D/g, '')
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${escaped(name)}`,
    ...(organization === undefined ? [] : [`ORG:${escaped(organization)};`]),
    `TEL;type=CELL;type=VOICE${digits === undefined ? '' : `;waid=${digits}`}:${escaped(phoneNumber)}`,
    'END:VCARD',
  ]
  return { name, vcard: lines.join('\n') }
}

/** A line break in a field would begin another field. */
const escaped = (text: string): string => text.replace(/[\\,;]/g, (sign) => `\\${sign}`).replace(/\r?\n|\r/g, '\\n')

/** As long as a name that the caller gives. Half of a surrogate pair would be no text. */
const nameIn = (vcard: string): string => {
  const name = /^FN(?:;[^:\n]*)?:(.+)$/m.exec(vcard)?.[1]?.trim() || 'Contact'
  return name.slice(0, MAX_NAME).replace(/[\uD800-\uDBFF]$/, '')
}
