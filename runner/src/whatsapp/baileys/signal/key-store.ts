import { AsyncLocalStorage } from 'node:async_hooks'
import type { SignalDataSet, SignalDataTypeMap, SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Mutation } from '@holdfast/core/journal/mutation'
import { type CountedKind, isCountedKind, STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { ArchivedRecords, SessionState } from '../../session-state.ts'
import { inArchive, takenBack } from './archived-records.ts'
import { Locks } from './locks.ts'
import { Transaction, encodeValues, readValues, type Changes } from './transaction.ts'

/** A running transaction, and the function that frees its lock for the next one. */
interface Running {
  readonly transaction: Transaction
  free: () => void
  /** True once the transaction has exchanged its lock for that of the app state. */
  isAside: boolean
}

/**
 * The kind that marks a fetch of app state. Such a fetch is one transaction, begins with a read of this kind, and waits for the
 * server and for downloads. Baileys runs it under the lock of everything that is sent, so from this read on it gets its own lock.
 */
const APP_STATE = 'app-state-sync-version'

/** Versions of app state by the names of their collections, encoded. Null: removed. */
type Versions = Readonly<Record<string, string | null>>

/**
 * Gives Baileys the keys of one connection, over the session's state. A set is applied to the image and queued in the journal in
 * the same tick. The caller need not wait: frames that depend on the change wait at the gate.
 *
 * This class also replaces Baileys' transactions, since Baileys' own ones send frames before they commit.
 *
 * Our own code gets its transaction as an argument. Baileys' code cannot: it calls `get` and `set` of one shared object, opens a
 * transaction within another, and writes frames to the socket in the middle of one, each time without naming the transaction.
 * Only for these three calls the transaction is ambient.
 *
 * Versions of app state wait: Baileys writes a version before it tells what the version brings. A fetch that fails leaves none, and of
 * one that ends the versions are *untold* until `told`. A crash before that makes the next owner fetch the same changes again.
 */
export class KeyStore {
  readonly #state: SessionState
  readonly #archived: ArchivedRecords
  readonly #changedCreds: () => string | undefined
  readonly #ambient = new AsyncLocalStorage<Running | null>()
  /** Locks of this connection only. An older connection may hold its locks for a minute, and its writes are refused anyway. */
  readonly #locks = new Locks()
  readonly #end = new AbortController()
  #shared: SignalKeyStoreWithTransaction | null = null
  #untold: Versions = {}
  #onUntold: () => void = () => {}

  constructor(options: { state: SessionState; archived: ArchivedRecords; changedCreds: () => string | undefined }) {
    this.#state = options.state
    this.#archived = options.archived
    this.#changedCreds = options.changedCreds
  }

  isInstalledOn(keys: unknown): boolean {
    return this.#shared === keys
  }

  get isClosed(): boolean {
    return this.#end.signal.aborted
  }

  /** Refuses all later writes: the connection is over, and its late handlers must not change the state of the next one. */
  close(): void {
    this.#end.abort()
  }

  /** The plain store that the socket is configured with. */
  readonly store = {
    get: async <Kind extends keyof SignalDataTypeMap>(kind: Kind, ids: string[]) => {
      if (kind === APP_STATE) await this.#stepAside()
      const { transaction } = this.#running ?? {}
      if (kind === APP_STATE) {
        return readValues(this.#state.image, kind, ids, { ...this.#untold, ...transaction?.changesOf(APP_STATE) })
      }
      const missing = isCountedKind(kind) ? inArchive(this.#archived, this.#state.image, kind, ids, transaction) : []
      const back = isCountedKind(kind) && missing.length > 0 ? await this.#takeBack(kind, missing, transaction) : {}
      return transaction?.get(kind, ids) ?? readValues(this.#state.image, kind, ids, back)
    },
    set: async (data: SignalDataSet) => {
      const running = this.#running
      if (running) running.transaction.set(data)
      else {
        const changes = this.#withoutVersions(encodeValues(data))
        if (Object.keys(changes).length > 0) this.#write(changes, this.#change)
      }
    },
  }

  /** Fetches archived records before the caller's turn in the queue, so that the queue need not wait for the store. */
  async fetchArchived(kind: CountedKind, ids: readonly string[]): Promise<void> {
    const missing = inArchive(this.#archived, this.#state.image, kind, ids)
    for (const id of missing) await this.#archived.read(kind, id, this.#end.signal)
  }

  /**
   * Reads the archived ones of these records. In a transaction they become part of it: a record comes back together with its use, or
   * not at all.
   */
  async #takeBack(
    kind: CountedKind,
    ids: readonly string[],
    transaction?: Transaction,
  ): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {}
    for (const id of ids) {
      const record = await this.#archived.read(kind, id, this.#end.signal)
      // Somebody else may have taken it back, or have written a newer one, in the meantime.
      if (!inArchive(this.#archived, this.#state.image, kind, [id], transaction).includes(id)) continue
      const changes = takenBack(kind, id, record)
      transaction?.join(changes)
      const value = changes[kind]?.[id]
      if (value) found[id] = value
    }
    return found
  }

  /** The versions of app state whose changes are not told yet. */
  get untold(): Versions {
    return this.#untold
  }

  /** Sets the listener that is called when a version becomes untold. */
  onUntold(listener: () => void): void {
    this.#onUntold = listener
  }

  /** Commits versions of app state: what they bring is in the journal. */
  told(versions: Versions): void {
    const done = Object.entries(versions).filter(([name, version]) => this.#untold[name] === version)
    if (done.length === 0 || this.isClosed) return
    this.#untold = Object.fromEntries(Object.entries(this.#untold).filter(([name]) => !done.some(([other]) => other === name)))
    this.#state.change({ keys: { [APP_STATE]: Object.fromEntries(done) } })
  }

  /** Replaces reads, writes and transactions on the object that all of Baileys shares. */
  install(keys: SignalKeyStoreWithTransaction): void {
    const known: Partial<SignalKeyStoreWithTransaction> = keys
    if (typeof known.transaction !== 'function' || typeof known.isInTransaction !== 'function') {
      throw new HoldfastError('library-changed', 'The keys of Baileys have no transactions to replace.')
    }
    this.#shared = keys
    Object.assign(keys, {
      get: this.store.get,
      set: this.store.set,
      isInTransaction: () => this.#running !== null,
      transaction: <T>(work: () => Promise<T>, lock: string) => this.transaction(work, lock),
    })
  }

  /** Runs the work and commits its writes as one mutation. A transaction inside another is part of the outer one. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, lock: string): Promise<T> {
    const outer = this.#running
    if (outer) return work(outer.transaction)
    const transaction = new Transaction(this.#state.image)
    const running: Running = { transaction, free: await this.#locks.acquire(lock), isAside: false }
    try {
      const result = await this.#ambient.run(running, () => work(transaction))
      transaction.end()
      this.#commit(transaction, true)
      return result
    } finally {
      transaction.end()
      running.free()
    }
  }

  /** Runs the work outside the caller's transaction, so that it may have a transaction of its own. */
  outside<T>(work: () => T): T {
    return this.#ambient.run(null, work)
  }

  /** Commits the current writes of the caller's transaction and changed credentials. The gate calls it before it tags a frame. */
  commitPending(): void {
    const running = this.#running
    if (running) this.#commit(running.transaction, false)
    this.commitCreds()
  }

  commitCreds(): void {
    if (this.isClosed) return
    const creds = this.#changedCreds()
    if (creds !== undefined) this.#state.change({ creds })
  }

  /** The caller's transaction. Null without one, and once it is over. */
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

  /** @param isOver false in the middle of the transaction, which may still fail */
  #commit(transaction: Transaction, isOver: boolean): void {
    if (transaction.isEmpty) return
    const { changes, commit } = transaction.take(isOver ? undefined : APP_STATE)
    const rest = this.#withoutVersions(changes)
    if (commit || Object.keys(rest).length > 0) this.#write(rest, commit ?? this.#change)
  }

  /** Takes the versions of app state out of the changes. They become untold. */
  #withoutVersions({ [APP_STATE]: versions, ...rest }: Changes): Changes {
    if (versions && !this.isClosed) {
      this.#untold = { ...this.#untold, ...versions }
      this.#onUntold()
    }
    return rest
  }

  readonly #change = (mutation: Mutation): void => void this.#state.change(mutation)

  /** Writes nothing once the connection is over. */
  #write(changes: Changes, commit: (mutation: Mutation) => void): void {
    if (this.isClosed) return
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
