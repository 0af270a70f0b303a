import { type Document } from './document.ts'
import { type FieldPath, pathOf } from './field-paths.ts'
import type { Cursor, Filter, StructuredQuery, Value } from './messages.ts'
import { notHere } from './refusal.ts'
import { compare, keyOf, numberIn, rankOf } from './values.ts'

/** A query as this server answers it. */
export interface Plan {
  /** The full name of the collection; of a group the name of what is above it, and the id of its collections. */
  readonly collection: string
  readonly group: string | null
  /** Fields that have one of some values. An index leads to these documents. */
  readonly equals: readonly Equal[]
  readonly order: readonly Order[]
  /** Where the first field of the order lies: below, in or above the values that are asked for. */
  readonly side: ((value: Value) => -1 | 0 | 1) | null
  /** What no index decides. */
  readonly filters: readonly ((document: Document) => boolean)[]
  readonly startAt: Cursor | null
  readonly endAt: Cursor | null
  readonly offset: number
  readonly limit: number
  /** Null: all fields. */
  readonly select: readonly FieldPath[] | null
}

export interface Equal {
  readonly field: string
  readonly keys: readonly string[]
}

export interface Order {
  /** Null: the name of the document. */
  readonly path: FieldPath | null
  readonly sign: 1 | -1
}

const OR = 2
const DESCENDING = 2
const OPERATORS = ['', '<', '<=', '>', '>=', '==', '!=', 'array-contains', 'in', 'array-contains-any', 'not-in'] as const
const UNARY = ['', '', 'is NaN', 'is null', 'is not NaN', 'is not null'] as const
const NAME = '__name__'

/** Null is the name of the document. */
export const fieldPath = (field: string): FieldPath | null => (field === NAME ? null : pathOf(field))

interface Condition {
  readonly field: string
  readonly operator: (typeof OPERATORS)[number] | (typeof UNARY)[number]
  readonly value: Value | null
}

export function planOf(parent: string, query: StructuredQuery): Plan {
  const [from, ...more] = query.from
  if (!from || more.length > 0) throw notHere('query of several collections')
  if (query.findNearest) throw notHere('search of vectors')
  const { conditions, others } = conditionsOf(query.where)
  const equals = conditions.filter((condition) => keysOf(condition) !== null).slice(0, mostEqual(conditions))
  const order = orderOf(query, allOf(query.where))
  const [first] = order
  const range = conditions.filter(
    ({ field, operator }) => first && ['<', '<=', '>', '>='].includes(operator) && isPath(field, first.path),
  )
  const rest = conditions.filter((condition) => !equals.includes(condition) && !range.includes(condition))
  return {
    collection: from.allDescendants ? parent : `${parent}/${from.collectionId}`,
    group: from.allDescendants ? from.collectionId : null,
    equals: equals
      .map((condition) => ({ field: condition.field, keys: keysOf(condition) ?? [] }))
      .toSorted((one, other) => (one.field < other.field ? -1 : 1)),
    order,
    side: range.length === 0 ? null : sideOf(range),
    filters: [...rest.map(testOf), ...others.map(anyOf)],
    startAt: query.startAt,
    endAt: query.endAt,
    offset: query.offset,
    limit: query.limit?.value ?? Number.POSITIVE_INFINITY,
    select: query.select?.fields.flatMap(({ fieldPath: field }) => (field === NAME ? [] : [pathOf(field)])) ?? null,
  }
}

/** Only one filter of the index may have several values; what comes after a second one is tested. */
function mostEqual(conditions: readonly Condition[]): number {
  const keys = conditions.flatMap((condition) => [keysOf(condition)].filter((found) => found !== null))
  const several = keys.flatMap(({ length }, index) => (length === 1 ? [] : [index]))
  return several[1] ?? keys.length
}

function keysOf({ operator, value }: Condition): string[] | null {
  if (operator === 'is null') return ['-']
  if (value === null || Number.isNaN(numberIn(value))) return null
  if (operator === '==') return [keyOf(value)]
  return operator === 'in' ? [...new Set(listOf(value).map(keyOf))] : null
}

const listOf = (value: Value): readonly Value[] => (value.valueType === 'arrayValue' ? value.arrayValue.values : [])

/** Returns what all documents fulfil: conditions of one field, and alternatives. */
function conditionsOf(filter: Filter | null): { conditions: Condition[]; others: Filter[] } {
  if (!filter) return { conditions: [], others: [] }
  if (filter.filterType !== 'compositeFilter') return { conditions: [conditionOf(filter)], others: [] }
  if (filter.compositeFilter.op === OR) return { conditions: [], others: [filter] }
  const parts = filter.compositeFilter.filters.map(conditionsOf)
  return { conditions: parts.flatMap(({ conditions }) => conditions), others: parts.flatMap(({ others }) => others) }
}

/** Returns the conditions in all parts of a filter. */
function allOf(filter: Filter | null): Condition[] {
  if (!filter) return []
  return filter.filterType === 'compositeFilter' ? filter.compositeFilter.filters.flatMap(allOf) : [conditionOf(filter)]
}

function conditionOf({ filterType, fieldFilter, unaryFilter }: Filter): Condition {
  if (filterType === 'unaryFilter') {
    return { field: unaryFilter.field.fieldPath, operator: UNARY[unaryFilter.op] ?? '', value: null }
  }
  return { field: fieldFilter.field.fieldPath, operator: OPERATORS[fieldFilter.op] ?? '', value: fieldFilter.value }
}

function anyOf({ compositeFilter }: Filter): (document: Document) => boolean {
  const alternatives = compositeFilter.filters.map((filter) => {
    const { conditions, others } = conditionsOf(filter)
    const tests = [...conditions.map(testOf), ...others.map(anyOf)]
    return (document: Document) => tests.every((test) => test(document))
  })
  return (document) => alternatives.some((test) => test(document))
}

function testOf({ field, operator, value }: Condition): (document: Document) => boolean {
  const path = fieldPath(field)
  const wanted = value && listOf(value)
  const equals = (one: Value, other: Value) => compare(one, other) === 0
  const isIn = (found: Value) => (wanted ?? []).some((one) => equals(found, one))
  const passes = (found: Value): boolean => {
    switch (operator) {
      case '':
        throw notHere('such filter')
      case 'is null':
        return found.valueType === 'nullValue'
      case 'is not null':
        return found.valueType !== 'nullValue'
      case 'is NaN':
        return Number.isNaN(numberIn(found))
      case 'is not NaN':
        return !Number.isNaN(numberIn(found))
      case 'in':
        return isIn(found)
      case 'not-in':
        return found.valueType !== 'nullValue' && !isIn(found)
      case 'array-contains':
        return listOf(found).some((element) => equals(element, value!))
      case 'array-contains-any':
        return listOf(found).some(isIn)
      case '!=':
        return found.valueType !== 'nullValue' && !equals(found, value!)
      case '==':
        return equals(found, value!)
      case '<':
      case '<=':
      case '>':
      case '>=':
        return sideBy(found, operator, value!) === 0
    }
  }
  return (document) => {
    const found = document.at(path)
    return found !== undefined && passes(found)
  }
}

function sideOf(range: readonly Condition[]): (value: Value) => -1 | 0 | 1 {
  return (value) => {
    for (const { operator, value: bound } of range) {
      const side = sideBy(value, operator as '<' | '<=' | '>' | '>=', bound!)
      if (side !== 0) return side
    }
    return 0
  }
}

/** A comparison holds between values of one type only. */
function sideBy(value: Value, operator: '<' | '<=' | '>' | '>=', bound: Value): -1 | 0 | 1 {
  const ranks = rankOf(value) - rankOf(bound)
  if (ranks !== 0) return ranks < 0 ? -1 : 1
  const difference = compare(value, bound)
  if (difference === 0) return operator === '<' ? 1 : operator === '>' ? -1 : 0
  if (difference < 0) return operator === '>' || operator === '>=' ? -1 : 0
  return operator === '<' || operator === '<=' ? 1 : 0
}

const INEQUALITIES = new Set<Condition['operator']>(['<', '<=', '>', '>=', '!=', 'not-in', 'is not null', 'is not NaN'])

/** Firestore orders by the fields of inequalities, after those that are named, and by the name in the end. */
function orderOf({ orderBy }: StructuredQuery, conditions: readonly Condition[]): Order[] {
  const named = orderBy.map(({ field, direction }) => [field.fieldPath, direction === DESCENDING ? -1 : 1] as const)
  const last = named.at(-1)?.[1] ?? 1
  const unequal = conditions.flatMap(({ field, operator }) => (INEQUALITIES.has(operator) ? [field] : []))
  const all = new Map<string, 1 | -1>(named)
  for (const field of [...unequal.toSorted(), NAME]) if (!all.has(field)) all.set(field, last)
  return [...all].map(([field, sign]) => ({ path: fieldPath(field), sign }))
}

const isPath = (field: string, path: FieldPath | null): boolean =>
  path === null ? field === NAME : field !== NAME && pathOf(field).join('\n') === path.join('\n')
