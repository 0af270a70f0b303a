import { Cron } from 'croner'

/** A schedule as Cloud Scheduler has it: `every 5 minutes`, or five fields of cron in a time zone. */
export interface ScheduleTimes {
  readonly schedule: string
  readonly timeZone: string
}

const MINUTE_MS = 60_000

/**
 * Returns the first time of a schedule after an instant, both in milliseconds since 1970. No timer runs here: `Cron` only calculates.
 *
 * @throws Error when the schedule cannot be read
 */
export function nextTimeOf({ schedule, timeZone }: ScheduleTimes, afterMs: number): number {
  const [, minutes] = /^every (\d+) minutes$/.exec(schedule) ?? []
  const intervalMs = Number(minutes) * MINUTE_MS
  if (intervalMs > 0) return (Math.floor(afterMs / intervalMs) + 1) * intervalMs
  const next = new Cron(schedule, { timezone: timeZone, mode: '5-part', paused: true }).nextRun(new Date(afterMs))
  if (!next) throw new Error(`The schedule "${schedule}" is never due.`)
  return next.getTime()
}
