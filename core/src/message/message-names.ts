import type { SessionCipher } from '../security/envelope.ts'
import type { MessageDocument } from './message-document.ts'

/**
 * Documents of messages hold pseudonyms of their names: of the chat, of people, and of the message's id, with which a phone number could be
 * guessed from the document's own id. The names lie in the sealed content. Documents of earlier versions have the names themselves in
 * these fields, and none in their content.
 */

/** What names a message. JIDs. */
export type MessageNames = Pick<MessageDocument, 'messageId' | 'chat' | 'participant'>

/** The names as a document has them in the clear. */
export const pseudonymsOf = (cipher: SessionCipher, { messageId, chat, participant }: MessageNames): MessageNames => ({
  messageId: cipher.pseudonym(messageId),
  chat: cipher.pseudonym(chat),
  participant: participant === null ? null : cipher.pseudonym(participant),
})

/** What a field may hold for a name: in documents of this version, and in those of earlier ones. */
export const storedNames = (cipher: SessionCipher, name: string): readonly [string, string] => [cipher.pseudonym(name), name]

/** Whether a name that is read from a document is a pseudonym. */
export const isPseudonym = (name: string): boolean => name.startsWith('#')

/** What of a JID, or of digits within a text, is readable for people who look at documents. It hides the length, too. */
export const maskedNumbers = (text: string): string =>
  text.replaceAll(/\d{5,}/g, (digits) => (digits.length < 9 ? '…' : `${digits.slice(0, 2)}…${digits.slice(-2)}`))
