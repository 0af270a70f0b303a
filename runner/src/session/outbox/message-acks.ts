import { messagesPath } from '@holdfast/core/message/message-document'
import { storedNames } from '@holdfast/core/message/message-names'
import { messageDocumentOf, namesIn } from '@holdfast/core/message/open-message'
import { ACKS, type Ack } from '@holdfast/core/message/waha-message'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { ReceiptType } from '../../whatsapp/port.ts'
import type { SessionEvent } from '../events/session-event.ts'
import type { JournaledState } from '../journal/journaled-state.ts'

/** The number of messages that are looked at for one id. Their senders choose the ids, and others may choose ours. */
const LOOKED_AT = 20

const ACK_OF = { delivered: ACKS.DEVICE, read: ACKS.READ, played: ACKS.PLAYED } satisfies Record<ReceiptType, Ack>

/** Finds what a receipt says of our own messages where no job says it: of those that the phone sent, and of what was played. */
export class MessageAcks {
  readonly #sessionId: string
  readonly #cipher: SessionCipher
  readonly #documents: Pick<DocumentStore, 'query'>
  readonly #state: JournaledState
  readonly #clock: Clock

  constructor(options: {
    sessionId: string
    cipher: SessionCipher
    documents: Pick<DocumentStore, 'query'>
    state: JournaledState
    clock: Clock
  }) {
    this.#sessionId = options.sessionId
    this.#cipher = options.cipher
    this.#documents = options.documents
    this.#state = options.state
    this.#clock = options.clock
  }

  /** Returns the event of the receipt. None for a message that is not stored, and where nothing is new. */
  async eventsOf(messageId: string, type: ReceiptType): Promise<readonly SessionEvent[]> {
    // The phone's copy may be on its way to Firestore.
    await this.#state.journal.whenShown()
    const collection = messagesPath(this.#sessionId)
    const where = [['messageId', 'in', storedNames(this.#cipher, messageId)]] as const
    const found = await this.#documents.query({ collection, where, limit: LOOKED_AT })
    const ack = ACK_OF[type]
    const at = new Date(this.#clock.now())
    return found
      .flatMap((snapshot) => this.#ownMessageIn(snapshot))
      .slice(0, 1)
      .filter((message) => message.ack < ack)
      .map(({ document, chat }) => ({ type: 'message.acked', document, messageId, chat, ack, at }))
  }

  #ownMessageIn(snapshot: DocumentSnapshot): { document: string; chat: string; ack: number }[] {
    const document = messageDocumentOf(snapshot)
    const names = document?.fromMe ? namesIn(this.#cipher, snapshot) : null
    return document && names ? [{ document: snapshot.id, chat: names.chat, ack: document.ack ?? ACKS.SERVER }] : []
  }
}
