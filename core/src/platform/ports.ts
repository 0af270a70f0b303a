/** What decisions need from the outside world, so that tests can own it. */

export interface Clock {
  /** Milliseconds since the epoch, by this machine. Never used to judge whether an owner is dead. */
  now(): number
  /** Milliseconds that never go back. For measuring only. */
  monotonic(): number
  /** Calls back once; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void
  every(intervalMs: number, callback: () => void): () => void
  /** Resolves after the delay, or at once when the signal aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

export interface Random {
  /** In [0, 1). */
  fraction(): number
  bytes(length: number): Buffer
}

/** Replaced by Firestore's own time when the write is applied. */
export const SERVER_TIME = Symbol('server time')

/** Appends to a list field unless an equal element is there already, so that a repeated commit changes nothing. */
export class Append {
  readonly elements: readonly unknown[]
  constructor(...elements: readonly unknown[]) {
    this.elements = elements
  }
}

export type Fields = Readonly<Record<string, unknown>>

/** A merge into one document: each field named is replaced whole, the others stay. Values may be SERVER_TIME, Append, Date, Buffer. */
export interface Merge {
  readonly kind: 'merge'
  /** Slash-separated, e.g. `message_queue_jobs/{jobId}`. */
  readonly path: string
  readonly fields: Fields
}

/** One step of a commit. A commit applies all its steps or none. */
export type Change =
  /** Fails the commit when the document exists. */
  | { readonly kind: 'create'; readonly path: string; readonly fields: Fields }
  | Merge
  /** Fails the commit when the document is missing, or was changed since the snapshot if one is named. */
  | { readonly kind: 'update'; readonly path: string; readonly fields: Fields; readonly unlessChangedSince?: DocumentSnapshot }
  | { readonly kind: 'delete'; readonly path: string }

export interface DocumentSnapshot {
  readonly path: string
  readonly id: string
  /** Time stamps are Dates, bytes are Buffers. */
  readonly fields: Record<string, unknown>
  /** By Firestore's clock, in microseconds since the epoch. */
  readonly createdAtMicros: number
  /** How old the document's last change was when it was read, both by Firestore's clock, in milliseconds. */
  readonly silentForMs: number
  /** Opaque to everybody but the store that made the snapshot. */
  readonly version: unknown
}

export interface Query {
  /** Slash-separated, e.g. `runners`. */
  readonly collection: string
  readonly where?: readonly (readonly [field: string, operator: '==' | 'in' | '>' | '<=' | '<' | '>=', value: unknown])[]
  /** A field, or `id` for the document's own id. */
  readonly orderBy?: readonly [field: string, direction: 'asc' | 'desc']
  /** With `orderBy`: only what comes after this value. */
  readonly startAfter?: unknown
  readonly endAt?: string
  readonly limit?: number
  /** Only these fields are transferred. */
  readonly select?: readonly string[]
}

export interface ListenerEvent {
  readonly kind: 'added' | 'modified' | 'removed'
  readonly document: DocumentSnapshot
}

/** Documents in collections, as Firestore has them. Errors carry gRPC's numeric `code`, which nobody decides by. */
export interface DocumentStore {
  commit(changes: readonly Change[]): Promise<void>
  /** Null only when the store says that there is no such document. */
  read(path: string): Promise<DocumentSnapshot | null>
  query(query: Query): Promise<DocumentSnapshot[]>
  /** Calls `onEvents` with the present state first, then with each change. Returns the function that ends it. */
  listen(query: Query, onEvents: (events: ListenerEvent[]) => void, onError: (error: unknown) => void): () => void
}

/** Counting without transferring. Apart from DocumentStore, because only the API and schedules count. */
export interface DocumentCounter {
  count(query: Pick<Query, 'collection' | 'where'>): Promise<number>
}

export interface StoredObject {
  readonly bytes: Buffer
  /** Cloud Storage's generation, as it prints it. */
  readonly generation: string
}

/** Immutable objects under names that are used once. */
export interface ObjectStore {
  /** Where an object lies, for people. */
  placeOf(name: string): string
  /** Creates the object; throws `already-exists` when the name is taken. Returns its generation. */
  create(name: string, bytes: Buffer): Promise<{ generation: string }>
  /** Null only when the store says that there is no such object; every other trouble throws. */
  read(name: string, generation?: string): Promise<StoredObject | null>
  /** LidMap of the objects that begin like this, ascending. */
  list(prefix: string): Promise<string[]>
}

/** Whether a store answers at all, asked for as little as it costs. Apart from ObjectStore, which says nothing of buckets. */
export interface StoreCheck {
  /** Throws when it does not, or when what is configured is not there. */
  check(): Promise<void>
}
