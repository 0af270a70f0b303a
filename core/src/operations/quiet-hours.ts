import { z } from 'zod'
import { timeOf } from '../platform/days.ts'

/** Hours of each day in which only critical alerts are told of. They may go over midnight. */

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

const time = z.string().regex(TIME, 'must be a time of the day, like 22:00').meta({ example: '22:00' })

export const quietHoursSchema = z.object({ from: time, to: time })

export type QuietHours = z.infer<typeof quietHoursSchema>

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/**
 * Returns when the quiet hours end that it is now, in milliseconds since 1970; null when it is not quiet. On a day of 23 or 25 hours the end is
 * an hour off: whoever wakes then asks again.
 *
 * @param timeZone an IANA name
 */
export function quietUntil(nowMs: number, quietHours: QuietHours | null, timeZone: string): number | null {
  if (!quietHours) return null
  const [from, to, now] = [minutesOf(quietHours.from), minutesOf(quietHours.to), minutesOf(timeOf(nowMs, timeZone))]
  const since = (now - from + DAY_MINUTES) % DAY_MINUTES
  const length = (to - from + DAY_MINUTES) % DAY_MINUTES
  if (since >= length) return null
  const startOfMinute = nowMs - (nowMs % MINUTE_MS)
  return startOfMinute + (length - since) * MINUTE_MS
}
