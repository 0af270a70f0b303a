/** When the number of a session's records will reach a level, from its numbers of the last days. */

export interface CountedDay {
  /** The number of the day since 1970, UTC. */
  readonly day: number
  readonly records: number
}

/** Fewer days say nothing. */
const LEAST_DAYS = 3

/**
 * The growth in records a day: the median of the slopes between all pairs of days (Theil-Sen). A day with a burst does not change it.
 * Null while there are too few days. Days before the last clean-up count only while there are too few since: pairs with a clean-up between
 * them say that the number falls, and a session that is cleaned up again and again would never seem to grow.
 *
 * @param cleanedUpOn the day of the last clean-up, whose number may be from before it. Null: there was none
 */
export function growthPerDay(all: readonly CountedDay[], cleanedUpOn: number | null = null): number | null {
  const since = cleanedUpOn === null ? all : all.filter(({ day }) => day > cleanedUpOn)
  const days = since.length >= LEAST_DAYS ? since : all
  if (days.length < LEAST_DAYS) return null
  const slopes = days.flatMap((from, index) =>
    days.slice(index + 1).flatMap((to) => (to.day === from.day ? [] : [(to.records - from.records) / (to.day - from.day)])),
  )
  slopes.sort((one, other) => one - other)
  const middle = Math.floor(slopes.length / 2)
  const [lower = 0, upper = 0] = [slopes[Math.floor((slopes.length - 1) / 2)], slopes[middle]]
  return (lower + upper) / 2
}

/**
 * The day on which a number will be reached. Null when it will not be within a year, or nobody knows.
 *
 * @param records the number of now
 */
export function dayOfReaching(limit: number, records: number, today: number, perDay: number | null): number | null {
  if (records >= limit) return today
  if (perDay === null || perDay <= 0) return null
  const days = Math.ceil((limit - records) / perDay)
  return days > 365 ? null : today + days
}
