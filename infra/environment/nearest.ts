/** Typing errors are few: of three letters at most one is wrong. */
const LETTERS_FOR_ONE_ERROR = 3

/** Returns the word that was probably meant. Null if none is like it. */
export function nearestOf(given: string, words: readonly string[]): string | null {
  const errors = words
    .map((word) => ({ word, count: errorsBetween(given, word) }))
    .toSorted((one, other) => one.count - other.count)
  const [best] = errors
  return best !== undefined && best.count * LETTERS_FOR_ONE_ERROR <= given.length ? best.word : null
}

/** The letters to add, take away, or change to make one word of the other. */
function errorsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of one.split('').entries()) {
    const next = [index + 1]
    for (let at = 1; at <= other.length; at++) {
      const changed = (row[at - 1] ?? 0) + (letter === other[at - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
