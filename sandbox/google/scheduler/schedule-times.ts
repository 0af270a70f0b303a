import { Cron } from 'croner'

const MINUTE_MS = 60_000
const UNITS: Record<string, number> = { minute: MINUTE_MS, minutes: MINUTE_MS, hour: 60 * MINUTE_MS, hours: 60 * MINUTE_MS }

/**
 * Pure: returns the first time after `afterMs` at which a schedule is due. A schedule is `every 5 minutes`, `every 2 hours`, or five fields
 * of cron in a time zone.
 *
 * @throws Error when it is something else
 */
export function nextTime(schedule: string, timeZone: string, afterMs: number): number {
  const [, count, unit = ''] = /^every (\d+) (minutes?|hours?)$/.exec(schedule) ?? []
  const intervalMs = Number(count) * (UNITS[unit] ?? 0)
  if (intervalMs > 0) return (Math.floor(afterMs / intervalMs) + 1) * intervalMs
  const next = new Cron(schedule, { timezone: timeZone, mode: '5-part', paused: true }).nextRun(new Date(afterMs))
  if (!next) throw new Error(`The schedule "${schedule}" is never due.`)
  return next.getTime()
}
