/** Every point that there is. One that nothing passes, and one that is passed and not listed here, is an error. */
const POINTS: readonly string[] = []

export const unexpectedPoints = (reached: ReadonlySet<string>): string[] =>
  POINTS.length === 0 ? [] : [...reached].filter((label) => !POINTS.includes(label))

export const unreachedPoints = (reached: ReadonlySet<string>): string[] => POINTS.filter((label) => !reached.has(label))
