import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { Wait } from '@holdfast/core/journal/state-values'
import type { ValueCodec } from '@holdfast/core/journal/value-codec'
import type { FailureRecord } from './connection/failures.ts'
import type { JournaledState } from './journal/journaled-state.ts'

const { ids } = STATE_KINDS.meta.codec

type MetaChanges = { readonly [Id in keyof typeof ids]?: string | null }

/** The failures that an earlier owner counted, and what it was waiting for. */
export interface RememberedFailures {
  readonly failures: FailureRecord
  readonly wait: Wait | null
}

/** What one owner tells the next through the journal: the kind `meta` of the state image. */
export class SessionMemory {
  readonly #state: JournaledState

  constructor(state: JournaledState) {
    this.#state = state
  }

  /** WhatsApp has accepted a login of this identity: a 401 means that it was unlinked. */
  get everLoggedIn(): boolean {
    return this.#state.image.get('meta', 'everLoggedIn') !== undefined
  }

  /** The phone has unlinked this identity. */
  get loggedOut(): boolean {
    return this.#state.image.get('meta', 'loggedOut') !== undefined
  }

  /** What the logged-out identity left was put aside. */
  get archived(): boolean {
    return this.#state.image.get('meta', 'archived') !== undefined
  }

  /** Null when there were none, or none of a shape that is known here. */
  get failures(): RememberedFailures | null {
    const replaced = this.#read('replaced', ids.replaced)
    const counted = this.#read('failures', ids.failures)
    if (!replaced && !counted) return null
    const { wait, ...rows } = counted ?? { whatsapp: 0, pairings: 0, openedAtMs: null, wait: waitAfter(replaced?.dialAtMs ?? 0) }
    return { failures: { ...rows, replacedAtMs: replaced?.atMs ?? [] }, wait }
  }

  rememberLogin(): void {
    if (!this.everLoggedIn) this.#write({ everLoggedIn: '1' })
  }

  rememberLogout(): void {
    this.#write({ loggedOut: '1' })
  }

  rememberArchived(): void {
    this.#write({ archived: '1' })
  }

  /** Rides on the next record, which is to be the one that says what the session waits for. */
  rememberFailures({ failures: { replacedAtMs, ...rows }, wait }: RememberedFailures): void {
    const isNothing = rows.whatsapp === 0 && rows.pairings === 0 && wait === null
    const replaced = { atMs: [...replacedAtMs], dialAtMs: wait?.untilMs ?? 0 }
    this.#carry({
      failures: isNothing ? null : ids.failures.encode({ ...rows, wait }),
      replaced: replacedAtMs.length === 0 ? null : ids.replaced.encode(replaced),
    })
  }

  /** The identity that this was true of has ended. */
  forgetIdentity(): void {
    this.#write({ loggedOut: null, everLoggedIn: null, archived: null })
  }

  #read<Value>(id: keyof typeof ids, codec: ValueCodec<Value>): Value | null {
    const encoded = this.#state.image.get('meta', id)
    return encoded === undefined ? null : (codec.schema.safeParse(codec.decode(encoded)).data ?? null)
  }

  #write(meta: MetaChanges): void {
    this.#state.change({ keys: { meta } })
  }

  /** What is as it was makes no record longer. */
  #carry(meta: MetaChanges): void {
    const changed = Object.entries(meta).filter(([id, value]) => (this.#state.image.get('meta', id) ?? null) !== value)
    if (changed.length > 0) this.#state.later({ meta: Object.fromEntries(changed) })
  }
}

/** An owner of an earlier version remembered only that the session was replaced. */
const waitAfter = (dialAtMs: number): Wait => ({ untilMs: dialAtMs, state: 'REPLACED', reason: 'replaced-waiting' })
