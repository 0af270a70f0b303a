import { HoldfastError } from '@holdfast/core/platform/errors'
import type {
  Change,
  CountQuery,
  DocumentCounter,
  DocumentSnapshot,
  DocumentStore,
  Fields,
  ListedObject,
  ListenerEvent,
  ObjectStore,
  Query,
  StoredObject,
} from '@holdfast/core/platform/ports'
import { committed, type Documents, queried, snapshotOf } from '../../support/memory-documents.ts'
import { differences } from '../queue-model/store.ts'

interface Listener {
  readonly query: Query
  readonly onEvents: (events: ListenerEvent[]) => void
  heard: readonly DocumentSnapshot[]
  isCalled: boolean
}

interface KeptObject {
  readonly bytes: Buffer
  readonly generation: string
  readonly createdAt: Date
}

type Objects = ReadonlyMap<string, KeptObject>

/**
 * Firestore and a bucket in memory. A copy goes its own way from then on: what a runner does on a copy, it does after its death.
 */
export class Stores implements DocumentStore, DocumentCounter {
  readonly #listeners = new Set<Listener>()
  readonly #watchers = new Set<() => void>()
  #documents: Documents
  #objects: Objects
  #lastMicros = 0
  #aheadMicros = 0
  #generations = 0

  constructor(copied: { documents: Documents; objects: Objects } = { documents: new Map(), objects: new Map() }) {
    this.#documents = copied.documents
    this.#objects = copied.objects
  }

  copy(): Stores {
    const copy = new Stores({ documents: this.#documents, objects: this.#objects })
    copy.#lastMicros = this.#lastMicros
    copy.#aheadMicros = this.#aheadMicros
    copy.#generations = this.#generations
    return copy
  }

  /** Lets time pass, so that silent runners count as dead. */
  pass(ms: number): void {
    this.#aheadMicros += ms * 1000
  }

  get #nowMicros(): number {
    return Math.max(Date.now() * 1000 + this.#aheadMicros, this.#lastMicros)
  }

  async commit(changes: readonly Change[]): Promise<void> {
    const nowMicros = Math.max(this.#nowMicros, this.#lastMicros + 1)
    this.#documents = committed(this.#documents, changes, nowMicros)
    this.#lastMicros = nowMicros
    for (const listener of this.#listeners) this.#call(listener)
    for (const watcher of this.#watchers) watcher()
  }

  async read(path: string): Promise<DocumentSnapshot | null> {
    return snapshotOf(this.#documents, path, this.#nowMicros)
  }

  async query(query: Query): Promise<DocumentSnapshot[]> {
    return queried(this.#documents, query, this.#nowMicros)
  }

  async count(query: CountQuery): Promise<number> {
    return queried(this.#documents, query, this.#nowMicros).length
  }

  listen(query: Query, onEvents: (events: ListenerEvent[]) => void): () => void {
    const listener: Listener = { query, onEvents, heard: [], isCalled: false }
    this.#listeners.add(listener)
    this.#call(listener, true)
    return () => void this.#listeners.delete(listener)
  }

  /** Resolves when the condition holds. It is asked again after each commit. */
  until(condition: () => boolean, what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = (): void => {
      if (condition()) resolve()
    }
    const timer = setTimeout(() => reject(new Error(`In vain waited for: ${what}.`)), LONGEST_WAIT_MS)
    this.#watchers.add(look)
    look()
    return promise.finally(() => {
      clearTimeout(timer)
      this.#watchers.delete(look)
    })
  }

  /** Asks the waiting conditions again. */
  stir(): void {
    for (const watcher of this.#watchers) watcher()
  }

  /** Reads without waiting. For the drill only. */
  fieldsOf(path: string): Fields | null {
    return snapshotOf(this.#documents, path, this.#nowMicros)?.fields ?? null
  }

  /** The paths of all documents below a path, and the names of all objects. */
  get paths(): readonly string[] {
    return [...this.#documents.keys()]
  }

  get names(): readonly string[] {
    return [...this.#objects.keys()].toSorted()
  }

  /** The document as it is stored, to compare it with a later one. */
  stored(path: string): unknown {
    return this.#documents.get(path)?.fields
  }

  bytesOf(name: string): Buffer | null {
    return this.#objects.get(name)?.bytes ?? null
  }

  /** Replaces an object, or removes it. With `inPlace` it keeps its generation, as a disk that fails would leave it. */
  damage(name: string, bytes: Buffer | null, { inPlace }: { inPlace: boolean }): void {
    const objects = new Map(this.#objects)
    const known = objects.get(name)
    objects.delete(name)
    if (bytes) {
      const generation = inPlace && known ? known.generation : String(++this.#generations)
      objects.set(name, { bytes, generation, createdAt: known?.createdAt ?? new Date() })
    }
    this.#objects = objects
  }

  readonly objects: ObjectStore = {
    placeOf: (name) => `memory:${name}`,
    create: async (name, bytes) => {
      if (this.#objects.has(name)) throw new HoldfastError('already-exists', `The object ${name} exists already.`)
      const generation = String(++this.#generations)
      this.#objects = new Map(this.#objects).set(name, { bytes: Buffer.from(bytes), generation, createdAt: new Date() })
      return { generation }
    },
    read: async (name, generation): Promise<StoredObject | null> => {
      const found = this.#objects.get(name)
      if (!found || (generation !== undefined && generation !== found.generation)) return null
      return { bytes: Buffer.from(found.bytes), generation: found.generation }
    },
    list: async (prefix) => this.names.filter((name) => name.startsWith(prefix)),
    describe: async (prefix): Promise<ListedObject[]> =>
      this.names
        .filter((name) => name.startsWith(prefix))
        .map((name) => {
          const { bytes, createdAt } = this.#objects.get(name) as KeptObject
          return { name, bytes: bytes.length, createdAt }
        }),
  }

  /** Lets the listener hear what has changed since it heard last. */
  #call(listener: Listener, isFirst = false): void {
    if (listener.isCalled) return
    listener.isCalled = true
    setImmediate(() => {
      listener.isCalled = false
      if (!this.#listeners.has(listener)) return
      const found = queried(this.#documents, listener.query, this.#nowMicros)
      const events = differences(listener.heard, found)
      listener.heard = found
      if (isFirst || events.length > 0) listener.onEvents(events)
    })
  }
}

const LONGEST_WAIT_MS = 30_000

/** The stores as one runner sees them, until it dies. */
export class RunnerStores implements DocumentStore {
  #stores: Stores
  readonly objects: ObjectStore

  constructor(stores: Stores) {
    this.#stores = stores
    this.objects = {
      placeOf: (name) => this.#stores.objects.placeOf(name),
      create: (name, bytes) => this.#stores.objects.create(name, bytes),
      read: (name, generation) => this.#stores.objects.read(name, generation),
      list: (prefix) => this.#stores.objects.list(prefix),
      describe: (prefix) => this.#stores.objects.describe(prefix),
    }
  }

  /** From now on, nothing that the runner does reaches the stores that the others see. */
  die(): void {
    this.#stores = this.#stores.copy()
  }

  commit(changes: readonly Change[]): Promise<void> {
    return this.#stores.commit(changes)
  }

  read(path: string): Promise<DocumentSnapshot | null> {
    return this.#stores.read(path)
  }

  query(query: Query): Promise<DocumentSnapshot[]> {
    return this.#stores.query(query)
  }

  listen(query: Query, onEvents: (events: ListenerEvent[]) => void): () => void {
    return this.#stores.listen(query, onEvents)
  }
}
