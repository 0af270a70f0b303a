import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type { Clock } from '@holdfast/core/platform/ports'
import type { ReceivedMessage } from '../../whatsapp/received-message.ts'
import type { SessionEvent } from '../events/session-event.ts'
import type { StoredMessage } from '../inbox/inbox-rows.ts'
import { documentIdsOf } from '../inbox/message-documents.ts'
import { messageEventOf } from '../inbox/message-event.ts'
import { MessageSecrets } from '../inbox/message-secrets.ts'
import { storedMessageOf } from '../inbox/stored-message.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import type { OpenJob } from './open-jobs.ts'

/** Describes a message as it is sent. Null for one that a person does not see. */
export type DescribeSent = (sent: { chat: string; message: Uint8Array; messageId: string }) => ReceivedMessage | null

/** What the stored messages gain by a message of our own. */
interface Own {
  /** The message and the id of its document; null for one that changes another message. */
  readonly stored: { readonly document: string; readonly message: StoredMessage } | null
  readonly keys: KeyChanges
}

/** Stores messages that are sent through the API beside those that are received, so that a chat shows both sides. */
export class OwnMessages {
  readonly #describe: DescribeSent
  readonly #secrets: MessageSecrets

  constructor({ describe, state, clock }: { describe: DescribeSent; state: JournaledState; clock: Clock }) {
    this.#describe = describe
    this.#secrets = new MessageSecrets({ state, clock })
  }

  /**
   * Called when an attempt begins. The message is shown and told of from the first one on; how far it has come, its job knows. A later
   * attempt would tell of it as of another message, because it has another time.
   */
  begun(job: OpenJob, message: Uint8Array): Own {
    if (job.message !== null) return { stored: null, keys: {} }
    const described = this.#described(job, message)
    if (!described || described.changes) return { stored: null, keys: {} }
    const [document] = documentIdsOf(described)
    return { stored: { document, message: storedMessageOf(described, UNKNOWN) }, keys: this.#secrets.keep(described) }
  }

  /** Called when WhatsApp has the message. An edit or a reaction changes its message only now, because WhatsApp may refuse it. */
  sent(job: OpenJob): SessionEvent[] {
    const described = job.message === null ? null : this.#described(job, job.message)
    if (!described?.changes) return []
    return [messageEventOf(storedMessageOf(described, UNKNOWN), documentIdsOf(described)[0])]
  }

  #described({ document: { chat, messageId } }: OpenJob, message: Uint8Array): ReceivedMessage | null {
    return this.#describe({ chat, message, messageId })
  }
}

/** Which name of a chat its messages lie under is known for received messages only. */
const UNKNOWN = (): boolean => false
