import type { Audience, Hearer } from './audience.ts'
import { finds } from './collection.ts'
import { collectionOf, type Document } from './document.ts'
import type { Micros } from './messages.ts'
import type { Plan } from './plan.ts'
import type { Change, Store } from './store.ts'

/** What a listener is told. */
export interface Outlet {
  document(document: Document): void
  gone(name: string, isDeleted: boolean, at: Micros): void
  /** The listener has to forget what it knows. */
  reset(): void
  /** All is told that has happened until this time. `isFirst`: from now on the listener has the whole answer. */
  upTo(at: Micros, isFirst: boolean): void
}

/** One query, or one document, that a client listens to. */
export class Target implements Hearer {
  readonly plan: Plan
  readonly #store: Store
  readonly #outlet: Outlet
  readonly #stop: () => void
  /** With a limit: the documents that the client has, because one that goes lets another one in. */
  #shown: Map<string, Document> | null = null

  /** `since` is the time up to which the client knows the answer. */
  constructor(
    plan: Plan,
    { store, audience, outlet }: { store: Store; audience: Audience; outlet: Outlet },
    since: Micros | null,
  ) {
    this.plan = plan
    this.#store = store
    this.#outlet = outlet
    this.#stop = audience.add(this)
    const isCut = plan.limit !== Number.POSITIVE_INFINITY || plan.offset > 0
    if (isCut) this.#shown = new Map()
    const missed = since === null || isCut ? null : audience.since(plan.collection, since)
    if (missed) for (const change of onlyLast(missed)) this.#tell(change, store.now())
    else {
      if (since !== null) outlet.reset()
      for (const document of store.find(plan)) {
        this.#shown?.set(document.name, document)
        outlet.document(document)
      }
    }
    outlet.upTo(store.now(), true)
  }

  hear(changes: readonly Change[], at: Micros): void {
    const told = this.#shown ? this.#compare(this.#shown, at) : changes.filter((change) => this.#tell(change, at)).length
    if (told > 0) this.#outlet.upTo(at, false)
  }

  end(): void {
    this.#stop()
  }

  #tell({ name, before, after }: Change, at: Micros): boolean {
    const isIn = after !== null && finds(this.plan, after)
    if (isIn) this.#outlet.document(after)
    else if (before !== null && finds(this.plan, before)) this.#outlet.gone(name, after === null, at)
    else return false
    return true
  }

  #compare(shown: Map<string, Document>, at: Micros): number {
    const found = new Map(this.#store.find(this.plan).map((document) => [document.name, document]))
    const gone = [...shown.keys()].filter((name) => !found.has(name))
    const told = [...found.values()].filter((document) => shown.get(document.name) !== document)
    for (const name of gone) this.#outlet.gone(name, this.#store.read(name) === null, at)
    for (const document of told) this.#outlet.document(document)
    this.#shown = found
    return gone.length + told.length
  }
}

/** Joins the changes of each document to one. */
function onlyLast(changes: readonly Change[]): Change[] {
  const last = new Map<string, Change>()
  for (const change of changes) {
    const earlier = last.get(change.name)
    last.set(change.name, earlier ? { ...change, before: earlier.before } : change)
  }
  return [...last.values()]
}

/** A query that finds one document. */
export const planOfDocument = (name: string): Plan => ({
  collection: collectionOf(name),
  group: null,
  equals: [{ field: '__name__', keys: [`r${name}`] }],
  order: [{ path: null, sign: 1 }],
  side: null,
  filters: [],
  startAt: null,
  endAt: null,
  offset: 0,
  limit: Number.POSITIVE_INFINITY,
  select: null,
})
