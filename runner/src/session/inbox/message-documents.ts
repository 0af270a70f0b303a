import { messagesPath } from '@holdfast/core/message/message-document'
import { isInvalid } from '@holdfast/core/platform/errors'
import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import type { DocumentSnapshot, DocumentStore, Fields, Merge } from '@holdfast/core/platform/ports'
import type { MessageAddress } from '../../whatsapp/received-message.ts'

/** Returns the id of a message's document, and the id that it has if it was stored under the sender's other name. */
export function documentIdsOf({ chat, participant, messageId, alias }: MessageAddress): [string, ...string[]] {
  const id = receivedMessageIdOf(chat, participant ?? '', messageId)
  return alias ? [id, receivedMessageIdOf(alias.chat, alias.participant ?? '', messageId)] : [id]
}

/** The limits of one commit, in documents and bytes: see `group.ts`. */
const MOST_AT_ONCE = 100
const MOST_BYTES_AT_ONCE = 3 * 1024 * 1024

function* inCommits(documents: readonly Merge[]): Generator<Merge[]> {
  let some: Merge[] = []
  let bytes = 0
  for (const document of documents) {
    const { content, body } = document.fields as { content?: Uint8Array; body?: Uint8Array }
    const size = (content ?? body)?.length ?? 0
    if (some.length === MOST_AT_ONCE || (some.length > 0 && bytes + size > MOST_BYTES_AT_ONCE)) {
      yield some
      some = []
      bytes = 0
    }
    some.push(document)
    bytes += size
  }
  if (some.length > 0) yield some
}

/** A document may hold only what has changed its message, which comes later. */
const isWhole = (found: DocumentSnapshot | null | undefined): boolean => found?.fields['content'] !== undefined

/** A change of a message is written again: nobody reads when it was written. */
const isChange = (fields: Fields): boolean => fields['content'] === undefined

/** Finds the documents of one session's received messages, and creates those that their records did not write. */
export class MessageDocuments {
  readonly #sessionId: string
  readonly #documents: DocumentStore

  constructor(sessionId: string, documents: DocumentStore) {
    this.#sessionId = sessionId
    this.#documents = documents
  }

  pathOf(documentId: string): string {
    return `${messagesPath(this.#sessionId)}/${documentId}`
  }

  async exists(documentId: string): Promise<boolean> {
    return isWhole(await this.#documents.read(this.pathOf(documentId)))
  }

  /**
   * Creates the missing documents. Existing ones stay as they are, because readers know their order; only the owner calls this.
   * Returns the paths of documents that Firestore will never accept, which must not keep a session from opening.
   */
  async createMissing(documents: readonly Merge[]): Promise<string[]> {
    const refused: string[] = []
    for (const some of inCommits(documents)) refused.push(...(await this.#createMissing(some)))
    return refused
  }

  async #createMissing(documents: readonly Merge[]): Promise<string[]> {
    const found = await Promise.all(documents.map(({ path }) => this.#documents.read(path)))
    const missing = documents.filter(({ fields }, index) => isChange(fields) || !isWhole(found[index]))
    if (missing.length === 0) return []
    try {
      const isNew = ({ path }: Merge): boolean => !found[documents.findIndex((one) => one.path === path)]
      const created = missing.filter((one) => isNew(one) && !isChange(one.fields))
      const merged = missing.filter((one) => !created.includes(one))
      // A message and what changes it may both be missing: the message comes first.
      await this.#documents.commit([...created.map(({ path, fields }) => ({ kind: 'create' as const, path, fields })), ...merged])
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
