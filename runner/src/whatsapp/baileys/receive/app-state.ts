import {
  ALL_WA_PATCH_NAMES,
  getBinaryNodeChildren,
  type BinaryNode,
  type WAPatchName,
  type WASocket,
} from '@whiskeysockets/baileys'
import { within } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type { SessionState } from '../../port.ts'
import type { StateKind } from '@holdfast/core/journal/state-kinds'
import type { KeyStore } from '../signal/key-store.ts'
import { interceptStanzas } from './message-order.ts'

/** Marks all collections as pending. Stored with each key that the phone shares, since any collection may have lacked the key. */
export const PENDING_APP_STATE = {
  'app-state-pending': Object.fromEntries(ALL_WA_PATCH_NAMES.map((name) => [name, '1'])),
} satisfies KeyChanges

/** The limit of one fetch. Beyond it the fetch has failed, and its connection fetches no more until the hanging call ends. */
const FETCH_LIMIT_MS = 120_000

/** The pause after a failed fetch. */
const AGAIN_MS = 60_000

const isName = (name: string | undefined): name is WAPatchName => ALL_WA_PATCH_NAMES.some((known) => known === name)

/**
 * Fetches the app state, which the phone syncs to its companions: names of contacts, muted and archived chats. Baileys would
 * fetch it before it acknowledges the notification of a change. Everything behind that notification would wait: messages as well,
 * when the notification came with the backlog. So this class records and acknowledges the notification and fetches independently.
 *
 * The stored app state is a cache. A collection whose fetch an earlier owner did not finish is fetched as a whole.
 */
export class AppState {
  readonly #socket: Pick<WASocket, 'resyncAppState' | 'sendMessageAck' | 'ws'>
  readonly #state: SessionState
  readonly #keyStore: KeyStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #hasKey: () => boolean
  readonly #unfinished: Set<string>
  /** Collections that became pending again during the current fetch, which may have been too early for them. */
  readonly #pendingAgain = new Set<string>()
  #fetching = false
  #isOpen = false
  #hangs = false
  #cancelAgain: () => void = () => {}

  constructor(options: {
    socket: Pick<WASocket, 'resyncAppState' | 'sendMessageAck' | 'ws'>
    state: SessionState
    keyStore: KeyStore
    clock: Clock
    logger: Logger
    /** True when the phone has shared a key. Without one no app state can be decrypted. */
    hasKey: () => boolean
  }) {
    this.#socket = options.socket
    this.#state = options.state
    this.#keyStore = options.keyStore
    this.#clock = options.clock
    this.#logger = options.logger
    this.#hasKey = options.hasKey
    this.#unfinished = new Set(this.#pending())
    interceptStanzas(options.socket.ws, 'CB:notification', (stanza) => this.#takes(stanza))
  }

  /** Starts fetching: the server answers queries from now on. */
  opened(): void {
    this.#isOpen = true
    this.fetch()
  }

  /** Fetches with a new key from the phone. All pending collections may have lacked it. */
  keyArrived(): void {
    if (this.#fetching) for (const name of this.#pending()) this.#pendingAgain.add(name)
    this.fetch()
  }

  /** Stops fetching: the connection is over. */
  close(): void {
    this.#isOpen = false
    this.#cancelAgain()
  }

  /** Fetches the pending collections, unless a fetch is running. */
  fetch(): void {
    const names = this.#pending()
    if (this.#fetching || this.#hangs || !this.#isOpen || names.length === 0 || !this.#hasKey()) return
    this.#cancelAgain()
    this.#fetching = true
    this.#fetch(names)
      .catch((error: unknown) => {
        if (!this.#isOpen) return
        this.#logger.warn({ error, collections: names }, 'App state fetch failed; it will be retried.')
        this.#cancelAgain = this.#clock.after(AGAIN_MS, () => this.fetch(), 'app-state')
      })
      .finally(() => {
        this.#fetching = false
        if (this.#pendingAgain.size === 0) return
        this.#pendingAgain.clear()
        this.fetch()
      })
  }

  async #fetch(names: readonly WAPatchName[]): Promise<void> {
    const unfinished = names.filter((name) => this.#unfinished.has(name))
    if (unfinished.length > 0) this.#change('app-state-sync-version', unfinished, null)
    this.#unfinished.clear()
    const isFirst = names.every((name) => this.#state.image.get('app-state-sync-version', name) === undefined)
    this.#hangs = true
    const fetched = this.#socket.resyncAppState(names, isFirst).finally(() => {
      this.#hangs = false
    })
    await within(this.#clock, FETCH_LIMIT_MS, fetched)
    // A collection without a version was empty, or its key is missing. It stays pending for the next key or connection.
    const hasVersion = (name: string) => this.#state.image.get('app-state-sync-version', name) !== undefined
    const done = names.filter((name) => hasVersion(name) && !this.#pendingAgain.has(name))
    if (done.length > 0 && this.#isOpen) this.#change('app-state-pending', done, null)
  }

  /** True for a notification that this class handles instead of Baileys. */
  #takes(stanza: BinaryNode): boolean {
    if (stanza.attrs['type'] !== 'server_sync') return false
    if (this.#keyStore.isClosed) return true
    const all = getBinaryNodeChildren(stanza, 'collection').map(({ attrs }) => attrs['name'])
    const names = all.filter(isName)
    this.#change('app-state-pending', names, '1')
    if (this.#fetching) for (const name of names) this.#pendingAgain.add(name)
    this.#socket.sendMessageAck(stanza).catch(() => {
      // The connection is over. The server sends the notification again.
    })
    this.fetch()
    return true
  }

  #pending(): WAPatchName[] {
    return [...this.#state.image.entries('app-state-pending')].map(([name]) => name).filter(isName)
  }

  #change(kind: StateKind, names: readonly string[], value: string | null): void {
    this.#state.change({ keys: { [kind]: Object.fromEntries(names.map((name) => [name, value])) } })
  }
}
