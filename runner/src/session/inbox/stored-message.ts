import type { ReceivedContent } from '@holdfast/core/message/content'
import { sizeOfReceivedContent } from '@holdfast/core/message/sealed-content'
import type { ReceivedMessage } from '../../whatsapp/port.ts'
import type { StoredMessage } from './inbox-rows.ts'

/** Firestore takes 1 MiB a document. Beside the content there are names, and what the sealing adds. */
const MAX_CONTENT_BYTES = 960 * 1024

/** In JSON a character has 6 bytes at most. */
const MAX_BYTES_OF_A_CHARACTER = 6

/** WhatsApp's own apps write no longer text. */
const LONGEST_TEXT = 65_536

/** What its document will say: all of it, or of a message that does not fit, what a person reads. */
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

/** About as many as its document will have. */
export const bytesOf = ({ text, proto }: StoredMessage): number => proto.length + (text?.length ?? 0)

/** No character is cut in two. */
const beginningOf = (text: string): string => text.slice(0, LONGEST_TEXT).replace(/[\uD800-\uDBFF]$/, '')
