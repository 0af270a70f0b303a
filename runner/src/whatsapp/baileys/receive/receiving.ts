import { createHash } from 'node:crypto'
import { MISSING_KEYS_ERROR_TEXT, encodeBinaryNode, isJidNewsletter, type BinaryNode, type proto } from '@whiskeysockets/baileys'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type { Logger } from '@holdfast/core/platform/logging'
import { DOCUMENTED, type DeliveredStanzas } from '../../delivered-stanzas.ts'
import type { ReceivedTrace } from '../../received-trace.ts'
import type { KeyStore } from '../signal/key-store.ts'
import type { Transaction } from '../signal/transaction.ts'
import { StanzaDelivery, causeOf, failedStanza, isOnlyOnThePhone, troubleOf } from './failed-stanza.ts'
import type { Reader } from './reader.ts'
import { describePost, describeUnavailable, emptyPlaintext, isOfPosts } from './received-stanza.ts'

/** The error text on which Baileys refuses a stanza without asking for it again. */
const ASK_NO_MORE = MISSING_KEYS_ERROR_TEXT

export interface ReceivingOptions {
  readonly keyStore: KeyStore
  readonly deliveries: DeliveredStanzas
  /** The stanza in which a ciphertext arrived. The same buffer reaches the repository. */
  readonly stanzaOf: (ciphertext: Uint8Array) => BinaryNode | undefined
  readonly reader: Reader
  readonly logger: Logger
  /** Returns the keys to store with a message of our own phone, and whether the message tells of other messages. */
  /** See `ClientOptions`. */
  readonly traceReceived?: (messageId: string) => ReceivedTrace | null
  readonly fromPhone: (protocol: proto.Message.IProtocolMessage) => { keys: KeyChanges; tells: boolean }
}

/** A ciphertext to decrypt, and the stanza in which it arrived. */
interface Encrypted {
  readonly hash: string
  readonly delivery: StanzaDelivery | null
  readonly decrypt: () => Promise<Uint8Array>
}

interface Decrypted {
  readonly plain: Buffer
  readonly isMessage: boolean
}

/**
 * Takes received messages from the wire to the inbox. It parses each stanza, lets the session decide about it
 * (`DeliveredStanzas`), and translates the decision for Baileys into a plaintext or an error. By the text of the error Baileys
 * asks for the stanza again or does not.
 */
export class Receiving {
  readonly #options: ReceivingOptions
  /** The traces of stanzas that have arrived. */
  readonly #traces = new WeakMap<BinaryNode, ReceivedTrace>()

  constructor(options: ReceivingOptions) {
    this.#options = options
  }

  /** Decrypts once: the ratchet step and its plaintext are one mutation. The caller must have the turn in the `SerialQueue`. */
  async decrypt(ciphertext: Uint8Array, lock: string, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const { keyStore, deliveries, stanzaOf, reader, logger } = this.#options
    const stanza = stanzaOf(ciphertext)
    if (!stanza) logger.error('Baileys decrypts a ciphertext without a stanza; its content can only be kept in the journal.')
    const hash = hashOf(ciphertext)
    const known = deliveries.lookup(hash)
    if (known === DOCUMENTED) return emptyPlaintext()
    const delivery = stanza ? new StanzaDelivery(stanza, hash, reader) : null
    if (known) return this.#answer(delivery, { plain: known, isMessage: !delivery || delivery.read(known) !== null })
    try {
      const opened = await keyStore.transaction((transaction) => this.#open(transaction, { hash, delivery, decrypt }), lock)
      // The answer follows the commit: the ratchet step stays even when the answer is an error.
      return this.#answer(delivery, opened)
    } catch (error) {
      if (!(error instanceof DecryptionFailed) || !delivery) throw error
      return this.#failed(delivery, error.cause)
    }
  }

  /** Records a stanza that Baileys will refuse by itself, or that comes in clear. Called on arrival, before Baileys sees it. */
  arrived(stanza: BinaryNode): void {
    const { keyStore, reader, deliveries, traceReceived } = this.#options
    if (keyStore.isClosed) return
    const trace = traceReceived?.(stanza.attrs['id'] ?? '')
    if (trace) this.#traces.set(stanza, trace)
    if (isJidNewsletter(stanza.attrs['from'])) return this.#admitPost(stanza)
    const trouble = troubleOf(stanza, reader)
    if (!trouble) return
    if (trouble.code === 'absent' && isOnlyOnThePhone(stanza)) return this.#admitUnavailable(stanza)
    deliveries.refused(failedStanza(stanza, reader, trouble), trouble)
  }

  async #open(transaction: Transaction, { hash, delivery, decrypt }: Encrypted): Promise<Decrypted> {
    const { deliveries } = this.#options
    if (delivery && (await deliveries.begin(delivery)) === 'ask-no-more') throw new Error(ASK_NO_MORE)
    let plain: Buffer
    try {
      plain = Buffer.from(await decrypt())
    } catch (cause) {
      // No write of a failed decryption may stay: a forged first message would end the session that is in use.
      throw new DecryptionFailed('The stanza could not be decrypted.', { cause })
    }
    return { plain, isMessage: this.#admit(transaction, { hash, delivery, plain }) }
  }

  /** Adds the plaintext to the transaction. False when it is no message. */
  #admit(transaction: Transaction, { hash, delivery, plain }: Omit<Encrypted, 'decrypt'> & { plain: Buffer }): boolean {
    const { deliveries, fromPhone } = this.#options
    const reading = delivery?.read(plain) ?? null
    const fromOwnPhone = reading?.fromPhone ? fromPhone(reading.fromPhone) : { keys: {}, tells: false }
    const received = {
      hash,
      stanzaId: delivery?.stanza.attrs['id'] ?? hash,
      plain,
      message: reading?.message ?? null,
      tells: fromOwnPhone.tells,
      trace: delivery && this.#traceOf(delivery.stanza),
    }
    const settles = delivery && reading && !reading.isKeyOnly ? delivery.key : null
    const { keys, commit } = deliveries.admit(received, settles)
    transaction.join({ ...fromOwnPhone.keys, ...keys }, commit)
    return !delivery || reading !== null
  }

  /** Returns the plaintext to Baileys. When it is no message, Baileys asks for the stanza again until the stanza is parked. */
  #answer(delivery: StanzaDelivery | null, { plain, isMessage }: Decrypted): Buffer {
    const { deliveries, keyStore } = this.#options
    if (!delivery || isMessage || keyStore.isClosed) return plain
    if (deliveries.noMessage(delivery, plain) === 'ask-no-more') throw new Error(ASK_NO_MORE)
    return plain
  }

  #failed(delivery: StanzaDelivery, error: unknown): Uint8Array {
    const { deliveries, keyStore } = this.#options
    if (keyStore.isClosed || isOfPosts(delivery.stanza.attrs['from'])) throw error
    const cause = causeOf(error)
    const answer = deliveries.notDecrypted(delivery, cause)
    if (answer === 'as-read') return emptyPlaintext()
    this.#traceOf(delivery.stanza)?.failed(cause.code)
    if (answer === 'ask-no-more') throw new Error(ASK_NO_MORE, { cause: error })
    // On the text of a used key Baileys would not ask again, although the message is not stored.
    throw cause.code === 'used-key' ? new Error('The message is not stored.', { cause: error }) : error
  }

  #admitUnavailable(stanza: BinaryNode): void {
    const { deliveries, reader } = this.#options
    const message = describeUnavailable(stanza, reader)
    if (!message) return
    const hash = hashOf(encodeBinaryNode(stanza))
    deliveries.inClear({ hash, stanzaId: message.messageId, plain: emptyPlaintext(), message, trace: this.#traceOf(stanza) })
  }

  /** The server gets an ack of a post, and no receipt. The same post has other attributes when it comes again. */
  #admitPost(stanza: BinaryNode): void {
    const { deliveries, reader } = this.#options
    const message = describePost(stanza, reader)
    if (!message) return
    const hash = hashOf(Buffer.from(`${message.chat} ${message.messageId} ${stanza.attrs['edit'] ?? ''}`))
    deliveries.inClear({
      hash,
      stanzaId: message.messageId,
      plain: emptyPlaintext(),
      message,
      hasNoReceipt: true,
      trace: this.#traceOf(stanza),
    })
  }

  #traceOf(stanza: BinaryNode): ReceivedTrace | null {
    return this.#traces.get(stanza) ?? null
  }
}

class DecryptionFailed extends Error {}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url')
