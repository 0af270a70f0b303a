import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { Clock } from '@holdfast/core/platform/ports'
import type { ReceivedMessage } from '../../whatsapp/received-message.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import { documentIdsOf } from './message-documents.ts'

const { codec, prune } = STATE_KINDS['message-secret']

type WithSecret = Pick<ReceivedMessage, 'chat' | 'participant' | 'messageId' | 'alias' | 'secret'>

/**
 * Keeps the secrets of polls and events, in the record that stores the message. Votes come encrypted with them, and are decrypted with
 * the stanza that brings them, without a look into Firestore.
 */
export class MessageSecrets {
  readonly #state: JournaledState
  readonly #clock: Clock

  constructor({ state, clock }: { state: JournaledState; clock: Clock }) {
    this.#state = state
    this.#clock = clock
  }

  /** Returns the change that keeps the secrets of these messages; none when they have none. */
  keep(...messages: readonly WithSecret[]): KeyChanges {
    const kept = messages.flatMap((message) => {
      if (!message.secret) return []
      const { bytes, options } = message.secret
      const secret = Buffer.from(bytes).toString('base64')
      const value = codec.encode({ at: this.#clock.now(), secret, ...(options ? { options: [...options] } : {}) })
      return [[documentIdsOf(message)[0], value] as const]
    })
    return kept.length === 0 ? {} : { 'message-secret': Object.fromEntries(kept) }
  }

  /** Forgets secrets beyond the limits of age and number. */
  forget(): void {
    const { image } = this.#state
    const now = this.#clock.now()
    const kept = [...image.entries('message-secret')].map(([id, encoded]) => ({ id, at: codec.decode(encoded).at }))
    kept.sort((a, b) => b.at - a.at)
    const gone = kept.filter(({ at }, index) => index >= prune.max || now - at > prune.afterMs)
    if (gone.length > 0) this.#state.later({ 'message-secret': Object.fromEntries(gone.map(({ id }) => [id, null])) })
  }
}
