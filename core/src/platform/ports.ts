import type { TimerName } from './timers.ts'

/** Interfaces to the outside world. Tests replace them. */

export interface Clock {
  /** Milliseconds since the epoch, by this machine. Never used to judge whether an owner is dead. */
  now(): number
  /** Milliseconds that never go back. For measuring only. */
  monotonic(): number
  /** Calls back once. The returned function cancels. The name tells what the timer is for. */
  after(delayMs: number, callback: () => void, name: TimerName): () => void
  every(intervalMs: number, callback: () => void, name: TimerName): () => void
  /** Resolves after the delay, or at once when the signal aborts. Never rejects. */
  sleep(delayMs: number, name: TimerName, signal?: AbortSignal): Promise<void>
}

export interface Random {
  /** In [0, 1). */
  fraction(): number
  bytes(length: number): Buffer
}

/** Replaced by Firestore's own time when the write is applied. */
export const SERVER_TIME = Symbol('server time')

/** Removes the field. In an update only. */
export const REMOVED = Symbol('removed')

/** Appends to a list field unless the list has an equal element, so that a repeated commit changes nothing. */
export class Append {
  readonly elements: readonly unknown[]
  constructor(...elements: readonly unknown[]) {
    this.elements = elements
  }
}

export type Fields = Readonly<Record<string, unknown>>

/** Merges fields into one document: it replaces each named field whole and keeps the others. Values may be SERVER_TIME, Append, Date, Buffer. */
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
  /**
   * Fails the commit when the document is missing, or was changed since the snapshot if one is named. Values may also be REMOVED.
   */
  | { readonly kind: 'update'; readonly path: string; readonly fields: Fields; readonly unlessChangedSince?: DocumentSnapshot }
  /** Fails the commit when the document was changed since the snapshot, if one is named. Otherwise one that is missing is no failure. */
  | { readonly kind: 'delete'; readonly path: string; readonly unlessChangedSince?: DocumentSnapshot }

export interface DocumentSnapshot {
  readonly path: string
  readonly id: string
  /** Time stamps are Dates, bytes are Buffers. */
  readonly fields: Record<string, unknown>
  /** By Firestore's clock, in microseconds since the epoch. */
  readonly createdAtMicros: number
  /** Time of the last change, in the same unit. It differs between any two versions of a document. */
  readonly updatedAtMicros: number
  /** Age of the document's last change at the time of the read, in milliseconds. Both times are Firestore's. */
  readonly silentForMs: number
  /** Only the store that made the snapshot can read it. */
  readonly version: unknown
}

export interface Query {
  /** Slash-separated, e.g. `runners`. */
  readonly collection: string
  readonly where?: readonly (readonly [field: string, operator: '==' | 'in' | '>' | '<=' | '<' | '>=', value: unknown])[]
  /** A field, or `id` for the document's own id. */
  readonly orderBy?: readonly [field: string, direction: 'asc' | 'desc']
  /** Equal values are ordered by the document's id, in the same direction. `startAfter` is then the value and the id. */
  readonly thenById?: true
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

/** Documents in collections, as Firestore has them. Errors carry gRPC's numeric `code`; callers do not decide by it. */
export interface DocumentStore {
  commit(changes: readonly Change[]): Promise<void>
  /** Null only when the store says that the document does not exist. */
  read(path: string): Promise<DocumentSnapshot | null>
  query(query: Query): Promise<DocumentSnapshot[]>
  /** Calls `onEvents` with the present state first, then with each change. Returns the function that ends it. */
  listen(query: Query, onEvents: (events: ListenerEvent[]) => void, onError: (error: unknown) => void): () => void
}

export type CountQuery = Pick<Query, 'collection' | 'where' | 'orderBy'>

/** Counts documents without transferring them. A port of its own, because only the API and schedules count. */
export interface DocumentCounter {
  /** The order only decides which index serves the query. */
  count(query: CountQuery): Promise<number>
}

/** A call of a function, at a time. */
export interface Task {
  /** The queue, which has the name of the function that it calls. */
  readonly queue: 'retries' | 'alerts' | 'webhooks'
  /** Letters, digits, hyphens and underscores. A queue refuses a name again for about an hour after its task has ended. */
  readonly name: string
  /** Ids only. */
  readonly payload: Readonly<Record<string, string | number>>
  /** Absent: at once. At most 30 days ahead. */
  readonly at?: Date
}

export interface TaskQueues {
  /** Resolves with `known` when a task of this name exists or existed a short time ago. */
  enqueue(task: Task): Promise<'queued' | 'known'>
}

export interface StoredObject {
  readonly bytes: Buffer
  /** Cloud Storage's generation, as it prints it. */
  readonly generation: string
}

/** An object without its bytes. */
export interface ListedObject {
  readonly name: string
  /** Its size. */
  readonly bytes: number
  readonly createdAt: Date
}

/** Immutable objects under names that are used once. */
export interface ObjectStore {
  /** Where an object lies, for people. */
  placeOf(name: string): string
  /** Creates the object; throws `already-exists` when the name is taken. Returns its generation. */
  create(name: string, bytes: Buffer): Promise<{ generation: string }>
  /** Null only when the store says that the object does not exist. Every other problem throws. */
  read(name: string, generation?: string): Promise<StoredObject | null>
  /** Names of the objects that begin like this, ascending. */
  list(prefix: string): Promise<string[]>
  /** The same objects, with what the store knows of them. */
  describe(prefix: string): Promise<ListedObject[]>
}

/** Checks cheaply whether a store answers. A port of its own, because ObjectStore knows no buckets. */
export interface StoreCheck {
  /** Throws when the store does not answer or the configured bucket or directory does not exist. */
  check(): Promise<void>
}
