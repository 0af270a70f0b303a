import { messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { ACKS, type Ack } from '@holdfast/core/message/waha-message'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { ReceiptType } from '../../whatsapp/port.ts'
import type { SessionEvent } from '../events/session-event.ts'
import type { JournaledState } from '../journal/journaled-state.ts'

/** The number of messages that are looked at for one id. Their senders choose the ids, and others may choose ours. */
const LOOKED_AT = 20

const ACK_OF = { delivered: ACKS.DEVICE, read: ACKS.READ, played: ACKS.PLAYED } satisfies Record<ReceiptType, Ack>

/** Finds what a receipt says of our own messages where no job says it: of those that the phone sent, and of what was played. */
export class MessageAcks {
  readonly #sessionId: string
  readonly #documents: Pick<DocumentStore, 'query'>
  readonly #state: JournaledState
  readonly #clock: Clock

  constructor(options: { sessionId: string; documents: Pick<DocumentStore, 'query'>; state: JournaledState; clock: Clock }) {
    this.#sessionId = options.sessionId
    this.#documents = options.documents
    this.#state = options.state
    this.#clock = options.clock
  }

  /** Returns the event of the receipt. None for a message that is not stored, and where nothing is new. */
  async eventsOf(messageId: string, type: ReceiptType): Promise<readonly SessionEvent[]> {
    // The phone's copy may be on its way to Firestore.
    await this.#state.journal.whenShown()
    const collection = messagesPath(this.#sessionId)
    const found = await this.#documents.query({ collection, where: [['messageId', '==', messageId]], limit: LOOKED_AT })
    const ack = ACK_OF[type]
    const at = new Date(this.#clock.now())
    return found
      .flatMap(ownMessageIn)
      .slice(0, 1)
      .filter((message) => message.ack < ack)
      .map(({ document, chat }) => ({ type: 'message.acked', document, messageId, chat, ack, at }))
  }
}

function ownMessageIn({ id, fields }: DocumentSnapshot): { document: string; chat: string; ack: number }[] {
  const parsed = messageDocumentSchema.safeParse(fields)
  if (!parsed.success || !parsed.data.fromMe) return []
  return [{ document: id, chat: parsed.data.chat, ack: parsed.data.ack ?? ACKS.SERVER }]
}
