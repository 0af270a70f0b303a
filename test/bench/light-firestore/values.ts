import { type Fields, microsOf, numberOf, type Value } from './messages.ts'

// The order and equality of values, as https://firebase.google.com/docs/firestore/manage-data/data-types says.

const RANKS = {
  nullValue: 0,
  booleanValue: 1,
  integerValue: 2,
  doubleValue: 2,
  timestampValue: 3,
  stringValue: 4,
  bytesValue: 5,
  referenceValue: 6,
  arrayValue: 8,
  mapValue: 9,
} as const

/** The place of a value's type in the order of types. */
export function rankOf({ valueType }: Value): number {
  const rank = RANKS[valueType] as number | undefined
  if (rank === undefined) throw new Error(`The light Firestore does not know values of the kind ${valueType}.`)
  return rank
}

/** Returns the number in a value, and undefined where there is none. */
export function numberIn(value: Value | undefined): number | undefined {
  if (value?.valueType === 'integerValue') return numberOf(value.integerValue)
  return value?.valueType === 'doubleValue' ? value.doubleValue : undefined
}

const byOrder = <Item extends string | number | boolean>(one: Item, other: Item): number =>
  one === other ? 0 : one < other ? -1 : 1

/** Compares values by Firestore's order. Strings are compared by UTF-16, which differs only beyond the basic plane. */
export function compare(one: Value, other: Value): number {
  const difference = rankOf(one) - rankOf(other)
  if (difference !== 0) return difference
  switch (one.valueType) {
    case 'nullValue':
      return 0
    case 'booleanValue':
      return byOrder(one.booleanValue, (other as typeof one).booleanValue)
    case 'integerValue':
    case 'doubleValue':
      return compareNumbers(numberIn(one) ?? 0, numberIn(other) ?? 0)
    case 'timestampValue':
      return byOrder(microsOf(one.timestampValue), microsOf((other as typeof one).timestampValue))
    case 'stringValue':
      return byOrder(one.stringValue, (other as typeof one).stringValue)
    case 'bytesValue':
      return Buffer.compare(one.bytesValue, (other as typeof one).bytesValue)
    case 'referenceValue':
      return compareNames(one.referenceValue, (other as typeof one).referenceValue)
    case 'arrayValue':
      return compareLists(one.arrayValue.values, (other as typeof one).arrayValue.values, compare)
    case 'mapValue':
      return compareLists(entriesOf(one.mapValue.fields), entriesOf((other as typeof one).mapValue.fields), compareEntries)
  }
}

/** NaN is the least number. */
function compareNumbers(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(other)) - Number(Number.isNaN(one))
  return one - other
}

/** Names are compared segment by segment: the slash between them comes before all that they may have. */
export function compareNames(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  let at = 0
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at++
  if (at === most) return one.length - other.length
  return orderOf(one.charCodeAt(at)) - orderOf(other.charCodeAt(at))
}

const SLASH = 47

const orderOf = (code: number): number => (code === SLASH ? -1 : code)

function compareLists<Item>(one: readonly Item[], other: readonly Item[], each: (one: Item, other: Item) => number): number {
  for (const [index, item] of one.entries()) {
    const against = other[index]
    if (against === undefined) return 1
    const difference = each(item, against)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

type Entry = readonly [name: string, value: Value]

const entriesOf = (fields: Fields): Entry[] => Object.entries(fields).toSorted(([one], [other]) => byOrder(one, other))

const compareEntries = (one: Entry, other: Entry): number => byOrder(one[0], other[0]) || compare(one[1], other[1])

/** Returns a text that two values share if, and only if, they are equal. A whole number equals the same one with a fraction of zero. */
export function keyOf(value: Value): string {
  switch (value.valueType) {
    case 'stringValue':
      return `s${value.stringValue}`
    case 'integerValue':
    case 'doubleValue':
      return `n${numberIn(value)! + 0}`
    case 'booleanValue':
      return `b${value.booleanValue}`
    case 'timestampValue':
      return `t${microsOf(value.timestampValue)}`
    case 'bytesValue':
      return `y${Buffer.from(value.bytesValue).toString('base64')}`
    case 'referenceValue':
      return `r${value.referenceValue}`
    case 'arrayValue':
      return JSON.stringify(value.arrayValue.values.map(keyOf))
    case 'mapValue':
      return JSON.stringify(entriesOf(value.mapValue.fields).map(([name, inner]) => [name, keyOf(inner)]))
    case 'nullValue':
      return '-'
  }
}

/** Whether a write of one in place of the other changes nothing. */
function isSame(one: Value, other: Value): boolean {
  if (one.valueType !== other.valueType) return false
  if (one.valueType === 'arrayValue') {
    const [values, others] = [one.arrayValue.values, (other as typeof one).arrayValue.values]
    return values.length === others.length && values.every((value, index) => isSame(value, others[index]!))
  }
  if (one.valueType === 'mapValue') return haveSame(one.mapValue.fields, (other as typeof one).mapValue.fields)
  return compare(one, other) === 0
}

export function haveSame(one: Fields, other: Fields): boolean {
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  return names.every((name) => other[name] !== undefined && isSame(one[name]!, other[name]))
}
