export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Returns percentiles by nearest rank; zeros for an empty list. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** Returns the median: for an even number of values the mean of the middle two, for an empty list NaN. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const [lower = Number.NaN, upper = Number.NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]]
  return (lower + upper) / 2
}

/** What came of several rounds. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export const spreadOf = (values: readonly number[], digits: number): Spread => ({
  min: round(Math.min(...values), digits),
  median: round(medianOf(values), digits),
  max: round(Math.max(...values), digits),
})

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** Returns the time from the first to the second event of each thing that had both, in ms. */
export const spansBetween = (first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): number[] =>
  [...second].flatMap(([thing, at]) => {
    const from = first.get(thing)
    return from === undefined ? [] : [at - from]
  })
