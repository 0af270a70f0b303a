import { areDifferent } from '@holdfast/core/message/chat-id'
import type { MessageReference } from '@holdfast/core/message/content'
import { messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { storedNames } from '@holdfast/core/message/message-names'
import { namesOfStored } from '@holdfast/core/message/open-message'
import { openReceivedContent } from '@holdfast/core/message/sealed-content'
import { isDamage } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { SentJobs, type SentJobsOptions } from './sent-jobs.ts'

/** The number of messages that are looked at for one id. Their senders choose the ids, and two may choose the same. */
const LOOKED_AT = 20

/** Finds the messages that others refer to, as they were sent: those that arrived, and those that this session sent. */
export class ReferredMessages {
  readonly #options: SentJobsOptions
  readonly #jobs: SentJobs

  constructor(options: SentJobsOptions) {
    this.#options = options
    this.#jobs = new SentJobs(options)
  }

  /** Returns the encoded message. Null when it is not stored, or not as a whole, or is damaged. */
  async find(reference: MessageReference): Promise<Uint8Array | null> {
    try {
      const own = reference.fromMe ? await this.#jobs.find(reference.messageId) : null
      return (own && (await own.message())) ?? (await this.#stored(reference))
    } catch (error) {
      if (isDamage(error)) return null
      throw error
    }
  }

  async #stored({ messageId, chat, participant, fromMe }: MessageReference): Promise<Uint8Array | null> {
    const { documents, sessionId, cipher } = this.#options
    const where = [['messageId', 'in', storedNames(cipher, messageId)]] as const
    const found = await documents.query({ collection: messagesPath(sessionId), where, limit: LOOKED_AT })
    const messages = found
      .flatMap((snapshot) => this.#read(snapshot) ?? [])
      .filter((one) => {
        // Others may have chosen the same id, but in other chats.
        const isOthers = areDifferent(one.chat, chat) || (!fromMe && areDifferent(one.participant, participant))
        return one.fromMe === fromMe && !isOthers
      })
    // A person has two names, so the names only choose between several.
    const best = messages.find((one) => one.chat === chat && one.participant === participant) ?? messages[0]
    const proto = best?.proto ?? ''
    return proto === '' ? null : Buffer.from(proto, 'base64')
  }

  /** Null for a damaged message, which must not hide another one. */
  #read(snapshot: DocumentSnapshot) {
    try {
      const { id, fields, path } = snapshot
      const document = parseStored(messageDocumentSchema, fields, path)
      const content = openReceivedContent(this.#options.cipher, id, document)
      const names = namesOfStored(this.#options.cipher, snapshot, content)
      return names && { ...names, fromMe: document.fromMe, proto: content.proto }
    } catch (error) {
      if (isDamage(error)) return null
      throw error
    }
  }
}
