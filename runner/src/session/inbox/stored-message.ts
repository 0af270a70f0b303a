import type { ReceivedContent } from '@holdfast/core/message/content'
import { sizeOfReceivedContent } from '@holdfast/core/message/sealed-content'
import type { ChangeTarget } from '@holdfast/core/message/message-change'
import type { MessageChange, ReceivedMessage } from '../../whatsapp/received-message.ts'
import type { StoredMessage } from './inbox-rows.ts'
import { documentIdsOf } from './message-documents.ts'

/** The largest content of a document. Firestore accepts 1 MiB per document, and names and the sealing need the rest. */
const MAX_CONTENT_BYTES = 960 * 1024

/** The most bytes of one character in JSON. */
const MAX_BYTES_OF_A_CHARACTER = 6

/** The longest text of WhatsApp's own apps, in UTF-16 code units. */
const LONGEST_TEXT = 65_536

/**
 * Returns the content of a message's document: the whole message, or only its readable part when the whole does not fit.
 *
 * @param knows whether a document exists. The message that this one changes may lie under the other name of its author.
 */
export function storedMessageOf(received: ReceivedMessage, knows: (document: string) => boolean): StoredMessage {
  const { alias: _, secret: __, changes, proto, ...plain } = received
  const message = { ...plain, ...(changes ? { changes: targetOf(changes, knows) } : {}) }
  const whole = { ...message, proto: Buffer.from(proto).toString('base64') }
  if (isStorable(whole)) return whole
  const textIsCut = !isStorable({ text: message.text, proto: '' })
  const text = textIsCut ? beginningOf(message.text ?? '') : message.text
  const { facts, ...bare } = message
  const kept = facts && isStorable({ text, proto: '', facts }) ? { facts } : {}
  return { ...bare, ...kept, text, proto: '', tooLarge: { bytes: proto.length, textIsCut } }
}

function targetOf({ kind, target, by, byAdmin }: MessageChange, knows: (document: string) => boolean): ChangeTarget {
  const { alias, messageId, fromMe, ...names } = target
  const [own, other] = documentIdsOf(target)
  const isOther = alias !== undefined && other !== undefined && !knows(own) && knows(other)
  const { chat, participant } = isOther ? alias : names
  const admin = byAdmin ? { byAdmin: true as const } : {}
  return { kind, document: isOther ? other : own, messageId, chat, participant, fromMe, by, ...admin }
}

function isStorable({ text, proto, facts }: ReceivedContent): boolean {
  const ofFacts = facts ? JSON.stringify(facts).length : 0
  if (proto.length + MAX_BYTES_OF_A_CHARACTER * ((text?.length ?? 0) + ofFacts) < MAX_CONTENT_BYTES) return true
  return sizeOfReceivedContent({ text, proto, facts }) <= MAX_CONTENT_BYTES
}

/** Returns the approximate size of the message's document, bytes. */
export const bytesOf = ({ text, proto, facts }: StoredMessage): number =>
  proto.length + (text?.length ?? 0) + (facts ? JSON.stringify(facts).length : 0)

/** Returns the beginning of a text, without a half surrogate pair at its end. */
const beginningOf = (text: string): string => text.slice(0, LONGEST_TEXT).replace(/[\uD800-\uDBFF]$/, '')
