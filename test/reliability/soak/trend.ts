/** One figure over time: seconds since the start, and what was measured then. */
export interface Point {
  at: number
  value: number
}

/** What counts as flat: growth up to the larger of the two. */
export interface Tolerance {
  /** Of the mean. */
  share: number
  /** In the figure's own unit. */
  amount: number
}

export interface Trend {
  first: number
  last: number
  mean: number
  most: number
  /** What it grows by in an hour, by the line that fits best; negative when it shrinks. */
  perHour: number
  /** What it grew by on that line while it was measured. */
  growth: number
  isFlat: boolean
}

const LEAST_POINTS = 8

/** Pure: the line of least squares through the points that come after the warm-up; null when they are too few to say anything. */
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

/** The first quarter, and not less than a minute: caches fill, code is compiled, the journal reaches its length. */
export const warmUpOf = (seconds: number): number => Math.max(60, seconds / 4)
