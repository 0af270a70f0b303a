import type {
  Change,
  DocumentCounter,
  DocumentSnapshot,
  DocumentStore,
  ListenerEvent,
  Query,
} from '@holdfast/core/platform/ports'
import { committed, type Documents, queried, snapshotOf } from '../../support/memory-documents.ts'
import type { Turns } from './turns.ts'

/** The document before and after a commit. */
export interface DocumentChange {
  readonly path: string
  readonly before: DocumentSnapshot | null
  readonly after: DocumentSnapshot | null
}

interface Listener {
  readonly actor: string
  readonly query: Query
  readonly onEvents: (events: ListenerEvent[]) => void
  heard: readonly DocumentSnapshot[]
  isCalled: boolean
}

/** The least time between two commits, so that some of them are in one millisecond. */
const COMMIT_MICROS = 700

/** Firestore in memory. The turns decide when an operation takes effect, and when its answer and its events arrive. */
export class TurnedStore {
  readonly #turns: Turns
  readonly #onChange: (actor: string, change: DocumentChange) => void
  readonly #listeners = new Set<Listener>()
  #documents: Documents = new Map()
  #nowMicros = 0

  /** @param onChange called with each document that a commit changes, in the moment of the commit */
  constructor(turns: Turns, onChange: (actor: string, change: DocumentChange) => void) {
    this.#turns = turns
    this.#onChange = onChange
  }

  /** Reads without a step. For the test only. */
  now(path: string): DocumentSnapshot | null {
    return snapshotOf(this.#documents, path, this.#nowMicros)
  }

  documentsOf(actor: string): DocumentStore & DocumentCounter {
    const find = (query: Query) => queried(this.#documents, query, this.#nowMicros)
    return {
      commit: (changes) => this.#turns.perform(actor, `commit of ${actor}`, () => this.#commit(actor, changes)),
      read: (path) => this.#turns.perform(actor, `read of ${actor}`, () => this.now(path)),
      query: (query) => this.#turns.perform(actor, `query of ${actor}`, () => find(query)),
      count: (query) => this.#turns.perform(actor, `count of ${actor}`, () => find(query).length),
      listen: (query, onEvents) => {
        const listener: Listener = { actor, query, onEvents, heard: [], isCalled: false }
        this.#listeners.add(listener)
        this.#call(listener)
        return () => void this.#listeners.delete(listener)
      },
    }
  }

  /** Makes a commit without a step. For the test only. */
  commit(changes: readonly Change[]): void {
    this.#commit('test', changes)
  }

  #commit(actor: string, changes: readonly Change[]): void {
    const nowMicros = Math.max(this.#nowMicros + COMMIT_MICROS, this.#turns.nowMs * 1000)
    const before = this.#documents
    this.#documents = committed(before, changes, nowMicros)
    this.#nowMicros = nowMicros
    for (const path of new Set(changes.map((change) => change.path))) {
      if (before.get(path) === this.#documents.get(path)) continue
      this.#onChange(actor, { path, before: snapshotOf(before, path, nowMicros), after: this.now(path) })
    }
    for (const listener of this.#listeners) if (differences(listener.heard, this.#find(listener)).length > 0) this.#call(listener)
  }

  /** Lets the listener hear what has changed since it heard last. Changes until then arrive together, as those of Firestore may. */
  #call(listener: Listener): void {
    if (listener.isCalled) return
    listener.isCalled = true
    this.#turns.arrive(listener.actor, `event for ${listener.actor}`, () => {
      listener.isCalled = false
      if (!this.#listeners.has(listener)) return
      const found = this.#find(listener)
      const events = differences(listener.heard, found)
      listener.heard = found
      listener.onEvents(events)
    })
  }

  #find({ query }: Listener): DocumentSnapshot[] {
    return queried(this.#documents, query, this.#nowMicros)
  }
}

/** The events of a listener that heard `before` and now finds `after`. */
export function differences(before: readonly DocumentSnapshot[], after: readonly DocumentSnapshot[]): ListenerEvent[] {
  const among = (documents: readonly DocumentSnapshot[], { path }: DocumentSnapshot) => documents.find((one) => one.path === path)
  const removed = before.filter((document) => !among(after, document)).map((document) => ({ kind: 'removed' as const, document }))
  const others = after.flatMap((document): ListenerEvent[] => {
    const known = among(before, document)
    if (!known) return [{ kind: 'added', document }]
    return known.updatedAtMicros === document.updatedAtMicros ? [] : [{ kind: 'modified', document }]
  })
  return [...removed, ...others]
}
