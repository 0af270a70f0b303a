import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { ReceivedTrace } from './received-trace.ts'
import type { MessageAddress, ReceivedMessage } from './received-message.ts'

/** Stands for the plaintext of a row that no longer holds it, because its document does. */
export const DOCUMENTED = Symbol('documented')

/** A decrypted stanza, as the inbox needs it. */
export interface Received {
  /** The hash of the ciphertext. */
  readonly hash: string
  /** WhatsApp's id of the stanza. */
  readonly stanzaId: string
  readonly plain: Buffer
  /** The message for a person; null when the stanza carries protocol only. */
  readonly message: ReceivedMessage | null
  /** True when it tells of other messages, which must be stored before the row is settled. */
  readonly tells?: boolean
  /** True when no receipt follows, so that no ack of one will come. */
  readonly hasNoReceipt?: boolean
  /** The spans of the message. Absent, or null: nobody traces it. */
  readonly trace?: ReceivedTrace | null
}

/** The part that a decrypted stanza adds to the mutation of its ratchet step. */
export interface Admission {
  readonly keys: KeyChanges
  /** Puts the mutation, which contains `keys`, into the journal, together with the documents that belong to it. */
  readonly commit: (mutation: Mutation) => void
}

/** The reason why a stanza cannot be read: a machine code and a sentence. */
export interface Unreadable {
  readonly code: string
  readonly message: string
}

/** A delivered stanza that cannot be read or stored. */
export interface FailedStanza {
  /** The same for every copy of a message: a hash of sender, participant and id. */
  readonly key: string
  readonly messageId: string
  readonly from: string
  readonly participant: string | null
  /** The type of its encryption, or `none`. */
  readonly kind: string
  readonly error: Unreadable
  readonly bytes: Uint8Array
  /** The plaintext, when it was no message. It is kept because no ratchet can decrypt the stanza a second time. */
  readonly plain?: Uint8Array
}

/** A delivered stanza with a ciphertext for which the session has no row. */
export interface Delivery {
  /** The hash of the ciphertext. */
  readonly hash: string
  /** The address of the message in the stanza; null when it cannot be read. */
  readonly address: MessageAddress | null
  /** Describes the stanza as a failed one. Encodes the whole stanza. */
  failed(error: Unreadable, plain?: Uint8Array): FailedStanza
}

/** The answer to WhatsApp about an unreadable stanza: acknowledge it as read, ask for it again, or give it up. */
export type Answer = 'as-read' | 'ask-again' | 'ask-no-more'

/** Decides about each delivered stanza. Its records are in the journal when its methods return. */
export interface DeliveredStanzas {
  /** Returns the plaintext of a ciphertext that was decrypted before, or null for a new one. */
  lookup(hash: string): Buffer | typeof DOCUMENTED | null
  /** Decides about a new ciphertext. Call it before the decryption. Rejects when the journal ends. */
  begin(delivery: Delivery): Promise<'decrypt' | 'ask-no-more'>
  /**
   * Admits a decrypted stanza to the inbox.
   *
   * @param settles the key (see `FailedStanza`) of earlier failed deliveries that this one resolves; null for none
   */
  admit(received: Received, settles: string | null): Admission
  /** Records a ciphertext that could not be decrypted. */
  notDecrypted(delivery: Delivery, error: Unreadable): Answer
  /** Records a ciphertext that was decrypted and admitted but is no message. */
  noMessage(delivery: Delivery, plain: Uint8Array): Exclude<Answer, 'as-read'>
  /** Records a stanza that the client refuses by itself. `isFinal` is true when the client does not ask for it again. */
  refused(stanza: FailedStanza, options: { isFinal: boolean }): void
  /** Stores a message that no ratchet decrypts: one that WhatsApp only announces to this device, or a post of a channel. */
  inClear(received: Received): void
  /** WhatsApp has acknowledged our receipt of a stanza, so the stanza will not come again. */
  receiptAcknowledged(stanzaId: string): void
}
