import { chatIdOf } from '@holdfast/core/message/chat-id'
import { type MessageDocument, messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { hasDisappeared } from '@holdfast/core/message/disappearing'
import type { MessageNames } from '@holdfast/core/message/message-names'
import { namesOfStored, openMessage } from '@holdfast/core/message/open-message'
import { pushNameOf } from '@holdfast/core/message/push-name'
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

/** The pages that are read at most for one answer, when all messages of a page have disappeared. */
const PAGES_AT_MOST = 10

/**
 * Returns one page of the messages that a session received, oldest first, and the cursor after it. Messages that have disappeared are left
 * out, as in WhatsApp's own clients.
 *
 * @throws Refusal `unknown-session`
 */
export async function listReceived(
  { documents, wrappingKey, logger, clock }: Pick<Dependencies, 'documents' | 'wrappingKey' | 'logger' | 'clock'>,
  principal: Principal,
  { name, since, limit }: Page,
) {
  const { id: sessionId } = await findSession(documents, principal, name)
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const nowMs = clock.now()
  let after = since
  for (let pages = 1; ; pages++) {
    const found = await documents.query({
      collection: messagesPath(sessionId),
      orderBy: ['order', 'asc'],
      ...(after === undefined ? {} : { startAfter: after }),
      limit,
    })
    const messages = found
      .filter((snapshot) => !isGone(snapshot, cipher, nowMs))
      .map((snapshot) => {
        const answer = receivedAnswer(snapshot, cipher)
        if (answer.error) logger.error({ document: snapshot.id, code: answer.error }, 'A received message is damaged.')
        return answer
      })
    // The query orders by this field, so every document that it finds has it.
    after = (found.at(-1)?.fields['order'] as string | undefined) ?? after
    // A page without a message looks like the end to a caller.
    if (messages.length > 0 || found.length < limit || pages === PAGES_AT_MOST) return { messages, cursor: after ?? null }
  }
}

/** Whether a message has disappeared. One that cannot be read is shown as damaged. */
function isGone(snapshot: DocumentSnapshot, cipher: SessionCipher, nowMs: number): boolean {
  try {
    return hasDisappeared(openMessage(cipher, snapshot), nowMs)
  } catch {
    return false
  }
}

/** Shows the readable fields of a message. A damaged message must not hide the others, and the list must not skip it. */
function receivedAnswer(snapshot: DocumentSnapshot, cipher: SessionCipher) {
  const parsed = messageDocumentSchema.safeParse(snapshot.fields)
  if (!parsed.success) {
    // The query orders by this field, so every document that it finds has it.
    return { id: null, body: null, order: snapshot.fields['order'] as string, error: 'bad-document' }
  }
  const message = parsed.data
  let { pushName } = message
  let names = namesOfStored(cipher, snapshot, null)
  const { text, error } = openOrSay(() => {
    const content = openReceivedContent(cipher, snapshot.id, message)
    pushName = pushNameOf(message, content)
    names = namesOfStored(cipher, snapshot, content)
    return content.text
  })
  const who = names ? namesAnswer(names) : { id: null }
  return { ...who, ...envelopeOf({ ...message, pushName }), body: text, ...(error === undefined ? {} : { error }) }
}

const namesAnswer = ({ messageId, chat, participant }: MessageNames) => ({
  id: messageId,
  chatId: chatIdOf(chat),
  from: chatIdOf(participant ?? chat),
  participant: participant && chatIdOf(participant),
})

const envelopeOf = (message: MessageDocument) => ({
  fromMe: message.fromMe,
  pushName: message.pushName,
  type: message.type,
  timestamp: Math.floor(message.sentAt.getTime() / 1000),
  order: message.order ?? '',
  ...(message.tooLarge ? { tooLarge: message.tooLarge } : {}),
  ...(message.fromHistory ? { fromHistory: true as const } : {}),
})
