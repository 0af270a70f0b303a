import { AsyncLocalStorage } from 'node:async_hooks'
import type { SignalDataSet, SignalDataTypeMap, SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Entry } from '../../../session/journal/group.ts'
import type { SessionState } from '../../port.ts'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import { decodeValue, encodeValue } from './codec.ts'

/** What a transaction has written so far, encoded, and what is to ride on its record. */
interface Transaction {
  changes: Record<string, Record<string, string | null>>
  entry: Omit<Entry, 'mutation'>
  onApplied: () => void
  done: boolean
  /** Gives its lock to the next one. */
  free: () => void
  /** Has exchanged its lock for that of the app state. */
  isAside?: true
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
 */
export class KeyStore {
  readonly #state: SessionState
  readonly #changedCreds: () => string | undefined
  readonly #current = new AsyncLocalStorage<Transaction>()
  /** Per connection: an older one may wait for its server for a minute, and what it writes is refused anyway. */
  readonly #locks = new Map<string, Promise<void>>()
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
      return this.#read(kind, ids) as Record<string, SignalDataTypeMap[Kind]>
    },
    set: async (data: SignalDataSet) => this.#set(data),
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
      isInTransaction: () => this.#current.getStore() !== undefined,
      transaction: <T>(work: () => Promise<T>, lock: string) => this.transaction(work, lock),
    })
  }

  /** Runs the work; what it writes becomes one mutation. A transaction inside another is part of it. */
  async transaction<T>(work: () => Promise<T>, lock: string): Promise<T> {
    const outer = this.#current.getStore()
    if (outer && !outer.done) return work()
    const transaction: Transaction = {
      changes: {},
      entry: {},
      onApplied: () => {},
      done: false,
      free: await this.#acquire(lock),
    }
    try {
      const result = await this.#current.run(transaction, work)
      transaction.done = true
      this.#commit(transaction)
      return result
    } finally {
      transaction.done = true
      transaction.free()
    }
  }

  /**
   * Adds our own rows and what rides with them to the running transaction, to be committed with the keys it writes. `onApplied` is
   * called in the tick in which they are in the image; never when the connection ended before.
   */
  join(changes: KeyChanges, entry: Omit<Entry, 'mutation'>, onApplied: () => void): void {
    const transaction = this.#current.getStore()
    if (!transaction || transaction.done) throw new Error('There is no transaction to join.')
    for (const [kind, values] of Object.entries(changes)) Object.assign((transaction.changes[kind] ??= {}), values)
    transaction.entry = entry
    transaction.onApplied = onApplied
  }

  /** Before a frame is tagged: what the transaction around it has written so far is committed, and so are changed credentials. */
  commitPending(): void {
    const transaction = this.#current.getStore()
    if (transaction && !transaction.done) this.#commit(transaction)
    this.commitCreds()
  }

  commitCreds(): void {
    if (this.#closed) return
    const creds = this.#changedCreds()
    if (creds !== undefined) this.#state.change({ creds })
  }

  async #acquire(lock: string): Promise<() => void> {
    const before = this.#locks.get(lock) ?? Promise.resolve()
    const { promise: mine, resolve } = Promise.withResolvers<void>()
    this.#locks.set(lock, mine)
    await before
    return () => {
      resolve()
      if (this.#locks.get(lock) === mine) this.#locks.delete(lock)
    }
  }

  async #stepAside(): Promise<void> {
    const transaction = this.#current.getStore()
    if (!transaction || transaction.done || transaction.isAside || Object.keys(transaction.changes).length > 0) return
    transaction.isAside = true
    transaction.free()
    transaction.free = await this.#acquire(APP_STATE)
  }

  #commit(transaction: Transaction): void {
    const { changes, entry, onApplied } = transaction
    if (Object.keys(changes).length === 0) return
    Object.assign(transaction, { changes: {}, entry: {}, onApplied: () => {} })
    if (this.#write(changes, entry)) onApplied()
  }

  /** False when the connection is over. */
  #write(changes: Record<string, Record<string, string | null>>, entry: Omit<Entry, 'mutation'>): boolean {
    if (this.#closed) return false
    const creds = this.#changedCreds()
    this.#dropOldPreKeys(changes)
    this.#state.change({ keys: changes, ...(creds === undefined ? {} : { creds }) }, entry)
    return true
  }

  #read(kind: keyof SignalDataTypeMap, ids: readonly string[]): Record<string, unknown> {
    const written = this.#current.getStore()
    const found: Record<string, unknown> = {}
    for (const id of ids) {
      const own = written && !written.done ? written.changes[kind]?.[id] : undefined
      const encoded = own === undefined ? this.#state.image.get(kind, id) : own
      if (encoded !== undefined && encoded !== null) found[id] = decodeValue(kind, encoded)
    }
    return found
  }

  #set(data: SignalDataSet): void {
    const encoded: Record<string, Record<string, string | null>> = {}
    for (const [kind, values] of Object.entries(data) as [keyof SignalDataTypeMap, Record<string, unknown> | undefined][]) {
      if (!values) continue
      const into: Record<string, string | null> = (encoded[kind] = {})
      for (const [id, value] of Object.entries(values))
        into[id] = value === null || value === undefined ? null : encodeValue(kind, value)
    }
    const transaction = this.#current.getStore()
    if (!transaction || transaction.done) {
      this.#write(encoded, {})
      return
    }
    for (const [kind, values] of Object.entries(encoded)) Object.assign((transaction.changes[kind] ??= {}), values)
  }

  #dropOldPreKeys(changes: Record<string, Record<string, string | null>>): void {
    const added = Object.entries(changes['pre-key'] ?? {}).filter(([, value]) => value !== null)
    if (added.length === 0) return
    const limit = Math.max(...added.map(([id]) => Number(id))) - STATE_KINDS['pre-key'].prune.distance
    if (limit <= 0) return
    for (const [id] of this.#state.image.entries('pre-key')) {
      if (Number(id) < limit) (changes['pre-key'] ??= {})[id] = null
    }
  }
}
