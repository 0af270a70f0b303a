import { setImmediate as nextTurn } from 'node:timers/promises'
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
import type { News } from '../../heard.ts'
import type { SessionState } from '../../session-state.ts'
import type { StateKind } from '@holdfast/core/journal/state-kinds'
import { decodeValue } from '../signal/codec.ts'
import type { KeyStore } from '../signal/key-store.ts'
import { namesWithNews, newsQuestion, type StoredVersion } from './app-state-news.ts'
import { interceptStanzas } from './message-order.ts'

/** Marks all collections as pending. Stored with each key that the phone shares, since any collection may have lacked the key. */
export const PENDING_APP_STATE = {
  'app-state-pending': Object.fromEntries(ALL_WA_PATCH_NAMES.map((name) => [name, '1'])),
} satisfies KeyChanges

/** The limit of one fetch. Beyond it the fetch has failed, and its connection fetches no more until the hanging call ends. */
const FETCH_LIMIT_MS = 120_000

/** The limit of the way of what a fetch brought to the journal. Beyond it the fetch has failed, so that the versions stay as they were. */
const TELL_LIMIT_MS = 60_000

/** The pause after a failed fetch. */
const AGAIN_MS = 60_000

type Socket = Pick<WASocket, 'resyncAppState' | 'sendMessageAck' | 'ws' | 'query' | 'generateMessageTag'> & {
  readonly ev: Pick<WASocket['ev'], 'flush'>
}

const isName = (name: string | undefined): name is WAPatchName => ALL_WA_PATCH_NAMES.some((known) => known === name)

/**
 * Fetches the app state, which the phone syncs to its companions: names of contacts, muted and archived chats. Baileys would
 * fetch it before it acknowledges the notification of a change. Everything behind that notification would wait: messages as well,
 * when the notification came with the backlog. So this class records and acknowledges the notification and fetches independently.
 *
 * The stored app state is a cache. The version of a collection is stored after what it brings, however it was fetched: WhatsApp sends
 * only what is newer than the version that we name, so a version alone would lose the changes before it.
 */
export class AppState {
  readonly #socket: Socket
  readonly #state: SessionState
  readonly #keyStore: KeyStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #hasKey: () => boolean
  readonly #whenHeard: () => Promise<void>
  /** Collections that became pending again during the current fetch, which may have been too early for them. */
  readonly #pendingAgain = new Set<string>()
  /** Changes of ours that are under way. */
  readonly #ownChanges = new Set<Promise<void>>()
  #fetching = false
  #isOpen = false
  #hangs = false
  #isWhole = false
  #telling: Promise<unknown> = Promise.resolve()
  #cancelAgain: () => void = () => {}

  constructor(options: {
    socket: Socket
    state: SessionState
    keyStore: KeyStore
    clock: Clock
    logger: Logger
    /** True when the phone has shared a key. Without one no app state can be decrypted. */
    hasKey: () => boolean
    /** Resolves when everything that Baileys' events told is on its way to the journal: what follows is durable only after it. */
    whenHeard: () => Promise<void>
  }) {
    this.#socket = options.socket
    this.#state = options.state
    this.#keyStore = options.keyStore
    this.#clock = options.clock
    this.#logger = options.logger
    this.#hasKey = options.hasKey
    this.#whenHeard = options.whenHeard
    // Also of a fetch that Baileys makes by itself, before it changes a chat.
    options.keyStore.onUntold(() => {
      this.#tell().catch((error: unknown) =>
        this.#logger.warn({ error }, 'App state could not be taken in; it is fetched again.'),
      )
    })
    interceptStanzas(options.socket.ws, 'CB:notification', (stanza) => this.#takes(stanza))
  }

  /** True while Baileys tells the whole of collections, not what has changed in them. */
  get isWhole(): boolean {
    return this.#isWhole
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

  /**
   * Asks for changes since the stored versions, without taking them. Those that no notice told of are fetched as if one had come.
   */
  async askForNews(): Promise<News> {
    const versions = this.#versions()
    if (versions.length === 0 || !this.#isOpen) return 'unknown'
    try {
      const id = this.#socket.generateMessageTag()
      const answer = (await this.#socket.query(newsQuestion(id, versions))) as BinaryNode | undefined
      // Baileys returns undefined for a query that timed out.
      if (!answer) return 'unanswered'
      const changed = namesWithNews(answer, versions).filter((name) => !this.#isPending(name))
      if (changed.length === 0) return 'none'
      this.#change('app-state-pending', changed, '1')
      this.fetch()
      return 'news'
    } catch {
      return this.#isOpen ? 'unanswered' : 'unknown'
    }
  }

  /**
   * Does a change of ours, of which WhatsApp tells our other devices only. Its collection is pending before anything of the change leaves, so
   * that the next owner fetches what a crash has kept from the lists; and its version is stored after what the caller makes of the change, in
   * the turn in which this resolves.
   */
  async changing<T>(name: WAPatchName, change: () => Promise<T>): Promise<T> {
    this.#change('app-state-pending', [name], '1')
    if (this.#fetching) this.#pendingAgain.add(name)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ownChanges.add(promise)
    try {
      return await change()
    } finally {
      void nextTurn().then(() => {
        this.#ownChanges.delete(promise)
        resolve()
        this.fetch()
      })
    }
  }

  /** Stops fetching: the connection is over. */
  close(): void {
    this.#isOpen = false
    this.#cancelAgain()
  }

  /** Fetches the pending collections, unless a fetch is running. */
  fetch(): void {
    const names = this.#pending()
    if (this.#fetching || this.#hangs || this.#ownChanges.size > 0 || !this.#isOpen || names.length === 0 || !this.#hasKey())
      return
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

  /** Fetches changes apart from whole collections, which Baileys tells in the same words. */
  async #fetch(names: readonly WAPatchName[]): Promise<void> {
    const { changes = [], whole = [] } = Object.groupBy(names, (name) => (this.#hasVersion(name) ? 'changes' : 'whole'))
    if (changes.length > 0) await this.#fetchAlike(changes, false)
    if (whole.length > 0) await this.#fetchAlike(whole, true)
  }

  async #fetchAlike(names: readonly WAPatchName[], isWhole: boolean): Promise<void> {
    this.#isWhole = isWhole
    try {
      this.#hangs = true
      // Never as a first fetch: for that Baileys keeps what it reads of a chat until a history that it does not get here.
      const fetched = this.#socket.resyncAppState(names, false).finally(() => {
        this.#hangs = false
      })
      await within(this.#clock, FETCH_LIMIT_MS, fetched)
      await this.#tell()
    } finally {
      this.#isWhole = false
    }
    // A collection without a version was empty, or its key is missing. It stays pending for the next key or connection.
    const done = names.filter((name) => this.#hasVersion(name) && !this.#pendingAgain.has(name))
    if (done.length > 0 && this.#isOpen) this.#change('app-state-pending', done, null)
  }

  /** Leads what the untold versions bring to the journal, and then the versions. One call at a time, in order. */
  #tell(): Promise<void> {
    const told = this.#telling.then(async () => {
      // Baileys tells of a fetch after the end of its transaction.
      await nextTurn()
      while (this.#ownChanges.size > 0) await Promise.all(this.#ownChanges)
      const versions = this.#keyStore.untold
      if (!this.#isOpen || Object.keys(versions).length === 0) return
      this.#socket.ev.flush()
      await within(this.#clock, TELL_LIMIT_MS, this.#whenHeard())
      this.#keyStore.told(versions)
    })
    this.#telling = told.catch(() => {})
    return told
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

  #isPending(name: WAPatchName): boolean {
    const isUntold = this.#keyStore.untold[name] !== undefined
    return this.#fetching || isUntold || this.#state.image.get('app-state-pending', name) !== undefined
  }

  #hasVersion(name: WAPatchName): boolean {
    return this.#state.image.get('app-state-sync-version', name) !== undefined
  }

  #versions(): StoredVersion[] {
    return ALL_WA_PATCH_NAMES.flatMap((name) => {
      const encoded = this.#state.image.get('app-state-sync-version', name)
      if (encoded === undefined || this.#isPending(name)) return []
      return [{ name, version: (decodeValue('app-state-sync-version', encoded) as { version: number }).version }]
    })
  }

  #pending(): WAPatchName[] {
    return [...this.#state.image.entries('app-state-pending')].map(([name]) => name).filter(isName)
  }

  #change(kind: StateKind, names: readonly string[], value: string | null): void {
    this.#state.change({ keys: { [kind]: Object.fromEntries(names.map((name) => [name, value])) } })
  }
}
