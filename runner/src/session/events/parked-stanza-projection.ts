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
  const sealed = cipher().sealContent(Buffer.from(JSON.stringify(content)), parkedStanzaPlace(sessionId, document))
  return parseStored(parkedStanzaDocumentSchema, { v: 1, ...stanza, content: sealed, resolvedAt: null }, path)
}
