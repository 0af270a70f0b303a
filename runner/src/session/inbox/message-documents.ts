import { messageContentPlace, messageDocumentSchema, messagesPath } from '@holdfast/core/documents/message-document'
import { parseStored } from '@holdfast/core/documents/parse'
import type { SessionCipher } from '@holdfast/core/envelope'
import { isInvalid } from '@holdfast/core/errors'
import { receivedMessageIdOf } from '@holdfast/core/ids'
import type { DocumentStore, Merge } from '@holdfast/core/ports'
import type { ReceivedMessage } from '../connecting/connection.ts'
import type { Row } from './inbox-rows.ts'

export type StoredMessage = NonNullable<Row['message']>

export function storedMessageOf(received: ReceivedMessage): StoredMessage {
  const { alias: _, proto, ...message } = received
  return { ...message, proto: Buffer.from(proto).toString('base64') }
}

/** The id of a message's document, and the one that it has if it was stored before the sender's other name was known. */
export function documentIdsOf({ chat, participant, messageId, alias }: ReceivedMessage): [string, ...string[]] {
  const id = receivedMessageIdOf(chat, participant ?? '', messageId)
  return alias ? [id, receivedMessageIdOf(alias.chat, alias.participant ?? '', messageId)] : [id]
}

/** What Firestore takes for a time ends here. */
const LATEST_MS = Date.UTC(9999, 11, 31)

/** Phones tell of times that never were. That is no reason not to store what was written then. */
const storableDate = (ms: number): Date => new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LATEST_MS))

/** The documents of one session's received messages, sealed. */
export class MessageDocuments {
  readonly #cipher: SessionCipher
  readonly #documents: DocumentStore

  constructor(cipher: SessionCipher, documents: DocumentStore) {
    this.#cipher = cipher
    this.#documents = documents
  }

  pathOf(documentId: string): string {
    return `${messagesPath(this.#cipher.sessionId)}/${documentId}`
  }

  documentOf(message: StoredMessage, documentId: string, order: string, more: { fromHistory?: true } = {}): Merge {
    const { messageId, chat, participant, fromMe, pushName, type, text, proto, sentAtMs } = message
    const path = this.pathOf(documentId)
    const content = this.#cipher.sealContent(
      Buffer.from(JSON.stringify({ text, proto })),
      messageContentPlace(this.#cipher.sessionId, documentId),
    )
    const sentAt = storableDate(sentAtMs)
    const fields = { v: 1, messageId, chat, participant, fromMe, pushName, type, content, sentAt, order, ...more }
    return { kind: 'merge', path, fields: parseStored(messageDocumentSchema, fields, path) }
  }

  async exists(documentId: string): Promise<boolean> {
    return (await this.#documents.read(this.pathOf(documentId))) !== null
  }

  /**
   * One owner at a time does this, and a document that is there stays as it is: whoever read it has read it under its order.
   * Gives the paths of documents that Firestore will never take, which must not keep a session from opening.
   */
  async createMissing(documents: readonly Merge[]): Promise<string[]> {
    const found = await Promise.all(documents.map(({ path }) => this.#documents.read(path)))
    const missing = documents.filter((_, index) => !found[index])
    if (missing.length === 0) return []
    try {
      await this.#documents.commit(missing.map(({ path, fields }) => ({ kind: 'create', path, fields })))
      return []
    } catch (error) {
      if (!isInvalid(error)) throw error
      const [only, ...others] = missing
      if (only && others.length === 0) return [only.path]
      const half = Math.ceil(missing.length / 2)
      return [...(await this.createMissing(missing.slice(0, half))), ...(await this.createMissing(missing.slice(half)))]
    }
  }
}
