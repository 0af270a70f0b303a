import { createHash } from 'node:crypto'
import { MISSING_KEYS_ERROR_TEXT, encodeBinaryNode, type BinaryNode, type proto } from '@whiskeysockets/baileys'
import type { Logger } from '@holdfast/core/platform/logging'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { DOCUMENTED, type ReceivedMessages, type SessionState, type UnreadStanzas } from '../../port.ts'
import { causeOf, failedStanza, isOnlyOnThePhone, keyOfStanza, troubleOf } from './failed-stanza.ts'
import type { KeyStore } from '../signal/key-store.ts'
import { addressOf, describeUnavailable, emptyPlaintext, isOfNoInterest, readStanza, type Reader } from './received-stanza.ts'

/** The words on which Baileys refuses a stanza without asking for it again. */
const ASK_NO_MORE = MISSING_KEYS_ERROR_TEXT

/** PERSISTED CONTRACT v1: kind `delivery` of the state image, by the hash of the ciphertext: how often it was begun, as a number. */
const DELIVERY = 'delivery'

export interface ReceivingOptions {
  readonly state: SessionState
  readonly keyStore: KeyStore
  readonly inbox: ReceivedMessages
  readonly undecrypted: UnreadStanzas
  /** The stanza that a ciphertext arrived in: the same buffer reaches the repository. */
  readonly stanzaOf: (ciphertext: Uint8Array) => BinaryNode | undefined
  readonly reader: Reader
  readonly logger: Logger
  /** What to keep of what our own phone tells, in the mutation of the message; and whether it tells of other messages. */
  readonly fromPhone: (told: proto.Message.IProtocolMessage) => { keys: KeyChanges; tells: boolean }
  /**
   * For a session under suspicion of ending its process: each delivery is counted durably before it is touched, and one that was
   * begun too often is parked as it is.
   */
  readonly countFirst?: () => boolean
}

/** A trial fails at most three times: the third must find the stanza parked. */
const BEGUN_AT_MOST = 2

/** Received messages on their way from the wire to the inbox. */
export class Receiving {
  readonly #options: ReceivingOptions

  constructor(options: ReceivingOptions) {
    this.#options = options
  }

  /** Decrypts once and for all: the ratchet step and what it brought are one mutation. Must have its turn at the ratchets. */
  async decrypt(ciphertext: Uint8Array, lock: string, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const { keyStore, inbox, stanzaOf, logger } = this.#options
    const stanza = stanzaOf(ciphertext)
    if (!stanza) logger.error('Baileys decrypts what no stanza brought: what it says can be kept in the journal only.')
    const hash = hashOf(ciphertext)
    const known = inbox.lookup(hash)
    if (known) return this.#unlessParked(stanza, this.#again(stanza, known))
    try {
      const plain = await keyStore.transaction(() => this.#first(stanza, hash, decrypt), lock)
      // After the commit: the ratchet step stays.
      return this.#unlessParked(stanza, plain)
    } catch (error) {
      if (!(error instanceof DecryptionFailed) || !stanza) throw error
      return this.#failed(stanza, hash, error.cause)
    }
  }

  /** A stanza has arrived, and Baileys has not seen it yet: what it will refuse by itself is noted before it can. */
  arrived(stanza: BinaryNode): void {
    const { keyStore, reader, undecrypted } = this.#options
    if (keyStore.isClosed) return
    const trouble = troubleOf(stanza, reader)
    if (!trouble) return
    if (trouble.code === 'absent' && isOnlyOnThePhone(stanza)) return this.#admitUnavailable(stanza)
    const failed = failedStanza(stanza, reader, trouble)
    if (trouble.isFinal) undecrypted.park(failed)
    else undecrypted.failed(failed)
  }

  #again(stanza: BinaryNode | undefined, known: Buffer | typeof DOCUMENTED): Buffer {
    if (known === DOCUMENTED) return emptyPlaintext()
    if (stanza && !readStanza(stanza, known, this.#options.reader)) this.#note(stanza, NO_MESSAGE, known)
    return known
  }

  async #first(stanza: BinaryNode | undefined, hash: string, decrypt: () => Promise<Uint8Array>): Promise<Buffer> {
    if (stanza && this.#options.countFirst?.()) await this.#count(stanza, hash)
    let plain: Buffer
    try {
      plain = Buffer.from(await decrypt())
    } catch (cause) {
      // Nothing of what it wrote before it failed may stay: a forged first message would end the session that is in use.
      throw new DecryptionFailed('The stanza could not be decrypted.', { cause })
    }
    this.#admit(stanza, hash, plain)
    return plain
  }

  #admit(stanza: BinaryNode | undefined, hash: string, plain: Buffer): void {
    const { inbox, keyStore, reader, undecrypted, fromPhone } = this.#options
    const reading = stanza ? readStanza(stanza, plain, reader) : null
    const told = reading?.fromPhone ? fromPhone(reading.fromPhone) : { keys: {}, tells: false }
    const message = reading?.message ?? null
    const { keys, entry, onApplied } = inbox.admit({
      hash,
      stanzaId: stanza?.attrs['id'] ?? hash,
      plain,
      message,
      tells: told.tells,
    })
    const resolved = undecrypted.resolvedAll(stanza && reading && !reading.isKeyOnly ? [keyOfStanza(stanza, reader)] : [])
    keyStore.join(
      { ...told.keys, ...keys, ...resolved.keys, ...this.#uncounted(hash) },
      { ...entry, events: [...(entry.events ?? []), ...resolved.events] },
      onApplied,
    )
    if (stanza && !reading) this.#note(stanza, NO_MESSAGE, plain)
  }

  /** A copy of what is stored already is as good as read. Anything else is noted, before it is asked for again. */
  #failed(stanza: BinaryNode, hash: string, error: unknown): Uint8Array {
    const { inbox, reader, state, keyStore } = this.#options
    const address = addressOf(stanza, reader)
    if (address && inbox.knows({ ...address, ...NOTHING_KNOWN })) return emptyPlaintext()
    if (keyStore.isClosed || isOfNoInterest(stanza.attrs['from'])) throw error
    const uncounted = this.#uncounted(hash)
    if (Object.keys(uncounted).length > 0) state.change({ keys: uncounted })
    const cause = causeOf(error)
    const { parked } = this.#note(stanza, cause)
    // By these words Baileys would not ask for it again, although nobody has it.
    if (cause.code === 'used-key' && !parked) throw new Error('The message is not known here.', { cause: error })
    throw parked ? new Error(ASK_NO_MORE, { cause: error }) : error
  }

  #note(stanza: BinaryNode, error: { code: string; message: string }, plain?: Uint8Array): { parked: boolean } {
    const { undecrypted, reader, keyStore } = this.#options
    if (keyStore.isClosed) return { parked: false }
    return undecrypted.failed(failedStanza(stanza, reader, error, plain))
  }

  /** What was decrypted and is no message is asked for again, until it is parked. */
  #unlessParked(stanza: BinaryNode | undefined, plain: Uint8Array): Uint8Array {
    const { undecrypted, reader } = this.#options
    const isParked = stanza && undecrypted.isParked(keyOfStanza(stanza, reader)) && !readStanza(stanza, plain, reader)
    if (isParked) throw new Error(ASK_NO_MORE)
    return plain
  }

  async #count(stanza: BinaryNode, hash: string): Promise<void> {
    const { state, reader, undecrypted } = this.#options
    const begun = Number(state.image.get(DELIVERY, hash) ?? 0)
    if (begun >= BEGUN_AT_MOST) {
      const error = { code: 'not-survived', message: `Its delivery was begun ${begun} times, and never came to an end.` }
      undecrypted.park(failedStanza(stanza, reader, error))
      state.change({ keys: this.#uncounted(hash) })
      throw new Error(ASK_NO_MORE)
    }
    await state.journal.whenDurable(state.change({ keys: { [DELIVERY]: { [hash]: String(begun + 1) } } }))
  }

  /** What takes the count back, when there is one. */
  #uncounted(hash: string): KeyChanges {
    return this.#options.state.image.get(DELIVERY, hash) === undefined ? {} : { [DELIVERY]: { [hash]: null } }
  }

  #admitUnavailable(stanza: BinaryNode): void {
    const { state, inbox, reader } = this.#options
    const hash = hashOf(encodeBinaryNode(stanza))
    const message = describeUnavailable(stanza, reader)
    if (!message || inbox.lookup(hash)) return
    const { keys, entry, onApplied } = inbox.admit({ hash, stanzaId: message.messageId, plain: emptyPlaintext(), message })
    state.change({ keys }, entry)
    onApplied()
  }
}

class DecryptionFailed extends Error {}

const NO_MESSAGE = { code: 'no-message', message: 'It was decrypted to what is no message.' }

/** Stands for what is not needed to name a message. */
const NOTHING_KNOWN = { pushName: null, type: '', text: null, proto: new Uint8Array(), sentAtMs: 0 }

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url')
