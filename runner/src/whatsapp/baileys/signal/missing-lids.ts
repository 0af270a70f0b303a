import { isPnUser, jidDecode, type LIDMapping } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { SessionState } from '../../session-state.ts'

/** Asks the server for the LIDs of phone numbers. Null when it did not answer, which says nothing about the numbers. */
export type AskForLids = (phones: readonly string[]) => Promise<LIDMapping[] | null>

/**
 * The limits of the list. A number may get a LID at any time. Its own messages then bring the LID along, so an outdated entry
 * only delays the use of the LID, and the number can be written to meanwhile.
 */
const { codec, prune } = STATE_KINDS['missing-lid']

/**
 * Keeps the phone numbers without a LID with the session's state. Baileys keeps the LIDs that it finds only. Without this list it
 * would query such a number again at each step of the encryption, up to eight times for a message.
 */
export class MissingLids {
  readonly #state: SessionState
  readonly #clock: Clock

  constructor(options: { state: SessionState; clock: Clock }) {
    this.#state = options.state
    this.#clock = options.clock
  }

  /** Looks up the LIDs of phone numbers. Queries only those whose answer is unknown. */
  async lookUp(phones: readonly string[], ask: AskForLids): Promise<LIDMapping[]> {
    const unknown = phones.filter((jid) => !this.#isMissing(userOf(jid)))
    if (unknown.length === 0) return []
    const found = await ask(unknown)
    if (found === null) return []
    const withLid = new Set(found.map(({ pn }) => userOf(pn)))
    this.#note(unknown.map(userOf).filter((user) => !withLid.has(user)))
    return found
  }

  /** Drops the entries of these users, who have changed in some way. They are queried again. */
  forget(jids: readonly string[]): void {
    const users = jids.filter((jid) => isPnUser(jid)).map(userOf)
    const known = users.filter((user) => this.#state.image.get('missing-lid', user) !== undefined)
    if (known.length > 0) this.#state.later({ 'missing-lid': Object.fromEntries(known.map((user) => [user, null])) })
  }

  #isMissing(user: string): boolean {
    const encoded = this.#state.image.get('missing-lid', user)
    return encoded !== undefined && this.#clock.now() - codec.decode(encoded) < prune.afterMs
  }

  /** A crash before the next record loses the entries. They are queried again then. */
  #note(users: readonly string[]): void {
    if (users.length === 0) return
    const { image } = this.#state
    const surplus = Math.max(0, image.count('missing-lid') + users.length - prune.max)
    const oldest = [...image.entries('missing-lid')].slice(0, surplus).map(([user]) => [user, null] as const)
    const added = users.map((user) => [user, codec.encode(this.#clock.now())] as const)
    this.#state.later({ 'missing-lid': Object.fromEntries([...oldest, ...added]) })
  }
}

const userOf = (jid: string): string => jidDecode(jid)?.user ?? ''
