import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type {
  Admission,
  Answer,
  DOCUMENTED,
  DeliveredStanzas,
  Delivery,
  FailedStanza,
  Received,
  Unreadable,
} from '../../whatsapp/delivered-stanzas.ts'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { JournaledState } from '../journal/journaled-state.ts'
import { firstStep } from './delivery-policy.ts'
import type { Inbox } from './inbox.ts'
import type { Undecrypted } from './undecrypted.ts'

const { codec } = STATE_KINDS.delivery

/** Answers the client's questions about each stanza. Readable stanzas go to the inbox, unreadable ones to `Undecrypted`. */
export class Deliveries implements DeliveredStanzas {
  readonly inbox: Inbox
  readonly #state: JournaledState
  readonly #undecrypted: Undecrypted
  readonly #isSuspect: () => boolean
  readonly #isIgnored: (chat: string) => boolean

  constructor(options: {
    state: JournaledState
    inbox: Inbox
    undecrypted: Undecrypted
    /** Whether the session is suspected of ending its process. Called at each delivery. */
    isSuspect: () => boolean
    /** Whether the session's configuration says to ignore a chat. */
    isIgnored: (chat: string) => boolean
  }) {
    this.inbox = options.inbox
    this.#state = options.state
    this.#undecrypted = options.undecrypted
    this.#isSuspect = options.isSuspect
    this.#isIgnored = options.isIgnored
  }

  lookup(hash: string): Buffer | typeof DOCUMENTED | null {
    return this.inbox.lookup(hash)
  }

  async begin(delivery: Delivery): Promise<'decrypt' | 'ask-no-more'> {
    const { hash } = delivery
    const counted = this.#state.image.get('delivery', hash)
    const begun = counted === undefined ? 0 : codec.decode(counted)
    const step = firstStep({ isSuspect: this.#isSuspect(), begun })
    if (step === 'decrypt') return 'decrypt'
    if (step === 'count') {
      await this.#state.journal.whenDurable(this.#state.change({ keys: { delivery: { [hash]: codec.encode(begun + 1) } } }))
      return 'decrypt'
    }
    const message = `Its handling was started ${begun} times and never finished.`
    this.#undecrypted.park(delivery.failed({ code: 'not-survived', message }))
    this.#state.change({ keys: this.#uncounted(hash) })
    return 'ask-no-more'
  }

  admit(received: Received, settles: string | null): Admission {
    const { keys, entry, onApplied } = this.inbox.admit(this.#wanted(received))
    const resolved = this.#undecrypted.resolvedAll(settles === null ? [] : [settles])
    const whole = { ...entry, events: [...(entry.events ?? []), ...resolved.events] }
    return {
      keys: { ...keys, ...resolved.keys, ...this.#uncounted(received.hash) },
      commit: (mutation) => {
        this.#state.change(mutation, whole)
        onApplied()
      },
    }
  }

  /**
   * Handles a failed decryption. A copy of a stored message counts as read; any other stanza is
   * recorded before it is requested again.
   */
  notDecrypted(delivery: Delivery, error: Unreadable): Answer {
    if (delivery.address && this.inbox.knows(delivery.address)) return 'as-read'
    const uncounted = this.#uncounted(delivery.hash)
    if (Object.keys(uncounted).length > 0) this.#state.change({ keys: uncounted })
    return this.#note(delivery.failed(error))
  }

  noMessage(delivery: Delivery, plain: Uint8Array): Exclude<Answer, 'as-read'> {
    return this.#note(delivery.failed(NO_MESSAGE, plain))
  }

  refused(stanza: FailedStanza, { isFinal }: { isFinal: boolean }): void {
    if (isFinal) this.#undecrypted.park(stanza)
    else this.#undecrypted.failed(stanza)
  }

  inClear(received: Received): void {
    if (this.inbox.lookup(received.hash)) return
    const { keys, entry, onApplied } = this.inbox.admit(this.#wanted(received))
    this.#state.change({ keys }, entry)
    onApplied()
  }

  receiptAcknowledged(stanzaId: string): void {
    this.inbox.receiptAcknowledged(stanzaId)
  }

  /** A post of a kind that the session ignores is received, and not stored. */
  #wanted(received: Received): Received {
    const { message } = received
    return message && isPost(message.chat) && this.#isIgnored(message.chat) ? { ...received, message: null } : received
  }

  #note(stanza: FailedStanza): Exclude<Answer, 'as-read'> {
    return this.#undecrypted.failed(stanza).parked ? 'ask-no-more' : 'ask-again'
  }

  /** Returns the change that removes the count of a delivery; none when it is not counted. */
  #uncounted(hash: string): KeyChanges {
    return this.#state.image.get('delivery', hash) === undefined ? {} : { delivery: { [hash]: null } }
  }
}

/** Status stories and channels: what others publish, and address to nobody. */
const isPost = (chat: string): boolean => chat === 'status@broadcast' || chat.endsWith('@newsletter')

const NO_MESSAGE: Unreadable = { code: 'no-message', message: 'Its plaintext is no message.' }
