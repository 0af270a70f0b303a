import { applyWrite, nameIn } from './apply-write.ts'
import { Collection } from './collection.ts'
import { collectionOf, type Document } from './document.ts'
import type { Micros, Value, Write } from './messages.ts'
import type { Plan } from './plan.ts'

/** One document around a commit. */
export interface Change {
  readonly name: string
  readonly before: Document | null
  readonly after: Document | null
}

type Hear = (changes: readonly Change[], at: Micros) => void

interface Result {
  readonly updatedAt: Micros | null
  readonly transformed: readonly Value[]
}

/** All documents of all databases, in memory. Every commit is one step of this process, so that none sees a part of another. */
export class Store {
  readonly #documents = new Map<string, Document>()
  readonly #collections = new Map<string, Collection>()
  readonly #groups = new Map<string, { readonly collection: Collection; readonly holds: (name: string) => boolean }>()
  readonly #listeners = new Set<Hear>()
  #latest: Micros = 0

  /** The time by this server's clock. It never goes back. */
  now(): Micros {
    this.#latest = Math.max(this.#latest, Date.now() * 1000)
    return this.#latest
  }

  read(name: string): Document | null {
    return this.#documents.get(name) ?? null
  }

  find(plan: Plan): Document[] {
    return this.#collectionFor(plan).find(plan)
  }

  count(plan: Plan): number {
    return this.#collectionFor(plan).count(plan)
  }

  /** Applies all writes or, when it throws, none. Each commit has a time of its own. */
  commit(writes: readonly Write[]): { at: Micros; results: Result[] } {
    const at = Math.max(this.#latest + 1, Date.now() * 1000)
    const changed = new Map<string, Document | null>()
    const results = writes.map((write): Result => {
      const name = nameIn(write)
      const before = this.read(name)
      const known = changed.get(name)
      const { after, transformed } = applyWrite(write, before, known === undefined ? before : known, at)
      changed.set(name, after)
      return { updatedAt: after?.updatedAt ?? null, transformed }
    })
    this.#latest = at
    const changes = [...changed].flatMap(([name, after]): Change[] => {
      const before = this.read(name)
      return before === after ? [] : [{ name, before, after }]
    })
    for (const change of changes) this.#change(change)
    if (changes.length > 0) for (const hear of this.#listeners) hear(changes, at)
    return { at, results }
  }

  /** Tells of each commit that changes something, in order. Returns the function that ends it. */
  listen(hear: Hear): () => void {
    this.#listeners.add(hear)
    return () => void this.#listeners.delete(hear)
  }

  #change({ name, before, after }: Change): void {
    if (after) this.#documents.set(name, after)
    else this.#documents.delete(name)
    this.#collectionAt(collectionOf(name)).change(name, before, after)
    for (const { collection, holds } of this.#groups.values()) if (holds(name)) collection.change(name, before, after)
  }

  #collectionFor({ collection, group }: Plan): Collection {
    return group === null ? this.#collectionAt(collection) : this.#groupAt(collection, group)
  }

  #collectionAt(name: string): Collection {
    const known = this.#collections.get(name)
    if (known) return known
    const collection = new Collection()
    this.#collections.set(name, collection)
    return collection
  }

  #groupAt(parent: string, id: string): Collection {
    const key = `${parent}/**/${id}`
    const known = this.#groups.get(key)
    if (known) return known.collection
    const holds = holdsGroup(parent, id)
    const collection = new Collection([...this.#documents.values()].filter(({ name }) => holds(name)))
    this.#groups.set(key, { collection, holds })
    return collection
  }
}

/** Whether a document lies in a collection of this id below the parent. */
const holdsGroup =
  (parent: string, id: string) =>
  (name: string): boolean =>
    name.startsWith(`${parent}/`) && collectionOf(name).endsWith(`/${id}`)
