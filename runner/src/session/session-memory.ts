import type { SessionState } from './session-state.ts'

/** Other connections that took this session's place, and when it may dial again. */
export interface Replaced {
  readonly atMs: readonly number[]
  readonly dialAtMs: number
}

/**
 * What one owner tells the next through the journal.
 *
 * PERSISTED CONTRACT v1: kind `meta` of the state image: `everLoggedIn` (`1`), `loggedOut` (`1`), `archived` (`1`),
 * `replaced` (JSON).
 */
export class SessionMemory {
  readonly #state: SessionState

  constructor(state: SessionState) {
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

  get replaced(): Replaced | null {
    const encoded = this.#state.image.get('meta', 'replaced')
    return encoded === undefined ? null : (JSON.parse(encoded) as Replaced)
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

  rememberReplaced(replaced: Replaced): void {
    this.#write({ replaced: JSON.stringify(replaced) })
  }

  /** The identity that this was true of has ended. */
  forgetIdentity(): void {
    this.#write({ loggedOut: null, everLoggedIn: null, archived: null })
  }

  #write(meta: Record<string, string | null>): void {
    this.#state.change({ keys: { meta } })
  }
}
