import {
  hasMedia,
  receivedMediaDocumentSchema,
  receivedMediaPath,
  sealedFileName,
} from '@holdfast/core/message/received-media-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Projection } from './projection.ts'

/** Writes what is known of a message's bytes: that they are to be fetched, in the commit of the message, and what became of it. */
export const mediaDocument: Projection = (event, { sessionId, cipher }) => {
  if (event.type === 'message.received') {
    // What came before the device was linked may be years old. Its bytes are fetched when somebody asks for them.
    if (!hasMedia(event.message.type) || event.message.proto === '' || event.fromHistory) return []
    return [mergeOf(`${receivedMediaPath(sessionId)}/${event.document}`, { v: 1, state: 'pending' })]
  }
  if (event.type !== 'media.changed') return []
  const { document, state, attempts, reason = null, object = null, mimetype = null, bytes = null, filename } = event
  const name = filename == null ? null : sealedFileName(cipher(), document, filename)
  const { nextAttemptAt = null } = event
  const fields = { v: 1, state, attempts, nextAttemptAt, reason, object, mimetype, bytes, filename: name }
  return [mergeOf(`${receivedMediaPath(sessionId)}/${document}`, fields)]
}

const mergeOf = (path: string, fields: object) => ({
  kind: 'merge' as const,
  path,
  fields: parseStored(receivedMediaDocumentSchema, fields, path),
})
