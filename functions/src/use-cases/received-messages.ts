import { chatIdOf } from '@holdfast/core/message/chat-id'
import { type MessageDocument, messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { openReceivedContent } from '@holdfast/core/message/sealed-content'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession } from './find-session.ts'
import { openOrSay } from './open-or-say.ts'

interface Page {
  readonly name: string
  /** The cursor of an earlier page; undefined for the first page. */
  readonly since: string | undefined
  readonly limit: number
}

/**
 * Returns one page of the messages that a session received, oldest first, and the cursor after it.
 *
 * @throws Refusal `unknown-session`
 */
export async function listReceived(
  { documents, wrappingKey, logger }: Pick<Dependencies, 'documents' | 'wrappingKey' | 'logger'>,
  principal: Principal,
  { name, since, limit }: Page,
) {
  const { id: sessionId } = await findSession(documents, principal, name)
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const found = await documents.query({
    collection: messagesPath(sessionId),
    orderBy: ['order', 'asc'],
    ...(since === undefined ? {} : { startAfter: since }),
    limit,
  })
  const messages = found.map((snapshot) => {
    const answer = receivedAnswer(snapshot, cipher)
    if (answer.error) logger.error({ document: snapshot.id, code: answer.error }, 'A received message is damaged.')
    return answer
  })
  return { messages, cursor: messages.at(-1)?.order ?? since ?? null }
}

/** Shows the readable fields of a message. A damaged message must not hide the others, and the list must not skip it. */
function receivedAnswer(snapshot: DocumentSnapshot, cipher: SessionCipher) {
  const parsed = messageDocumentSchema.safeParse(snapshot.fields)
  if (!parsed.success) {
    // The query orders by this field, so every document that it finds has it.
    return { id: null, body: null, order: snapshot.fields['order'] as string, error: 'bad-document' }
  }
  const message = parsed.data
  const { text, error } = openOrSay(() => openReceivedContent(cipher, snapshot.id, message).text)
  return { ...envelopeOf(message), body: text, ...(error === undefined ? {} : { error }) }
}

const envelopeOf = (message: MessageDocument) => ({
  id: message.messageId,
  chatId: chatIdOf(message.chat),
  from: chatIdOf(message.participant ?? message.chat),
  fromMe: message.fromMe,
  participant: message.participant && chatIdOf(message.participant),
  pushName: message.pushName,
  type: message.type,
  timestamp: Math.floor(message.sentAt.getTime() / 1000),
  order: message.order,
  ...(message.tooLarge ? { tooLarge: message.tooLarge } : {}),
  ...(message.fromHistory ? { fromHistory: true as const } : {}),
})
