/** One measured value, `at` seconds after the start. */
export interface Point {
  at: number
  value: number
}

/** The growth that still counts as flat: the larger of the two. */
export interface Tolerance {
  /** A share of the mean. */
  share: number
  /** An amount in the figure's own unit. */
  amount: number
}

export interface Trend {
  first: number
  last: number
  mean: number
  most: number
  /** The growth per hour on the line of best fit; negative for a shrinking figure. */
  perHour: number
  /** The growth on that line between the first and the last point. */
  growth: number
  isFlat: boolean
}

const LEAST_POINTS = 8

/** Fits the line of least squares to the points after the warm-up. Pure. Returns null for fewer than eight points. */
export function trendOf(points: readonly Point[], warmUpSeconds: number, tolerance: Tolerance): Trend | null {
  const warm = points.filter(({ at }) => at >= warmUpSeconds)
  const [first, last] = [warm[0], warm.at(-1)]
  if (!first || !last || warm.length < LEAST_POINTS) return null
  const meanAt = mean(warm.map(({ at }) => at))
  const meanValue = mean(warm.map(({ value }) => value))
  const covariance = mean(warm.map(({ at, value }) => (at - meanAt) * (value - meanValue)))
  const slope = covariance / mean(warm.map(({ at }) => (at - meanAt) ** 2))
  const growth = slope * (last.at - first.at)
  return {
    first: first.value,
    last: last.value,
    mean: meanValue,
    most: Math.max(...warm.map(({ value }) => value)),
    perHour: slope * 3600,
    growth,
    isFlat: growth <= Math.max(tolerance.share * meanValue, tolerance.amount),
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Returns the warm-up in seconds: a quarter of the run, at least a minute. Caches fill and the journal reaches its length. */
export const warmUpOf = (seconds: number): number => Math.max(60, seconds / 4)
