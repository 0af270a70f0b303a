import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { Wait } from '@holdfast/core/journal/state-values'
import type { ValueCodec } from '@holdfast/core/journal/value-codec'
import type { FailureRecord } from './connection/failures.ts'
import type { JournaledState } from './journal/journaled-state.ts'

const { ids } = STATE_KINDS.meta.codec

type MetaChanges = { readonly [Id in keyof typeof ids]?: string | null }

/** The failures that an earlier owner counted, and its wait. */
export interface RememberedFailures {
  readonly failures: FailureRecord
  readonly wait: Wait | null
}

/** Facts that one owner leaves to the next through the journal: the kind `meta` of the state image. */
export class SessionMemory {
  readonly #state: JournaledState

  constructor(state: JournaledState) {
    this.#state = state
  }

  /** True when WhatsApp has accepted a login of this identity. A 401 then means that the phone unlinked it. */
  get everLoggedIn(): boolean {
    return this.#state.image.get('meta', 'everLoggedIn') !== undefined
  }

  /** True when this identity was unlinked. */
  get loggedOut(): boolean {
    return this.#state.image.get('meta', 'loggedOut') !== undefined
  }

  /** True when the logged-out identity was backed up. */
  get archived(): boolean {
    return this.#state.image.get('meta', 'archived') !== undefined
  }

  /** Null when no failures are stored, or only some of an unknown shape. */
  get failures(): RememberedFailures | null {
    const replaced = this.#read('replaced', ids.replaced)
    const counted = this.#read('failures', ids.failures)
    if (!replaced && !counted) return null
    const { wait, ...rows } = counted ?? { whatsapp: 0, pairings: 0, openedAtMs: null, wait: waitAfter(replaced?.dialAtMs ?? 0) }
    return { failures: { ...rows, replacedAtMs: replaced?.atMs ?? [] }, wait }
  }

  /** Whether the session was moved in, and when it was then first connected, ms. Null for one that was linked here. */
  get movedIn(): { readonly connectedAtMs: number | null } | null {
    return this.#read('movedIn', ids.movedIn)
  }

  /** Stores the time of the first connection after a move with the next record. */
  rememberArrival(nowMs: number): void {
    if (this.movedIn?.connectedAtMs === null) this.#carry({ movedIn: ids.movedIn.encode({ connectedAtMs: nowMs }) })
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

  /** Stores the failures with the next record, which must be the one that reports the session's wait. */
  rememberFailures({ failures: { replacedAtMs, ...rows }, wait }: RememberedFailures): void {
    const isNothing = rows.whatsapp === 0 && rows.pairings === 0 && wait === null
    const replaced = { atMs: [...replacedAtMs], dialAtMs: wait?.untilMs ?? 0 }
    this.#carry({
      failures: isNothing ? null : ids.failures.encode({ ...rows, wait }),
      replaced: replacedAtMs.length === 0 ? null : ids.replaced.encode(replaced),
    })
  }

  /** Deletes the facts about an identity that has ended. */
  forgetIdentity(): void {
    this.#write({ loggedOut: null, everLoggedIn: null, archived: null, movedIn: null })
  }

  #read<Value>(id: keyof typeof ids, codec: ValueCodec<Value>): Value | null {
    const encoded = this.#state.image.get('meta', id)
    return encoded === undefined ? null : (codec.schema.safeParse(codec.decode(encoded)).data ?? null)
  }

  #write(meta: MetaChanges): void {
    this.#state.change({ keys: { meta } })
  }

  /** Adds changed values to the next record. Unchanged values are left out, so that they make no record longer. */
  #carry(meta: MetaChanges): void {
    const changed = Object.entries(meta).filter(([id, value]) => (this.#state.image.get('meta', id) ?? null) !== value)
    if (changed.length > 0) this.#state.later({ meta: Object.fromEntries(changed) })
  }
}

/** Returns the wait after a replacement: an owner of an earlier version stored only the time of the next dial. */
const waitAfter = (dialAtMs: number): Wait => ({ untilMs: dialAtMs, state: 'REPLACED', reason: 'replaced-waiting' })
