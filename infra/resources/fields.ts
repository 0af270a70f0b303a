/** Readers of Google's answers, which are JSON of any shape. What is missing is undefined. */

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Returns the value below a path of fields: `at(answer, 'spec', 'template')`. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) found = isFields(found) ? found[name] : undefined
  return found
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** Returns the objects of a list. A missing list is an empty one, because Google leaves empty lists out. */
export function listAt(value: unknown, ...path: readonly string[]): readonly Fields[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isFields) : []
}

/** Returns the texts of a list, sorted: Google keeps no order of them. */
export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const found = at(value, ...path)
  const texts = Array.isArray(found) ? found.filter((one): one is string => typeof one === 'string') : []
  return texts.toSorted()
}

/** Returns what comes after the last slash of a name: Google's names are paths. */
export const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
