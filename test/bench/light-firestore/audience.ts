import type { Document } from './document.ts'
import type { Micros } from './messages.ts'
import { fieldPath, type Plan } from './plan.ts'
import type { Change, Store } from './store.ts'
import { collectionOf } from './document.ts'
import { keyOf } from './values.ts'

/** Who hears of the changes of some documents. */
export interface Hearer {
  readonly plan: Plan
  hear(changes: readonly Change[], at: Micros): void
}

/** The changes that a listener has to be told after it was away, as many as are remembered. */
const REMEMBERED = 20_000

/**
 * All listeners, by what they listen to. A commit reaches those whose collection and whose equal fields fit the document before or after
 * it: a fleet has a listener for each session, and one of them is asked.
 */
export class Audience {
  readonly #shapes = new Map<string, Shape[]>()
  readonly #past: { readonly change: Change; readonly at: Micros }[] = []

  constructor(store: Store) {
    store.listen((changes, at) => this.#tell(changes, at))
  }

  add(hearer: Hearer): () => void {
    const { collection, group, equals } = hearer.plan
    if (group !== null) throw new Error('A listener to a group of collections is not foreseen.')
    const fields = equals.map(({ field }) => field)
    const shapes = this.#shapes.get(collection) ?? []
    this.#shapes.set(collection, shapes)
    let shape = shapes.find((each) => each.fields.join('\n') === fields.join('\n'))
    if (!shape) shapes.push((shape = new Shape(fields)))
    return shape.add(hearer)
  }

  /** Returns what happened in a collection after a time. Null: more has happened since than is remembered. */
  since(collection: string, at: Micros): Change[] | null {
    const [oldest] = this.#past
    if (this.#past.length >= REMEMBERED && oldest && oldest.at > at) return null
    return this.#past.flatMap((each) => (each.at > at && collectionOf(each.change.name) === collection ? [each.change] : []))
  }

  #tell(changes: readonly Change[], at: Micros): void {
    const heard = new Map<Hearer, Change[]>()
    for (const change of changes) {
      this.#past.push({ change, at })
      for (const shape of this.#shapes.get(collectionOf(change.name)) ?? []) {
        for (const hearer of shape.hearersOf(change)) heard.set(hearer, [...(heard.get(hearer) ?? []), change])
      }
    }
    if (this.#past.length > 2 * REMEMBERED) this.#past.splice(0, this.#past.length - REMEMBERED)
    for (const [hearer, theirs] of heard) hearer.hear(theirs, at)
  }
}

/** The listeners whose queries have the same equal fields. */
class Shape {
  readonly fields: readonly string[]
  readonly #byKey = new Map<string, Set<Hearer>>()

  constructor(fields: readonly string[]) {
    this.fields = fields
  }

  add(hearer: Hearer): () => void {
    const keys = hearer.plan.equals.reduce<string[]>(
      (all, { keys: each }) => all.flatMap((one) => each.map((key) => `${one}\n${key}`)),
      [''],
    )
    for (const key of keys) this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(hearer))
    return () => {
      for (const key of keys) {
        const hearers = this.#byKey.get(key)
        hearers?.delete(hearer)
        if (hearers?.size === 0) this.#byKey.delete(key)
      }
    }
  }

  hearersOf({ before, after }: Change): Set<Hearer> {
    return new Set([...this.#at(before), ...this.#at(after)])
  }

  #at(document: Document | null): Iterable<Hearer> {
    let key = ''
    for (const field of this.fields) {
      const value = document?.at(fieldPath(field))
      if (value === undefined) return []
      key += `\n${keyOf(value)}`
    }
    return document ? (this.#byKey.get(key) ?? []) : []
  }
}
