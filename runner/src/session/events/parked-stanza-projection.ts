import { maskedNumbers, pseudonymsOf } from '@holdfast/core/message/message-names'
import { parkedStanzaDocumentSchema, parkedStanzaPlace, parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Fields } from '@holdfast/core/platform/ports'
import type { EventRecord, Projection } from './projection.ts'
import type { MessageParked } from './session-event.ts'

/** Writes the document of a stanza that could not be read, and marks it as resolved when a readable copy arrives. */
export const parkedStanzaDocument: Projection = (event, record) => {
  if (event.type !== 'message.parked' && event.type !== 'message.resolved') return []
  const path = `${parkedStanzasPath(record.sessionId)}/${event.document}`
  const fields = event.type === 'message.parked' ? parkedFields(event, path, record) : { resolvedAt: event.at }
  return [{ kind: 'merge', path, fields }]
}

function parkedFields({ document, stanza, content }: MessageParked, path: string, { sessionId, cipher }: EventRecord): Fields {
  const { messageId, from, participant, error, ...readable } = stanza
  const names = { messageId, from, participant }
  const json = JSON.stringify({ ...content, names })
  const { chat: pseudonym, ...pseudonyms } = pseudonymsOf(cipher(), { messageId, chat: from, participant })
  const fields = {
    v: 1,
    ...readable,
    ...pseudonyms,
    from: pseudonym,
    shown: { from: maskedNumbers(from), participant: participant && maskedNumbers(participant) },
    error: { code: error.code, message: maskedNumbers(error.message) },
    content: cipher().sealContent(Buffer.from(json), parkedStanzaPlace(sessionId, document)),
    resolvedAt: null,
  }
  return parseStored(parkedStanzaDocumentSchema, fields, path)
}
