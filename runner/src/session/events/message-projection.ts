import { messageDocumentSchema, messageOrder, messagesPath } from '@holdfast/core/message/message-document'
import { maskedName } from '@holdfast/core/message/push-name'
import { sealMessage } from '@holdfast/core/message/sealed-content'
import { parseStored } from '@holdfast/core/platform/parse'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { StoredMessage } from '../inbox/inbox-rows.ts'
import type { RecordPlace } from '../journal/group.ts'
import type { Projection } from './projection.ts'

/** Writes the document of a received message, with sealed content and names. */
export const messageDocument: Projection = (event, { sessionId, place, cipher }) => {
  if (event.type !== 'message.received') return []
  const { document, message, position, fromHistory } = event
  const path = `${messagesPath(sessionId)}/${document}`
  const { tooLarge } = message
  const order = orderOf(place, position)
  const marks = { ...(tooLarge ? { tooLarge } : {}), ...(fromHistory ? { fromHistory } : {}) }
  const fields = { ...sealedFields(cipher(), document, message), order, ...marks }
  return [{ kind: 'merge', path, fields: parseStored(messageDocumentSchema, fields, path) }]
}

/**
 * Writes the document of a message that this session sends, when its first attempt begins. It has no place in the order of what was
 * received. Its ack is in the document of its job, so that a receipt makes no further write.
 */
export const ownMessageDocument: Projection = (event, { sessionId, cipher, place }) => {
  if (event.type !== 'message.status' || event.status !== 'processing' || !event.stored) return []
  const { document, message } = event.stored
  const path = `${messagesPath(sessionId)}/${document}`
  const { tooLarge } = message
  const marks = { place: orderOf(place, null), job: event.job, ...(tooLarge ? { tooLarge } : {}) }
  const fields = { ...sealedFields(cipher(), document, message), ...marks }
  return [{ kind: 'merge', path, fields: parseStored(messageDocumentSchema, fields, path) }]
}

function sealedFields(cipher: SessionCipher, document: string, message: StoredMessage) {
  const { fromMe, pushName, type, sentAtMs } = message
  const readable = { fromMe, pushName: maskedName(pushName), type, sentAt: storableDate(sentAtMs) }
  return { v: 1, ...sealMessage(cipher, document, message), ...readable }
}

/** Writes how far a message has come, where its job does not know it. */
export const ackedMessageDocument: Projection = (event, { sessionId }) => {
  if (event.type !== 'message.acked') return []
  return [{ kind: 'merge', path: `${messagesPath(sessionId)}/${event.document}`, fields: { ack: event.ack } }]
}

/**
 * Returns the sort key of a message. Entries of a journal group have numbers up to 200; several messages of one entry get numbers after
 * those.
 */
const orderOf = ({ sequence, index }: RecordPlace, position: number | null): string =>
  messageOrder(sequence, position === null ? index : 1000 * (index + 1) + position)

/** The latest time that Firestore accepts. */
const LATEST_MS = Date.UTC(9999, 11, 31)

/** Returns the nearest date that Firestore accepts, so that a message with an invalid timestamp is stored too. */
export const storableDate = (ms: number): Date => new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LATEST_MS))
