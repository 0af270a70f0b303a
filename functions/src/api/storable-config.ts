/** What the document of a session can hold of a configuration, which is the caller's own text. */

const MOST_CHARACTERS = 100_000
const MOST_LEVELS = 15

/** The longest name of a field in Firestore. */
const MOST_NAME_BYTES = 1500

/** Goes down level by level: a caller may nest more objects than calls fit on the stack. */
export function isStorableConfig(config: object): boolean {
  let level: readonly object[] = [config]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_LEVELS || !level.every(isStorable)) return false
    level = level.flatMap((one) => Object.values(one).filter(isObject))
  }
  return JSON.stringify(config).length <= MOST_CHARACTERS
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A list of Firestore cannot hold a list. */
const isStorable = (one: object): boolean =>
  Object.values(one).every((value) => typeof value !== 'string' || value.isWellFormed()) &&
  (Array.isArray(one) ? !one.some(Array.isArray) : Object.keys(one).every(isName))

/** Names like `__this__` are Firestore's own. */
const isName = (name: string): boolean =>
  name !== '' && name.isWellFormed() && !/^__.*__$/s.test(name) && Buffer.byteLength(name) <= MOST_NAME_BYTES
