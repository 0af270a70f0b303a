import type { ReceivedContent } from '@holdfast/core/message/content'
import { sizeOfReceivedContent } from '@holdfast/core/message/sealed-content'
import type { ReceivedMessage } from '../../whatsapp/port.ts'
import type { StoredMessage } from './inbox-rows.ts'

/** The largest content of a document. Firestore accepts 1 MiB per document, and names and the sealing need the rest. */
const MAX_CONTENT_BYTES = 960 * 1024

/** The most bytes of one character in JSON. */
const MAX_BYTES_OF_A_CHARACTER = 6

/** The longest text of WhatsApp's own apps, in UTF-16 code units. */
const LONGEST_TEXT = 65_536

/** Returns the content of a message's document: the whole message, or only its readable part when the whole does not fit. */
export function storedMessageOf(received: ReceivedMessage): StoredMessage {
  const { alias: _, proto, ...message } = received
  const whole = { ...message, proto: Buffer.from(proto).toString('base64') }
  if (isStorable(whole)) return whole
  const textIsCut = !isStorable({ text: message.text, proto: '' })
  const text = textIsCut ? beginningOf(message.text ?? '') : message.text
  return { ...message, text, proto: '', tooLarge: { bytes: proto.length, textIsCut } }
}

function isStorable({ text, proto }: ReceivedContent): boolean {
  if (proto.length + MAX_BYTES_OF_A_CHARACTER * (text?.length ?? 0) < MAX_CONTENT_BYTES) return true
  return sizeOfReceivedContent({ text, proto }) <= MAX_CONTENT_BYTES
}

/** Returns the approximate size of the message's document, bytes. */
export const bytesOf = ({ text, proto }: StoredMessage): number => proto.length + (text?.length ?? 0)

/** Returns the beginning of a text, without a half surrogate pair at its end. */
const beginningOf = (text: string): string => text.slice(0, LONGEST_TEXT).replace(/[\uD800-\uDBFF]$/, '')
