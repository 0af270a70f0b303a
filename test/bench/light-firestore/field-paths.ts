import { type Fields, type Value, valueOf } from './messages.ts'

/** The names that lead to a field: dots lead into maps. */
export type FieldPath = readonly string[]

const known = new Map<string, FieldPath>()

/** Reads `one.two`, where a name in backticks may have any characters. */
export function pathOf(text: string): FieldPath {
  const read = known.get(text)
  if (read) return read
  const names = [...text.matchAll(/`((?:[^`\\]|\\.)*)`|([^.`]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/g, '$1'),
  )
  known.set(text, names)
  return names
}

export function fieldAt(fields: Fields, path: FieldPath): Value | undefined {
  let found: Value | undefined
  let inside: Fields = fields
  for (const name of path) {
    // A message of protobufjs has no other names of its own.
    found = Object.hasOwn(inside, name) ? inside[name] : undefined
    if (found === undefined) return undefined
    inside = found.valueType === 'mapValue' ? found.mapValue.fields : {}
  }
  return found
}

/** Returns the fields with another value at a path, or without one. What is not a map on the way becomes one, unless it only loses. */
export function withField(fields: Fields, [name = '', ...rest]: FieldPath, value: Value | undefined): Fields {
  if (rest.length === 0) {
    if (value !== undefined) return { ...fields, [name]: value }
    const { [name]: _, ...others } = fields
    return others
  }
  const inner = Object.hasOwn(fields, name) ? fields[name] : undefined
  const isMap = inner?.valueType === 'mapValue'
  if (!isMap && value === undefined) return fields
  const changed = withField(isMap ? inner.mapValue.fields : {}, rest, value)
  return { ...fields, [name]: valueOf({ mapValue: { fields: changed } }) }
}
