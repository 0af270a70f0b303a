import { changeFieldOf } from '@holdfast/core/message/message-change'
import { messagesPath } from '@holdfast/core/message/message-document'
import { pseudonymsOf } from '@holdfast/core/message/message-names'
import { sealChange } from '@holdfast/core/message/sealed-content'
import { Append, type Fields } from '@holdfast/core/platform/ports'
import { storableDate } from './message-projection.ts'
import type { Projection } from './projection.ts'
import type { MessageChanged, SessionEvent } from './session-event.ts'

/**
 * Writes an edit, a reaction or the like into the document of the message that it changes. The document may not be there yet: its
 * names come along, as they stand in documents, so that whoever erases a chat finds it.
 */
export const changedMessageDocument: Projection = (event, { sessionId, cipher }) => {
  if (!isChange(event)) return []
  const { document, message } = event
  const { changes, text, facts, proto } = message
  const { kind, by } = changes
  const pseudonym = cipher().pseudonym(by)
  const field = changeFieldOf(kind, { by: pseudonym, fromMe: message.fromMe, ...(changes.byAdmin ? { byAdmin: true } : {}) })
  const content = sealChange(cipher(), document, field, {
    text,
    by,
    of: { messageId: changes.messageId, chat: changes.chat, participant: changes.participant },
    ...(facts ? { facts } : {}),
    ...(kind === 'edited' ? { proto } : {}),
  })
  const at = storableDate(message.sentAtMs)
  const messageId = cipher().pseudonym(message.messageId)
  const entry = { messageId, at, by: pseudonym, content }
  const versions: Fields = kind === 'edited' ? { versions: new Append({ messageId, at }) } : {}
  // Not whose message it is: the change only claims to know, and the id of a chat with one person does not tell.
  const fields = { v: 1, ...pseudonymsOf(cipher(), changes), [field]: entry, ...versions }
  return [{ kind: 'merge', path: `${messagesPath(sessionId)}/${document}`, fields }]
}

const isChange = (event: SessionEvent): event is MessageChanged => 'message' in event && event.message.changes !== undefined
