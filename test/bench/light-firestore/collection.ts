import type { Document } from './document.ts'
import type { FieldPath } from './field-paths.ts'
import type { Cursor } from './messages.ts'
import { fieldPath, type Order, type Plan } from './plan.ts'
import { compare, compareNames, keyOf } from './values.ts'

/**
 * The documents of a collection, or of a group, with an index for each shape of query that was asked: the equal fields lead to a list in
 * the order of the query. So a query looks at what it returns, as Firestore does, and not at the whole collection.
 */
export class Collection {
  readonly #documents = new Map<string, Document>()
  readonly #indexes = new Map<string, Index>()

  constructor(documents: Iterable<Document> = []) {
    for (const document of documents) this.#documents.set(document.name, document)
  }

  get documents(): Iterable<Document> {
    return this.#documents.values()
  }

  change(name: string, before: Document | null, after: Document | null): void {
    if (after) this.#documents.set(name, after)
    else this.#documents.delete(name)
    for (const index of this.#indexes.values()) index.change(before, after)
  }

  /** Returns the documents that a query finds, in its order, with neither offset nor limit beyond `most`. */
  find(plan: Plan): Document[] {
    const index = this.#indexFor(plan)
    const most = plan.offset + plan.limit
    const ranges = listsOf(index, plan).map(({ list, from, to }) => {
      if (plan.filters.length === 0) return list.slice(from, Math.min(to, from + most))
      const found: Document[] = []
      for (let at = from; at < to && found.length < most; at++) {
        const document = list[at]!
        if (plan.filters.every((test) => test(document))) found.push(document)
      }
      return found
    })
    const [only = []] = ranges
    const all = ranges.length < 2 ? only : ranges.flat().toSorted((one, other) => compareBy(plan.order, one, other))
    return all.slice(plan.offset, most)
  }

  count(plan: Plan): number {
    if (plan.filters.length > 0) return this.find(plan).length
    const all = listsOf(this.#indexFor(plan), plan).reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
    return Math.min(Math.max(0, all - plan.offset), plan.limit)
  }

  #indexFor(plan: Plan): Index {
    const shape = shapeOf(plan)
    const known = this.#indexes.get(shape)
    if (known) return known
    const index = new Index(plan, this.#documents.values())
    this.#indexes.set(shape, index)
    return index
  }
}

const shapeOf = ({ equals, order }: Plan): string =>
  JSON.stringify([equals.map(({ field }) => field), order.map(({ path, sign }) => [path, sign])])

class Index {
  readonly #equals: readonly (FieldPath | null)[]
  readonly #order: readonly Order[]
  readonly #lists = new Map<string, Document[]>()

  constructor({ equals, order }: Plan, documents: Iterable<Document>) {
    this.#equals = equals.map(({ field }) => fieldPath(field))
    this.#order = order
    for (const document of documents) {
      const key = this.#keyOf(document)
      if (key !== null) this.#listOf(key).push(document)
    }
    for (const list of this.#lists.values()) list.sort((one, other) => compareBy(order, one, other))
  }

  at(key: string): readonly Document[] {
    return this.#lists.get(key) ?? []
  }

  change(before: Document | null, after: Document | null): void {
    const [old, key] = [before && this.#keyOf(before), after && this.#keyOf(after)]
    if (before && after && old !== null && old === key && compareBy(this.#order, before, after) === 0) {
      const list = this.#listOf(old)
      list[this.#placeIn(list, before)] = after
      return
    }
    if (before && old !== null) {
      const list = this.#listOf(old)
      list.splice(this.#placeIn(list, before), 1)
      if (list.length === 0) this.#lists.delete(old)
    }
    if (after && key !== null) {
      const list = this.#listOf(key)
      list.splice(this.#placeIn(list, after), 0, after)
    }
  }

  /** Null for a document that the index does not have, because it lacks a field. */
  #keyOf(document: Document): string | null {
    const keys: string[] = []
    for (const path of this.#equals) {
      const value = document.at(path)
      if (value === undefined) return null
      keys.push(keyOf(value))
    }
    return this.#order.every(({ path }) => path === null || document.at(path) !== undefined) ? joined(keys) : null
  }

  #placeIn(list: readonly Document[], document: Document): number {
    return firstThat(list, (other) => compareBy(this.#order, other, document) >= 0)
  }

  #listOf(key: string): Document[] {
    const known = this.#lists.get(key)
    if (known) return known
    const list: Document[] = []
    this.#lists.set(key, list)
    return list
  }
}

const joined = (keys: readonly string[]): string => (keys.length === 1 ? keys[0]! : JSON.stringify(keys))

/** Returns the parts of an index in which the documents of a query lie. */
function listsOf(index: Index, plan: Plan): { list: readonly Document[]; from: number; to: number }[] {
  const keys = plan.equals.reduce<string[][]>(
    (all, { keys: each }) => all.flatMap((one) => each.map((key) => [...one, key])),
    [[]],
  )
  return keys.map((each) => {
    const list = index.at(joined(each))
    return { list, ...rangeIn(list, plan) }
  })
}

function rangeIn(list: readonly Document[], { order, side, startAt, endAt }: Plan): { from: number; to: number } {
  let [from, to] = [0, list.length]
  const [first] = order
  if (side && first) {
    const where = (document: Document) => first.sign * side(document.at(first.path)!)
    from = firstThat(list, (document) => where(document) >= 0)
    to = firstThat(list, (document) => where(document) > 0)
  }
  if (startAt) from = Math.max(from, placeOf(list, order, startAt))
  if (endAt) to = Math.min(to, placeOf(list, order, endAt))
  return { from, to }
}

/** A cursor lies before or after the documents that have its values. */
const placeOf = (list: readonly Document[], order: readonly Order[], cursor: Cursor): number =>
  firstThat(list, (document) => isFrom(document, order, cursor))

/** Whether a document lies after a cursor. */
function isFrom(document: Document, order: readonly Order[], { values, before }: Cursor): boolean {
  for (const [index, value] of values.entries()) {
    const { path, sign } = order[index]!
    const found = document.at(path)
    const difference = found === undefined ? -1 : sign * compare(found, value)
    if (difference !== 0) return difference > 0
  }
  return before
}

/** Returns the first place whose document passes, in a list where all after that pass, too. */
function firstThat(list: readonly Document[], passes: (document: Document) => boolean): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (passes(list[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

function compareBy(order: readonly Order[], one: Document, other: Document): number {
  for (const { path, sign } of order) {
    const difference = path === null ? compareNames(one.name, other.name) : compare(one.at(path)!, other.at(path)!)
    if (difference !== 0) return sign * difference
  }
  return 0
}

/** Whether a query finds a document, if it has no limit. */
export function finds(plan: Plan, document: Document): boolean {
  const { equals, order, side, filters, startAt, endAt } = plan
  for (const { field, keys } of equals) {
    const value = document.at(fieldPath(field))
    if (value === undefined || !keys.includes(keyOf(value))) return false
  }
  for (const { path } of order) if (document.at(path) === undefined) return false
  const [first] = order
  if (side && first && side(document.at(first.path)!) !== 0) return false
  if (startAt && !isFrom(document, order, startAt)) return false
  if (endAt && isFrom(document, order, endAt)) return false
  return filters.every((test) => test(document))
}
