import type { ReceivedContent } from '@holdfast/core/message/content'
import { messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { sealReceivedContent, sizeOfReceivedContent } from '@holdfast/core/message/sealed-content'
import { parseStored } from '@holdfast/core/platform/parse'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { isInvalid } from '@holdfast/core/platform/errors'
import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import type { DocumentStore, Merge } from '@holdfast/core/platform/ports'
import type { ReceivedMessage } from '../../whatsapp/port.ts'
import type { Row } from './inbox-rows.ts'

export type StoredMessage = NonNullable<Row['message']>

/** Firestore takes 1 MiB a document. Beside the content there are names, and what the sealing adds. */
const MAX_CONTENT_BYTES = 960 * 1024

/** In JSON a character has 6 bytes at most. */
const MAX_BYTES_OF_A_CHARACTER = 6

/** WhatsApp's own apps write no longer text. */
const LONGEST_TEXT = 65_536

/** What its document will say: all of it, or of a message that does not fit, what a person reads. */
export function storedMessageOf(received: ReceivedMessage): StoredMessage {
  const { alias: _, proto, ...message } = received
  const whole = { ...message, proto: Buffer.from(proto).toString('base64') }
  if (isStorable(whole)) return whole
  const textIsCut = !isStorable({ text: message.text, proto: '' })
  const text = textIsCut ? beginningOf(message.text ?? '') : message.text
  return { ...message, text, proto: '', tooLarge: { bytes: proto.length, textIsCut } }
}

function isStorable({ text, proto }: ReceivedContent): boolean {
  if (proto.length + MAX_BYTES_OF_A_CHARACTER * (text?.length ?? 0) < MAX_CONTENT_BYTES) return true
  return sizeOfReceivedContent({ text, proto }) <= MAX_CONTENT_BYTES
}

/** About as many as its document will have. */
export const bytesOf = ({ text, proto }: StoredMessage): number => proto.length + (text?.length ?? 0)

/** No character is cut in two. */
const beginningOf = (text: string): string => text.slice(0, LONGEST_TEXT).replace(/[\uD800-\uDBFF]$/, '')

/** The id of a message's document, and the one that it has if it was stored before the sender's other name was known. */
export function documentIdsOf({ chat, participant, messageId, alias }: ReceivedMessage): [string, ...string[]] {
  const id = receivedMessageIdOf(chat, participant ?? '', messageId)
  return alias ? [id, receivedMessageIdOf(alias.chat, alias.participant ?? '', messageId)] : [id]
}

/** What Firestore takes for a time ends here. */
const LATEST_MS = Date.UTC(9999, 11, 31)

/** Phones tell of times that never were. That is no reason not to store what was written then. */
const storableDate = (ms: number): Date => new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LATEST_MS))

/** One commit takes so many, and so many bytes of them: see `group.ts`. */
const MOST_AT_ONCE = 100
const MOST_BYTES_AT_ONCE = 3 * 1024 * 1024

function* inCommits(documents: readonly Merge[]): Generator<Merge[]> {
  let some: Merge[] = []
  let bytes = 0
  for (const document of documents) {
    const { content } = document.fields as { content: Uint8Array }
    if (some.length === MOST_AT_ONCE || (some.length > 0 && bytes + content.length > MOST_BYTES_AT_ONCE)) {
      yield some
      some = []
      bytes = 0
    }
    some.push(document)
    bytes += content.length
  }
  if (some.length > 0) yield some
}

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
    const { messageId, chat, participant, fromMe, pushName, type, sentAtMs, tooLarge } = message
    const path = this.pathOf(documentId)
    const content = sealReceivedContent(this.#cipher, documentId, message)
    const sentAt = storableDate(sentAtMs)
    const mark = tooLarge ? { tooLarge } : {}
    const fields = { v: 1, messageId, chat, participant, fromMe, pushName, type, content, sentAt, order, ...mark, ...more }
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
    const refused: string[] = []
    for (const some of inCommits(documents)) refused.push(...(await this.#createMissing(some)))
    return refused
  }

  async #createMissing(documents: readonly Merge[]): Promise<string[]> {
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
      return [...(await this.#createMissing(missing.slice(0, half))), ...(await this.#createMissing(missing.slice(half)))]
    }
  }
}
