import { HoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { type MessageContent, messageContentSchema, type ReceivedContent, receivedContentSchema } from './content.ts'
import { type ChangeContent, changeContentSchema } from './message-change.ts'
import { type JobDocument, jobPath } from './job-document.ts'
import { type UploadedMedia, uploadedMediaSchema } from './uploaded-media.ts'
import { type MessageDocument, messagesPath } from './message-document.ts'
import { maskedNumbers, type MessageNames, pseudonymsOf } from './message-names.ts'

/**
 * Seals and opens the content of jobs and of received messages; no other file does. Each sealed text is bound to the field that
 * it lies in, so that it does not open in another document.
 *
 * Functions that open throw a HoldfastError: `cannot-decrypt` for bytes that were altered or belong to another place,
 * `bad-document` for content of another shape.
 */

/** PERSISTED CONTRACT v1: the fields that sealed texts are bound to. */
const jobContentPlace = (jobId: string): string => `${jobPath(jobId)}/content`
const jobProtoPlace = (jobId: string): string => `${jobPath(jobId)}/proto`
const jobUploadPlace = (jobId: string): string => `${jobPath(jobId)}/upload`
const receivedContentPlace = (sessionId: string, documentId: string): string => `${messagesPath(sessionId)}/${documentId}/content`
const changePlace = (sessionId: string, documentId: string, field: string): string =>
  `${messagesPath(sessionId)}/${documentId}/${field}`

/** Seals the field `content` of a job. The type of the content goes into the field `type`. */
export function sealJobContent(cipher: SessionCipher, jobId: string, content: MessageContent): Buffer {
  return cipher.sealContent(encode({ ...content, type: undefined }), jobContentPlace(jobId))
}

export function openJobContent(
  cipher: SessionCipher,
  jobId: string,
  { type, content }: Pick<JobDocument, 'type' | 'content'>,
): MessageContent {
  const place = jobContentPlace(jobId)
  const stored = decode(cipher.openContent(content, place), place)
  return parseStored(messageContentSchema, { ...(stored as object), type }, place)
}

/** Seals the field `proto` of a job: the encoded message that WhatsApp receives. */
export function sealJobProto(cipher: SessionCipher, jobId: string, proto: Uint8Array): Buffer {
  return cipher.sealContent(proto, jobProtoPlace(jobId))
}

export function openJobProto(cipher: SessionCipher, jobId: string, sealed: Uint8Array): Buffer {
  return cipher.openContent(sealed, jobProtoPlace(jobId))
}

/** Seals the field `upload` of a job. */
export function sealJobUpload(cipher: SessionCipher, jobId: string, upload: UploadedMedia): Buffer {
  return cipher.sealContent(encode(upload), jobUploadPlace(jobId))
}

export function openJobUpload(cipher: SessionCipher, jobId: string, sealed: Uint8Array): UploadedMedia {
  const place = jobUploadPlace(jobId)
  return parseStored(uploadedMediaSchema, decode(cipher.openContent(sealed, place), place), place)
}

/** Seals the field `content` of a received message. */
export function sealReceivedContent(
  cipher: SessionCipher,
  documentId: string,
  { text, proto, facts, pushName, names }: ReceivedContent,
): Buffer {
  return cipher.sealContent(encode({ text, proto, facts, pushName, names }), receivedContentPlace(cipher.sessionId, documentId))
}

/** Returns the fields of a message's document that hide what they say: its content, and in it the names that the others stand for. */
export function sealMessage(cipher: SessionCipher, documentId: string, message: Omit<ReceivedContent, 'names'> & MessageNames) {
  const { messageId, chat, participant } = message
  const names = { messageId, chat, participant }
  const shown = { chat: maskedNumbers(chat), participant: participant && maskedNumbers(participant) }
  return { ...pseudonymsOf(cipher, names), shown, content: sealReceivedContent(cipher, documentId, { ...message, names }) }
}

export function openReceivedContent(
  cipher: SessionCipher,
  documentId: string,
  { content }: Pick<MessageDocument, 'content'>,
): ReceivedContent {
  const place = receivedContentPlace(cipher.sessionId, documentId)
  return parseStored(receivedContentSchema, decode(cipher.openContent(content, place), place), place)
}

/** Seals a change of a message, for a field of the message's document. */
export function sealChange(
  cipher: SessionCipher,
  documentId: string,
  field: string,
  { text, facts, proto, by, of }: ChangeContent,
): Buffer {
  return cipher.sealContent(encode({ text, facts, proto, by, of }), changePlace(cipher.sessionId, documentId, field))
}

export function openChange(cipher: SessionCipher, documentId: string, field: string, sealed: Uint8Array): ChangeContent {
  const place = changePlace(cipher.sessionId, documentId, field)
  return parseStored(changeContentSchema, decode(cipher.openContent(sealed, place), place), place)
}

/** The size in bytes before sealing. */
export const sizeOfReceivedContent = ({ text, proto, facts }: ReceivedContent): number => encode({ text, proto, facts }).length

const encode = (stored: object): Buffer => Buffer.from(JSON.stringify(stored))

/** Throws an error without a cause, because a JSON parser quotes its input. */
function decode(opened: Buffer, place: string): unknown {
  try {
    return JSON.parse(opened.toString('utf8'))
  } catch {
    throw new HoldfastError('bad-document', `${place} is not JSON.`)
  }
}
