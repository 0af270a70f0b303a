import { AsyncLocalStorage } from 'node:async_hooks'
import type { SignalDataSet, SignalDataTypeMap, SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Mutation } from '@holdfast/core/journal/mutation'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { SessionState } from '../../port.ts'
import { Locks } from './locks.ts'
import { Transaction, encodeValues, readValues, type Changes } from './transaction.ts'

/** A transaction that is under way, and what gives its lock to the next one. */
interface Running {
  readonly transaction: Transaction
  free: () => void
  /** Has exchanged its lock for that of the app state. */
  isAside: boolean
}

/**
 * Fetching app state is one transaction, under the lock of everything that is sent, and waits for the server and for downloads.
 * It begins with reading this kind: from there on it has a lock of its own.
 */
const APP_STATE = 'app-state-sync-version'

/**
 * The keys of one connection, as Baileys reads and writes them, over the session's state. A set is applied to the image and queued
 * in the journal in the same tick; what it causes to be said waits at the gate, so nobody has to wait here.
 *
 * The transactions are ours as well: Baileys' own send frames before they commit.
 *
 * Our own code gets its transaction as an argument. Baileys' code cannot: it calls `get` and `set` of one shared object, opens a
 * transaction within another, and writes frames to the socket in the middle of one, each time without saying for which transaction.
 * Only for these three calls the transaction is ambient.
 */
export class KeyStore {
  readonly #state: SessionState
  readonly #changedCreds: () => string | undefined
  readonly #ambient = new AsyncLocalStorage<Running | null>()
  /** Per connection: an older one may wait for its server for a minute, and what it writes is refused anyway. */
  readonly #locks = new Locks()
  #closed = false
  #shared: SignalKeyStoreWithTransaction | null = null

  constructor(options: { state: SessionState; changedCreds: () => string | undefined }) {
    this.#state = options.state
    this.#changedCreds = options.changedCreds
  }

  isInstalledOn(keys: unknown): boolean {
    return this.#shared === keys
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Refuses writes from now on: the connection is over, and its late handlers must not write into the next one's state. */
  close(): void {
    this.#closed = true
  }

  /** The plain store that the socket is configured with. */
  readonly store = {
    get: async <Kind extends keyof SignalDataTypeMap>(kind: Kind, ids: string[]) => {
      if (kind === APP_STATE) await this.#stepAside()
      return this.#running?.transaction.get(kind, ids) ?? readValues(this.#state.image, kind, ids)
    },
    set: async (data: SignalDataSet) => {
      const running = this.#running
      if (running) running.transaction.set(data)
      else this.#write(encodeValues(data), this.#change)
    },
  }

  /** Replaces the transactions on the very object that all of Baileys shares. */
  install(keys: SignalKeyStoreWithTransaction): void {
    const known: Partial<SignalKeyStoreWithTransaction> = keys
    if (typeof known.transaction !== 'function' || typeof known.isInTransaction !== 'function') {
      throw new HoldfastError('library-changed', 'The keys of Baileys have no transactions that could be replaced.')
    }
    this.#shared = keys
    Object.assign(keys, {
      get: this.store.get,
      set: this.store.set,
      isInTransaction: () => this.#running !== null,
      transaction: <T>(work: () => Promise<T>, lock: string) => this.transaction(work, lock),
    })
  }

  /** Runs the work; what it writes becomes one mutation. A transaction inside another is part of it. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, lock: string): Promise<T> {
    const outer = this.#running
    if (outer) return work(outer.transaction)
    const transaction = new Transaction(this.#state.image)
    const running: Running = { transaction, free: await this.#locks.acquire(lock), isAside: false }
    try {
      const result = await this.#ambient.run(running, () => work(transaction))
      transaction.end()
      this.#commit(transaction)
      return result
    } finally {
      transaction.end()
      running.free()
    }
  }

  /** Runs work that is no part of the transaction that it is called in: it may have one of its own. */
  outside<T>(work: () => T): T {
    return this.#ambient.run(null, work)
  }

  /** Before a frame is tagged: what the transaction around it has written so far is committed, and so are changed credentials. */
  commitPending(): void {
    const running = this.#running
    if (running) this.#commit(running.transaction)
    this.commitCreds()
  }

  commitCreds(): void {
    if (this.#closed) return
    const creds = this.#changedCreds()
    if (creds !== undefined) this.#state.change({ creds })
  }

  /** The transaction that the caller is in; null once it is over. */
  get #running(): Running | null {
    const running = this.#ambient.getStore()
    return running && !running.transaction.isOver ? running : null
  }

  async #stepAside(): Promise<void> {
    const running = this.#running
    if (!running || running.isAside || !running.transaction.isEmpty) return
    running.isAside = true
    running.free()
    running.free = await this.#locks.acquire(APP_STATE)
  }

  #commit(transaction: Transaction): void {
    if (transaction.isEmpty) return
    const { changes, commit } = transaction.take()
    this.#write(changes, commit ?? this.#change)
  }

  readonly #change = (mutation: Mutation): void => void this.#state.change(mutation)

  /** Writes nothing once the connection is over. */
  #write(changes: Changes, commit: (mutation: Mutation) => void): void {
    if (this.#closed) return
    const creds = this.#changedCreds()
    this.#dropOldPreKeys(changes)
    commit({ keys: changes, ...(creds === undefined ? {} : { creds }) })
  }

  #dropOldPreKeys(changes: Changes): void {
    const added = Object.entries(changes['pre-key'] ?? {}).filter(([, value]) => value !== null)
    if (added.length === 0) return
    const limit = Math.max(...added.map(([id]) => Number(id))) - STATE_KINDS['pre-key'].prune.distance
    if (limit <= 0) return
    for (const [id] of this.#state.image.entries('pre-key')) {
      if (Number(id) < limit) (changes['pre-key'] ??= {})[id] = null
    }
  }
}
